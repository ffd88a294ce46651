//! `fusionize package`: the packages of a setup, as an apply would build them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use fusion_generator::module::FOLDER_NAME;
use fusion_generator::{Manifest, Options, Task, fit, generate, variables};
use fusion_model::TaskName;
use fusion_model::package::{FORMAT, FusionJson, PackagedTask};
use fusion_model::setup::{Setup, SetupError};
use fusion_packaging::{Member, PackageRequest, TaskSource, build, hash_runtime, hash_sources};
use serde_json::json;
use tempfile::TempDir;

use crate::application::{Application, shown};
use crate::commands::validate::sources;
use crate::failure::{Exit, Failure};
use crate::notation;
use crate::output::{Output, counted};

/// Arguments of `package`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The groups, e.g. `(A,B)` or `(A,B)@128-(C)@512`
    notation: String,
    /// The application's folder, which holds `fusionize.hcl`
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Where to put the packages; by default `.fusionize/packages` in the application's folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// A package that stands on the disk.
struct Made {
    root: TaskName,
    path: PathBuf,
    sha256: String,
    zipped_bytes: usize,
    unzipped_bytes: u64,
}

/// Builds one zip a group.
pub fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let setup = notation::read(&arguments.notation)?;
    let application = Application::open(&arguments.folder)?;
    check(
        &application,
        &setup,
        notation::names_memory(&arguments.notation),
    )?;
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| arguments.folder.join(".fusionize/packages"));
    let runtime = Runtime::of(&application)?;
    let sources = sources(&application);
    let hashes = hash_sources(&application.folder, &application.manifest.shared, &sources)?;
    let count = counted(setup.groups.len(), "package");
    let progress = output.progress(format!("Building {count}"), None);
    let mut made = Vec::new();
    for (root, group) in &setup.groups {
        let member = |task: &TaskName| {
            let sha256 = hashes
                .get(task)
                .map(|source| source.sha256.clone())
                .unwrap_or_default();
            (
                task.clone(),
                Member {
                    source: sources[task].clone(),
                    sha256,
                },
            )
        };
        let members = group.tasks.iter().map(member).collect();
        made.push(package(&application, &runtime, root, members, &out)?);
    }
    drop(progress);
    report(&made, output);
    Ok(())
}

fn report(made: &[Made], output: Output) {
    let values: Vec<_> = made
        .iter()
        .map(|made| {
            json!({
                "root": made.root,
                "path": made.path,
                "sha256": made.sha256,
                "zipped_bytes": made.zipped_bytes,
                "unzipped_bytes": made.unzipped_bytes,
            })
        })
        .collect();
    let lines: Vec<String> = made
        .iter()
        .map(|made| format!("{} ({} bytes)", shown(&made.path), made.zipped_bytes))
        .collect();
    output.result(&json!({ "packages": values }), &lines.join("\n"));
}

/// Refuses what no plan would deploy. Memory that the notation leaves out is no matter of packages.
fn check(application: &Application, setup: &Setup, names_memory: bool) -> Result<(), Failure> {
    let manifest = &application.manifest;
    let mut misfits = fit::misfits(manifest, setup);
    misfits.retain(|fault| names_memory || !matches!(fault, SetupError::Memory { .. }));
    if misfits.is_empty() {
        Ok(())
    } else {
        Err(notation::misfit(manifest, &misfits))
    }
}

/// The fusion runtime's files.
struct Runtime {
    folder: PathBuf,
    sha256: String,
    /// Holds `folder` where the application has no module.
    _own: Option<TempDir>,
}

/// Where a module keeps them.
const RUNTIME_FOLDER: &str = "runtime/nodejs";

impl Runtime {
    /// Of the module in its usual place where there is one, else of this version.
    fn of(application: &Application) -> Result<Self, Failure> {
        let folder = application.folder.join(FOLDER_NAME).join(RUNTIME_FOLDER);
        if folder.is_dir() {
            return Self::in_folder(folder, None);
        }
        let own = tempfile::tempdir().map_err(|error| {
            Failure::new(Exit::Failed, "cannot make a temporary folder").because(error)
        })?;
        for (path, text) in generate(&application.manifest, &Options::default())? {
            if path.starts_with(RUNTIME_FOLDER) {
                fusion_packaging::write(&own.path().join(path), text.as_bytes())?;
            }
        }
        Self::in_folder(own.path().join(RUNTIME_FOLDER), Some(own))
    }

    fn in_folder(folder: PathBuf, own: Option<TempDir>) -> Result<Self, Failure> {
        let sha256 = hash_runtime(&folder)?;
        Ok(Self {
            folder,
            sha256,
            _own: own,
        })
    }
}

fn package(
    application: &Application,
    runtime: &Runtime,
    root: &TaskName,
    members: BTreeMap<TaskName, Member>,
    out: &Path,
) -> Result<Made, Failure> {
    let request = PackageRequest {
        root: application.folder.clone(),
        shared: application.manifest.shared.clone(),
        runtime_folder: runtime.folder.clone(),
        fusion_runtime_sha256: runtime.sha256.clone(),
        fusion_json: describe(application, root, &members),
        members,
    };
    let built = build(&request)?;
    let name = format!(
        "{}-{root}-{}.zip",
        application.manifest.application,
        &built.sha256[..16]
    );
    let path = out.join(name);
    fusion_packaging::write(&path, &built.zip)?;
    Ok(Made {
        root: root.clone(),
        path,
        sha256: built.sha256,
        zipped_bytes: built.zip.len(),
        unzipped_bytes: built.unzipped_bytes,
    })
}

fn describe(
    application: &Application,
    root: &TaskName,
    members: &BTreeMap<TaskName, Member>,
) -> FusionJson {
    let manifest = &application.manifest;
    let variables = variables::of(&manifest.tasks);
    let packaged = |(name, member): (&TaskName, &Member)| {
        let TaskSource {
            source, handler, ..
        } = member.source.clone();
        let task = &manifest.tasks[name];
        let carried = variables.get(name).into_iter().flatten();
        let packaged = PackagedTask {
            environment: carried
                .map(|(own, variable)| (own.clone(), variable.name.clone()))
                .collect(),
            handler,
            source,
            timeout_seconds: task.timeout_seconds,
        };
        (name.clone(), packaged)
    };
    FusionJson {
        alias: manifest.alias.clone(),
        application: manifest.application.clone(),
        format: FORMAT,
        function_names: function_names(manifest, root, members),
        inline_async: manifest.inline_async,
        root: root.clone(),
        tasks: members.iter().map(packaged).collect(),
    }
}

/// Names that callers cannot make out of the task's, as far as the group may need them: its own,
/// and those of tasks that a member may call.
fn function_names(
    manifest: &Manifest,
    root: &TaskName,
    members: &BTreeMap<TaskName, Member>,
) -> BTreeMap<TaskName, String> {
    let is_usual = |(name, task): &(&TaskName, &Task)| {
        task.function_name == format!("{}-{name}", manifest.application)
    };
    let may_call = |caller: &TaskName, callee: &TaskName| {
        let calls = manifest
            .tasks
            .get(caller)
            .and_then(|task| task.calls.as_ref());
        calls.is_none_or(|calls| calls.iter().any(|call| call.task == *callee))
    };
    let needed = |(name, _): &(&TaskName, &Task)| {
        *name == root || members.keys().any(|member| may_call(member, name))
    };
    let unusual = manifest
        .tasks
        .iter()
        .filter(|task| !is_usual(task) && needed(task));
    unusual
        .map(|(name, task)| (name.clone(), task.function_name.clone()))
        .collect()
}
