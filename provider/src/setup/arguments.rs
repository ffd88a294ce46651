//! The arguments of `fusion_setup` as they are meant: an application and its sources.
//!
//! Owns defaults, checks and the way from the hosts' values to [`fusion_model`]. What decides
//! about setups (objective, observation, prices) is in `policy`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use fusion_model::application::{MEMORY_MB, TIMEOUT_SECONDS};
use fusion_model::{Application, CallMode, DeclaredCall, Task, TaskName};
use tfplugin::{AttributePath, Number, Value};

use super::problems;
use super::state::{CallState, SetupState, TaskState};
use crate::reading::Reader;

/// The alias where none is given.
const DEFAULT_ALIAS: &str = "live";
/// A function's timeout where none is given.
const DEFAULT_TIMEOUT_SECONDS: u32 = 30;
/// The isolation class where none is given.
const DEFAULT_ISOLATION: &str = "default";
/// The memory sizes to choose from where none are given, in MB. 1769 MB is one whole CPU.
const DEFAULT_MEMORY_SIZES_MB: [u32; 6] = [128, 256, 512, 1024, 1769, 3008];

/// Where the sources of an application are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// The application's folder.
    pub root: String,
    /// Folders that every package gets, relative to `root`.
    pub shared: Vec<String>,
    /// The folder of the fusion runtime.
    pub runtime_path: String,
    /// The tasks whose folder and handler are known.
    pub tasks: BTreeMap<TaskName, TaskFolder>,
}

/// Where one task's source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskFolder {
    /// Its folder, relative to the application's.
    pub source: String,
    /// Its handler.
    pub handler: String,
}

/// Reads the application; `None` where something is wrong or unknown, which the reader remembers.
pub fn application(reader: &mut Reader<'_>, state: &SetupState) -> Option<Application> {
    let name = reader.application(&state.application).unwrap_or_default();
    let tasks = tasks(reader, &name, state);
    let application = Application {
        alias: reader.text(&"alias".into(), &state.alias, DEFAULT_ALIAS),
        tasks,
        inline_async: reader.truth(&"inline_async".into(), &state.inline_async),
        together: sets(reader, "together", &state.together),
        apart: sets(reader, "apart", &state.apart),
        memory_sizes_mb: memory_sizes_mb(reader, &state.memory_sizes_mb),
        fusion_runtime_sha256: reader
            .required(
                &"fusion_runtime_sha256".into(),
                &state.fusion_runtime_sha256,
            )
            .cloned()
            .unwrap_or_default(),
        name,
    };
    if !reader.is_whole() {
        return None;
    }
    for fault in application.validate().err().into_iter().flatten() {
        let problem = problems::application(&application, &fault);
        reader.wrong(problem.path, &problem.summary, problem.detail);
    }
    Some(application)
}

/// Reads where the sources are; `None` where the configuration does not say.
pub fn sources(reader: &mut Reader<'_>, state: &SetupState) -> Option<Sources> {
    let path = AttributePath::of("sources");
    let sources = reader.optional(&path, &state.sources)?;
    let root = reader
        .required(&path.clone().attribute("root"), &sources.root)?
        .clone();
    let runtime_path = reader
        .required(
            &path.clone().attribute("runtime_path"),
            &sources.runtime_path,
        )?
        .clone();
    let shared = reader.texts(&path.attribute("shared"), &sources.shared);
    let tasks = state
        .tasks
        .known()
        .into_iter()
        .flatten()
        .filter_map(|(name, task)| {
            let task = task.known()?;
            let source = task.source.known()?.clone();
            let handler = task.handler.known()?.clone();
            Some((TaskName::new(name).ok()?, TaskFolder { source, handler }))
        });
    Some(Sources {
        root,
        shared,
        runtime_path,
        tasks: tasks.collect(),
    })
}

fn tasks(
    reader: &mut Reader<'_>,
    application: &str,
    state: &SetupState,
) -> BTreeMap<TaskName, Task> {
    let path = AttributePath::of("tasks");
    let mut read = BTreeMap::new();
    for (name, task) in reader.required(&path, &state.tasks).into_iter().flatten() {
        let path = path.clone().key(name);
        let name = task_name(reader, &path, name);
        let Some(task) = reader.required(&path, task) else {
            continue;
        };
        if let Some(name) = name {
            let task = self::task(reader, &path, application, &name, task);
            read.insert(name, task);
        }
    }
    read
}

fn task(
    reader: &mut Reader<'_>,
    path: &AttributePath,
    application: &str,
    name: &TaskName,
    task: &TaskState,
) -> Task {
    let at = |attribute: &str| path.clone().attribute(attribute);
    let default_name = Application::default_function_name(application, name);
    Task {
        function_name: reader.text(&at("function_name"), &task.function_name, &default_name),
        entrypoint: reader.truth(&at("entrypoint"), &task.entrypoint),
        source_sha256: reader
            .required(&at("source_sha256"), &task.source_sha256)
            .cloned()
            .unwrap_or_default(),
        source_bytes: reader
            .whole(
                &at("source_bytes"),
                &task.source_bytes,
                &(0..=u64::MAX),
                "bytes",
            )
            .unwrap_or(0),
        runtime: reader
            .required(&at("runtime"), &task.runtime)
            .cloned()
            .unwrap_or_default(),
        min_memory_mb: small(
            reader,
            &at("min_memory_mb"),
            &task.min_memory_mb,
            &MEMORY_MB,
            "MB",
        )
        .unwrap_or(*MEMORY_MB.start()),
        timeout_seconds: small(
            reader,
            &at("timeout_seconds"),
            &task.timeout_seconds,
            &TIMEOUT_SECONDS,
            "seconds",
        )
        .unwrap_or(DEFAULT_TIMEOUT_SECONDS),
        isolation: reader.text(&at("isolation"), &task.isolation, DEFAULT_ISOLATION),
        permissions: reader
            .texts(&at("permissions"), &task.permissions)
            .into_iter()
            .collect(),
        alone: reader.truth(&at("alone"), &task.alone),
        calls: calls(reader, &at("calls"), &task.calls),
    }
}

fn calls(
    reader: &mut Reader<'_>,
    path: &AttributePath,
    calls: &Value<Vec<Value<CallState>>>,
) -> Option<Vec<DeclaredCall>> {
    let calls = reader.optional(path, calls)?;
    let mut read = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        let path = path.clone().index(index);
        let Some(call) = reader.required(&path, call) else {
            continue;
        };
        let mode = reader.choice(
            &path.clone().attribute("mode"),
            &call.mode,
            &["sync", "async"],
        );
        let path = path.attribute("task");
        let Some(task) = reader.required(&path, &call.task) else {
            continue;
        };
        let mode = CallMode::parse(mode).unwrap_or(CallMode::Sync);
        read.extend(task_name(reader, &path, task).map(|task| DeclaredCall { task, mode }));
    }
    Some(read)
}

fn task_name(reader: &mut Reader<'_>, path: &AttributePath, text: &str) -> Option<TaskName> {
    let name = TaskName::new(text);
    if let Err(error) = &name {
        reader.wrong(
            path.clone(),
            "Invalid task name",
            crate::reading::sentences(error),
        );
    }
    name.ok()
}

fn sets(
    reader: &mut Reader<'_>,
    attribute: &str,
    sets: &Value<Vec<Value<Vec<Value<String>>>>>,
) -> Vec<BTreeSet<TaskName>> {
    let path = AttributePath::of(attribute);
    let mut read = Vec::new();
    for (index, set) in reader
        .optional(&path, sets)
        .into_iter()
        .flatten()
        .enumerate()
    {
        let path = path.clone().index(index);
        let names = reader.texts(&path, set);
        read.push(
            names
                .iter()
                .filter_map(|name| task_name(reader, &path, name))
                .collect(),
        );
    }
    read
}

fn memory_sizes_mb(reader: &mut Reader<'_>, sizes: &Value<Vec<Value<Number>>>) -> Vec<u32> {
    let path = AttributePath::of("memory_sizes_mb");
    let Some(sizes) = reader.optional(&path, sizes) else {
        return DEFAULT_MEMORY_SIZES_MB.to_vec();
    };
    if sizes.is_empty() {
        reader.wrong(
            path.clone(),
            "No memory size",
            "This list is empty, so that no function could have any memory. Name at least one size in MB, or leave \
             the argument out.",
        );
    }
    let read = sizes.iter().enumerate().filter_map(|(index, size)| {
        small(reader, &path.clone().index(index), size, &MEMORY_MB, "MB")
    });
    read.collect::<BTreeSet<_>>().into_iter().collect()
}

fn small(
    reader: &mut Reader<'_>,
    path: &AttributePath,
    value: &Value<Number>,
    bounds: &RangeInclusive<u32>,
    unit: &str,
) -> Option<u32> {
    let bounds = u64::from(*bounds.start())..=u64::from(*bounds.end());
    reader
        .whole(path, value, &bounds, unit)
        .and_then(|whole| u32::try_from(whole).ok())
}
