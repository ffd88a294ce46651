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
