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
