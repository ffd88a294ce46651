//! `fusionize validate`: everything that can be known to be wrong before a plan.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use fusion_generator::Options;
use fusion_packaging::{TaskSource, hash_sources};
use serde_json::json;

use crate::application::Application;
use crate::failure::Failure;
use crate::output::{Output, counted};
use crate::syntax;

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The application's folder, which holds `fusionize.hcl`
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// Reads the manifest and every source, and reports all findings at once.
pub fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let application = Application::check(&arguments.folder, Options::default().target)?;
    let manifest = &application.manifest;
    Output::warnings(manifest);
    check_handlers(&application)?;
    let sources = hash_sources(
        &application.folder,
        &manifest.shared,
        &sources(&application),
    )?;
    let tasks: BTreeMap<_, _> = sources
        .iter()
        .map(|(name, source)| {
            (
                name,
                json!({ "sha256": source.sha256, "bytes": source.bytes }),
            )
        })
        .collect();
    let entrypoints = manifest.tasks.iter().filter(|(_, task)| task.entrypoint);
    let entrypoints: Vec<_> = entrypoints.map(|(name, _)| name.as_str()).collect();
    let text = format!(
        "The application `{}` is valid: {}, {} ({})",
        manifest.application,
        counted(tasks.len(), "task"),
        counted(entrypoints.len(), "entrypoint"),
        entrypoints.join(", ")
    );
    let value = json!({
        "application": manifest.application,
        "entrypoints": entrypoints,
        "tasks": tasks,
        "valid": true,
        "warnings": manifest.warnings,
    });
    output.result(&value, &text);
    Ok(())
}

/// Fails where a handler is no JavaScript; says where that cannot be known here.
pub fn check_handlers(application: &Application) -> Result<(), Failure> {
    let checked = syntax::check(application);
    for note in &checked.notes {
        Output::note(&format!("note: {note}"));
    }
    if checked.problems.is_empty() {
        Ok(())
    } else {
        Err(checked.problems.into())
    }
}

/// Where the tasks' code is, as the manifest says.
pub fn sources(application: &Application) -> BTreeMap<fusion_model::TaskName, TaskSource> {
    let source = |task: &fusion_generator::Task| TaskSource {
        source: task.source.clone(),
        handler: task.handler.clone(),
        runtime: task.runtime.clone(),
    };
    let tasks = application.manifest.tasks.iter();
    tasks
        .map(|(name, task)| (name.clone(), source(task)))
        .collect()
}
