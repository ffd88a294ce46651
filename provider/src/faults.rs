//! How failed calls to AWS are told.
//!
//! Owns the way from `fusion-cloud`'s errors to diagnostics.

use fusion_cloud::Error;
use tfplugin::Diagnostic;

use crate::reading::{sentence, sentences};

/// A call that failed, and with it the operation.
pub fn error(summary: &str, error: &Error) -> Diagnostic {
    Diagnostic::error(summary, told(error))
}

/// What failed, why, and how to mend it, in sentences.
pub fn told(error: &Error) -> String {
    format!("{} {}", sentences(error), sentence(error.hint()))
}

#[cfg(test)]
mod tests {
    use fusion_cloud::Kind;

    use super::*;

    #[test]
    fn every_kind_of_failure_says_how_to_mend_it() {
        let kinds = [
            Kind::NotFound,
            Kind::Throttled,
            Kind::Denied,
            Kind::NoCredentials,
            Kind::OtherAccount,
            Kind::Unreachable,
            Kind::Timeout,
            Kind::Partial,
            Kind::Busy,
            Kind::Conflict,
            Kind::Invalid,
            Kind::Configuration,
            Kind::Other,
        ];
        let told = kinds.map(|kind| {
            let error = Error {
                kind,
                operation: "GetFunction",
                subject: "app-A".to_owned(),
                reason: "it was so".to_owned(),
                code: None,
            };
            super::error("Function not updated", &error).to_string()
        });
        insta::assert_snapshot!(told.join("\n"));
    }
}
