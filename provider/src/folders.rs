//! Work on files, and how its failures are told.
//!
//! Owns the way from blocking work and `fusion-packaging`'s errors to diagnostics.

use fusion_packaging::Error;
use tfplugin::Diagnostic;

use crate::reading::{sentence, sentences};

/// Runs work on files beside the server's own.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Diagnostic> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        let detail = format!(
            "Work on files ended early: {error}. This is a bug in the provider. Please report it."
        );
        Diagnostic::error("Work on files was interrupted", detail)
    })
}

/// What went wrong with sources or packages.
pub fn problem(error: &Error) -> Diagnostic {
    let summary = match error {
        Error::SourceChanged { .. } => "Source changed after the plan",
        Error::RuntimeChanged { .. } => "Fusion runtime changed after the plan",
        Error::TooLarge { .. } => "Package too large",
        Error::PathForm { .. } | Error::Leaves { .. } => "Path not allowed",
        Error::Missing { .. } | Error::NotAFolder { .. } => "Folder not found",
        Error::NotAPackage { .. } => "Not a package of Fusionize",
        Error::Io { .. } => "File not accessible",
        _ => "Sources cannot be packed",
    };
    let mut detail = sentences(error);
    let of_files = matches!(error, Error::Io { .. });
    let hint = error
        .hint()
        .or(of_files.then_some("check the path, and who may read and write there"));
    if let Some(hint) = hint {
        detail = format!("{detail} {}", sentence(hint));
    }
    Diagnostic::error(summary, detail)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::PathBuf;

    use super::*;

    fn problems(errors: impl IntoIterator<Item = Error>) -> String {
        let told = errors.into_iter().map(|error| problem(&error).to_string());
        told.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn sources_that_cannot_be_packed() {
        let path = || "tasks/A/link".to_owned();
        let folder = || PathBuf::from("app");
        insta::assert_snapshot!(problems([
            Error::PathForm {
                path: "/tasks".to_owned(),
                why: "is absolute",
            },
            Error::Leaves {
                path: path(),
                target: "/etc".into(),
            },
            Error::Missing {
                path: path(),
                folder: folder(),
            },
            Error::NotAFolder { path: path() },
            Error::Special { path: path() },
            Error::Name { path: path() },
            Error::TooManyFiles {
                folder: path(),
                limit: 100_000,
            },
            Error::TooDeep {
                path: path(),
                limit: 64,
            },
            Error::Loop { path: path() },
            Error::TooLarge {
                root: "A".to_owned(),
                bytes: 262_144_001,
                limit: 262_144_000,
                largest: "node_modules/all.js".to_owned(),
            },
            Error::Request {
                root: "A".to_owned(),
                why: "its root is not among its tasks".to_owned(),
            },
            Error::Io {
                action: "open",
                path: folder(),
                source: io::ErrorKind::PermissionDenied.into(),
            },
        ]));
    }

    #[tokio::test]
    async fn work_that_panics_is_a_bug_that_is_told() {
        let interrupted = blocking(|| panic!("as asked")).await.unwrap_err();
        insta::with_settings!({ filters => vec![("task [0-9]+ ", "task N ")] }, {
            insta::assert_snapshot!(interrupted.to_string());
        });
    }
}
