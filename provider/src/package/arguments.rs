//! The arguments of `fusion_package` as they are meant: what to build, and where it goes.
//!
//! Owns defaults, checks and the identity, all without IO. Making the file is in `package`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fusion_model::package::{FORMAT, FusionJson, PackagedTask, package_sha256};
use fusion_model::{Application, TaskName};
use fusion_packaging::{Member, PackageRequest, TaskSource};
use tfplugin::{AttributePath, Diagnostics, Value};

use super::state::{MemberState, PackageState};
use crate::reading::{Read, Reader, sentences};

/// Digits of the identity that stand in the file's name.
const NAMED_DIGITS: usize = 16;

/// A package that can be built.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// What it is made from.
    pub request: PackageRequest,
    /// The folder that it is written into.
    pub directory: String,
}

impl Arguments {
    /// The package's identity.
    pub fn sha256(&self) -> String {
        let hashes = self
            .request
            .members
            .iter()
            .map(|(task, member)| (task.clone(), member.sha256.clone()));
        package_sha256(
            &self.request.fusion_json,
            &hashes.collect(),
            &self.request.fusion_runtime_sha256,
        )
    }

    /// The file; `/` separates folders on every system, so that plans are the same everywhere.
    pub fn path(&self) -> String {
        let (json, sha256) = (&self.request.fusion_json, self.sha256());
        let named = sha256.get(..NAMED_DIGITS).unwrap_or(&sha256);
        let directory = match self.directory.trim_end_matches('/') {
            // No name at all is where the host runs, and not the root of everything.
            "" if self.directory.is_empty() => ".",
            directory => directory,
        };
        format!("{directory}/{}-{}-{named}.zip", json.application, json.root)
    }

    /// The name of the function that runs the package.
    pub fn function_name(&self) -> String {
        let json = &self.request.fusion_json;
        let named = json.function_names.get(&json.root).cloned();
        named.unwrap_or_else(|| Application::default_function_name(&json.application, &json.root))
    }
}

/// Whether a file's name bears this identity.
pub fn bears_identity(path: &Path, sha256: &str) -> bool {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    sha256
        .get(..NAMED_DIGITS)
        .is_some_and(|named| stem.ends_with(named))
}

/// Reads the arguments.
pub fn read(state: &PackageState, diagnostics: &mut Diagnostics) -> Read<Arguments> {
    let mut reader = Reader::new(diagnostics);
    let arguments = arguments(&mut reader, state);
    reader.finish(arguments)
}

fn arguments(reader: &mut Reader<'_>, state: &PackageState) -> Option<Arguments> {
    let application = reader.application(&state.application);
    let mut needed =
        |name: &str, value: &Value<String>| reader.required(&name.into(), value).cloned();
    let root = needed("root", &state.root);
    let source_root = needed("source_root", &state.source_root);
    let runtime_path = needed("runtime_path", &state.runtime_path);
    let fusion_runtime_sha256 = needed("fusion_runtime_sha256", &state.fusion_runtime_sha256);
    let directory = needed("directory", &state.directory);
    let root = root.and_then(|root| task_name(reader, &"root".into(), &root));
    let (tasks, members) = members(reader, state);
    let function_names = function_names(reader, application.as_deref(), state);
    let shared = reader.texts(&"shared".into(), &state.shared);
    let alias = reader.text(&"alias".into(), &state.alias, "live");
    let inline_async = reader.truth(&"inline_async".into(), &state.inline_async);
    if let (Some(root), true) = (&root, state.tasks.is_known())
        && !tasks.contains_key(root)
        && reader.is_whole()
    {
        let detail = format!(
            "`{root}` is the root of this package, but not among its tasks. Add it to `tasks`."
        );
        reader.wrong("tasks".into(), "Package without its root", detail);
    }
    let fusion_json = FusionJson {
        alias,
        application: application?,
        format: FORMAT,
        function_names,
        inline_async,
        root: root?,
        tasks,
    };
    let request = PackageRequest {
        root: PathBuf::from(source_root?),
        shared,
        runtime_folder: PathBuf::from(runtime_path?),
        fusion_runtime_sha256: fusion_runtime_sha256?,
        fusion_json,
        members,
    };
    Some(Arguments {
        request,
        directory: directory?,
    })
}

type Members = (BTreeMap<TaskName, PackagedTask>, BTreeMap<TaskName, Member>);

fn members(reader: &mut Reader<'_>, state: &PackageState) -> Members {
    let path = AttributePath::of("tasks");
    let (mut tasks, mut members) = Members::default();
    for (name, task) in reader.required(&path, &state.tasks).into_iter().flatten() {
        let path = path.clone().key(name);
        let name = task_name(reader, &path, name);
        let task = reader.required(&path, task);
        let read = task.and_then(|task| member(reader, &path, task));
        if let (Some(name), Some((packaged, member))) = (name, read) {
            tasks.insert(name.clone(), packaged);
            members.insert(name, member);
        }
    }
    (tasks, members)
}

fn member(
    reader: &mut Reader<'_>,
    path: &AttributePath,
    task: &MemberState,
) -> Option<(PackagedTask, Member)> {
    let at = |attribute: &str| path.clone().attribute(attribute);
    let source = reader
        .required(&at("source"), &task.source)
        .map(|source| normal(source));
    let handler = reader.required(&at("handler"), &task.handler).cloned();
    let runtime = reader.required(&at("runtime"), &task.runtime).cloned();
    let sha256 = reader.required(&at("sha256"), &task.sha256).cloned();
    let timeout_seconds = reader.whole(
        &at("timeout_seconds"),
        &task.timeout_seconds,
        &(1..=900),
        "seconds",
    );
    let environment = names(reader, &at("environment"), &task.environment);
    let (source, handler) = (source?, handler?);
    let packaged = PackagedTask {
        environment,
        handler: handler.clone(),
        source: source.clone(),
        timeout_seconds: timeout_seconds
            .and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or(30),
    };
    let source = TaskSource {
        source,
        handler,
        runtime: runtime?,
    };
    Some((
        packaged,
        Member {
            source,
            sha256: sha256?,
        },
    ))
}

/// Only names that differ from the default: a package that lists them all would change with all.
fn function_names(
    reader: &mut Reader<'_>,
    application: Option<&str>,
    state: &PackageState,
) -> BTreeMap<TaskName, String> {
    let path = AttributePath::of("function_names");
    let given = names(reader, &path, &state.function_names);
    let named = given.into_iter().filter_map(|(task, name)| {
        let task = task_name(reader, &path.clone().key(&task), &task)?;
        let default = Application::default_function_name(application.unwrap_or_default(), &task);
        (name != default).then_some((task, name))
    });
    named.collect()
}

fn names(
    reader: &mut Reader<'_>,
    path: &AttributePath,
    map: &Value<BTreeMap<String, Value<String>>>,
) -> BTreeMap<String, String> {
    let entries = reader.optional(path, map).into_iter().flatten();
    let read = entries.filter_map(|(key, value)| {
        let value = reader.required(&path.clone().key(key), value)?;
        Some((key.clone(), value.clone()))
    });
    read.collect()
}

fn task_name(reader: &mut Reader<'_>, path: &AttributePath, text: &str) -> Option<TaskName> {
    let name = TaskName::new(text);
    if let Err(error) = &name {
        reader.wrong(path.clone(), "Invalid task name", sentences(error));
    }
    name.ok()
}

/// The form of a relative path that stands in packages: no `.`, no empty part.
fn normal(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    parts.join("/")
}
