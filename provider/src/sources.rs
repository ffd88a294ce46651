//! `data.fusion_sources`: what the tasks' sources are at this moment.
//!
//! Owns the data source; hashing itself is in `fusion-packaging`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use fusion_model::TaskName;
use fusion_packaging::{TaskSource, hash_runtime, hash_sources};
use serde::{Deserialize, Serialize};
use tfplugin::{
    Attribute, AttributePath, Cx, DataSource, Diagnostic, Diagnostics, Nesting, Schema, Type, Value,
};

use crate::context::Context;
use crate::folders;
use crate::reading::{Read, Reader, sentences};

/// The data source `fusion_sources`.
pub struct Sources;

/// Arguments and result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourcesState {
    root: Value<String>,
    shared: Value<Vec<Value<String>>>,
    runtime_path: Value<String>,
    tasks: Value<BTreeMap<String, Value<TaskState>>>,
    sources: Value<BTreeMap<String, SourceState>>,
    fusion_runtime_sha256: Value<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct TaskState {
    source: Value<String>,
    handler: Value<String>,
    runtime: Value<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SourceState {
    sha256: String,
    bytes: u64,
}

/// The arguments as they are meant.
struct Arguments {
    root: PathBuf,
    shared: Vec<String>,
    runtime_path: Option<PathBuf>,
    tasks: BTreeMap<TaskName, TaskSource>,
}

impl DataSource for Sources {
    type Context = Context;
    type State = SourcesState;
    const NAME: &'static str = "fusion_sources";

    fn schema(&self) -> Schema {
        schema()
    }

    async fn validate(&self, config: SourcesState, diagnostics: &mut Diagnostics) {
        let mut reader = Reader::new(diagnostics);
        arguments(&mut reader, &config);
    }

    async fn read(
        &self,
        _cx: Option<Cx<'_, Context>>,
        config: SourcesState,
        diagnostics: &mut Diagnostics,
    ) -> Result<SourcesState, Diagnostic> {
        let mut reader = Reader::new(diagnostics);
        let read = arguments(&mut reader, &config);
        let Read::Known(arguments) = reader.finish(read) else {
            diagnostics.stop_on_errors()?;
            return Ok(config);
        };
        let (sources, runtime) = folders::blocking(move || hash(&arguments)).await??;
        Ok(SourcesState {
            sources: Value::Known(sources),
            fusion_runtime_sha256: runtime.into(),
            ..config
        })
    }
}

type Hashes = (BTreeMap<String, SourceState>, Option<String>);

fn hash(arguments: &Arguments) -> Result<Hashes, Diagnostic> {
    let sources = hash_sources(&arguments.root, &arguments.shared, &arguments.tasks)
        .map_err(|error| folders::problem(&error).at("tasks"))?;
    let runtime = arguments
        .runtime_path
        .as_deref()
        .map(hash_runtime)
        .transpose();
    let runtime = runtime.map_err(|error| folders::problem(&error).at("runtime_path"))?;
    let named = sources.into_iter().map(|(task, source)| {
        let state = SourceState {
            sha256: source.sha256,
            bytes: source.bytes,
        };
        (task.to_string(), state)
    });
    Ok((named.collect(), runtime))
}

fn arguments(reader: &mut Reader<'_>, config: &SourcesState) -> Option<Arguments> {
    let root = reader
        .required(&"root".into(), &config.root)
        .map(PathBuf::from);
    let runtime_path = reader
        .optional(&"runtime_path".into(), &config.runtime_path)
        .map(PathBuf::from);
    let shared = reader.texts(&"shared".into(), &config.shared);
    let path = AttributePath::of("tasks");
    let mut tasks = BTreeMap::new();
    for (name, task) in reader.required(&path, &config.tasks).into_iter().flatten() {
        let path = path.clone().key(name);
        let read = reader
            .required(&path, task)
            .and_then(|task| task_source(reader, &path, task));
        match TaskName::new(name) {
            Ok(name) => tasks.extend(read.map(|read| (name, read))),
            Err(error) => reader.wrong(path, "Invalid task name", sentences(error)),
        }
    }
    Some(Arguments {
        root: root?,
        shared,
        runtime_path,
        tasks,
    })
}

fn task_source(
    reader: &mut Reader<'_>,
    path: &AttributePath,
    task: &TaskState,
) -> Option<TaskSource> {
    let at = |attribute: &str| path.clone().attribute(attribute);
    let source = reader.required(&at("source"), &task.source).cloned();
    let handler = reader.required(&at("handler"), &task.handler).cloned();
    let runtime = reader.required(&at("runtime"), &task.runtime).cloned();
    Some(TaskSource {
        source: source?,
        handler: handler?,
        runtime: runtime?,
    })
}

fn schema() -> Schema {
    Schema::new(
        "What the sources of an application's tasks are at this moment: one hash a task over the sorted paths, \
         modes and contents of its folder and of the shared folders, its handler and its language runtime.\n\n\
         `fusion_setup` and `fusion_package` plan from these hashes without reading a file themselves, and check \
         in the apply that they still hold.",
    )
    .attribute("root", Attribute::string("The application's folder.").required())
    .attribute(
        "shared",
        Attribute::new(Type::list(Type::String), "Folders that belong to every task, relative to `root`."),
    )
    .attribute("runtime_path", Attribute::string("The folder with the fusion runtime's files."))
    .attribute(
        "tasks",
        Attribute::nested(Nesting::Map, "The tasks by name.", [
            ("source", Attribute::string("The task's folder, relative to `root`.").required()),
            ("handler", Attribute::string("The task's handler, such as `handler.handler`.").required()),
            ("runtime", Attribute::string("The language runtime, such as `nodejs22.x`.").required()),
        ])
        .required(),
    )
    .attribute(
        "sources",
        Attribute::nested(Nesting::Map, "By task: what its sources are.", [
            ("sha256", Attribute::string("The hash, 64 hex digits.").computed()),
            ("bytes", Attribute::number("The size of all files, in bytes.").computed()),
        ])
        .computed(),
    )
    .attribute(
        "fusion_runtime_sha256",
        Attribute::string("The hash of the fusion runtime's files; null without `runtime_path`.").computed(),
    )
}

#[cfg(test)]
mod tests;
