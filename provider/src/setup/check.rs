//! Whether the sources are still what was planned, asked at the start of an apply.
//!
//! `fusion_setup` is applied before everything that depends on it: an error here means that no
//! package was made and no function touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fusion_model::Application;
use fusion_packaging::{Error, TaskSource, hash_runtime, hash_sources};
use tfplugin::{AttributePath, Diagnostic};

use super::arguments::Sources;
use crate::folders;

/// Hashes the sources again, and refuses what differs from the plan.
pub async fn unchanged(application: &Application, sources: Sources) -> Result<(), Diagnostic> {
    let application = application.clone();
    folders::blocking(move || compare(&application, &sources)).await?
}

fn compare(application: &Application, sources: &Sources) -> Result<(), Diagnostic> {
    let root = Path::new(&sources.root);
    let known = sources.tasks.iter().filter_map(|(name, folder)| {
        let task = application.tasks.get(name)?;
        let source = TaskSource {
            source: folder.source.clone(),
            handler: folder.handler.clone(),
            runtime: task.runtime.clone(),
        };
        Some((name.clone(), source))
    });
    let found = hash_sources(root, &sources.shared, &known.collect())
        .map_err(|error| told(&error, "sources".into()))?;
    for (name, source) in found {
        let planned = application
            .tasks
            .get(&name)
            .map(|task| task.source_sha256.clone())
            .unwrap_or_default();
        if source.sha256 != planned {
            let folder = sources
                .tasks
                .get(&name)
                .map(|folder| root.join(&folder.source));
            let error = Error::SourceChanged {
                task: name.to_string(),
                planned,
                found: source.sha256,
                newest: folder
                    .and_then(|folder| newest(&folder))
                    .map(|path| path.display().to_string()),
            };
            return Err(told(
                &error,
                AttributePath::of("tasks")
                    .key(name.as_str())
                    .attribute("source_sha256"),
            ));
        }
    }
    let folder = PathBuf::from(&sources.runtime_path);
    let found = hash_runtime(&folder).map_err(|error| told(&error, "sources".into()))?;
    if found != application.fusion_runtime_sha256 {
        let planned = application.fusion_runtime_sha256.clone();
        let error = Error::RuntimeChanged {
            folder,
            planned,
            found,
        };
        return Err(told(&error, "fusion_runtime_sha256".into()));
    }
    Ok(())
}

fn told(error: &Error, path: AttributePath) -> Diagnostic {
    let diagnostic = folders::problem(error);
    let detail = format!("{} Nothing has been deployed.", diagnostic.detail);
    Diagnostic {
        detail,
        ..diagnostic
    }
    .at(path)
}

/// The file that was modified last: the plan kept one hash a task, so it can only be guessed.
fn newest(folder: &Path) -> Option<PathBuf> {
    let mut newest: Option<(SystemTime, PathBuf)> = None;
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).ok()?.flatten() {
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if let Ok(modified) = metadata.modified()
                && newest.as_ref().is_none_or(|(time, _)| modified > *time)
            {
                newest = Some((modified, entry.path()));
            }
        }
    }
    newest.map(|(_, path)| path)
}
