//! The manifest `fusionize.hcl`: what an application is made of, as its author writes it.
//!
//! [`read`] gives either a [`Manifest`] in which everything holds that can be known without AWS
//! and without running code, or all [`Problems`] at once. What the values mean
//! for the generated HCL is [`crate::module`]'s subject.

mod application;
mod check;
mod environment;
mod names;
mod path;
mod reader;
mod settings;
mod source;
mod stray;
mod syntax;
mod task;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::files::Files;
use crate::module::Target;
use crate::problem::{Problem, Problems, SourceText};

pub use crate::manifest::environment::EnvironmentValue;
pub use crate::manifest::settings::{Minimize, Objective, Observation, Pricing};
pub use crate::manifest::source::handler_file;
pub use fusion_model::application::{CallMode, DeclaredCall, OWN_ISOLATION};
pub use fusion_model::task::TaskName;

/// The manifest's usual file name.
pub const FILE_NAME: &str = "fusionize.hcl";

/// The folder whose subfolders are the tasks of a manifest without task blocks.
pub const TASKS_FOLDER: &str = "tasks";

/// An application as its manifest describes it. All of it has been checked.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The application's name, unique in account and region.
    pub application: String,
    /// The alias that callers use, on every function.
    pub alias: String,
    /// Folders that every package gets, relative to the application's folder.
    pub shared: Vec<String>,
    /// Whether asynchronous calls inside a group may run in the caller's process.
    pub inline_async: bool,
    /// How tasks of different permissions share functions; `None` if their permissions are equal.
    pub share_permissions: Option<SharePermissions>,
    /// What the first setup is made from; `None` leaves it to the provider.
    pub initial: Option<Initial>,
    /// Memory sizes to choose from; empty leaves them to the provider.
    pub memory_sizes_mb: Vec<u32>,
    /// Sets of tasks that must run in one function.
    pub together: Vec<BTreeSet<TaskName>>,
    /// Sets of tasks of which no two may run in one function.
    pub apart: Vec<BTreeSet<TaskName>>,
    /// What to optimize for.
    pub objective: Objective,
    /// What counts as evidence.
    pub observation: Observation,
    /// The share of the application's cost that telemetry may take; `None` leaves it to the target.
    pub telemetry_budget: Option<f64>,
    /// Prices that differ from the provider's.
    pub pricing: Pricing,
    /// The tasks by name; at least one of them is an entrypoint.
    pub tasks: BTreeMap<TaskName, Task>,
    /// What is allowed and yet hardly meant.
    pub warnings: Vec<Problem>,
    /// The text it was read from, for problems that only a target has.
    pub text: Arc<SourceText>,
}

impl Manifest {
    /// Advice for a name that is no task's: the nearest task, else all of them.
    pub fn did_you_mean(&self, name: &str) -> String {
        names::did_you_mean(name, self.tasks.keys().map(TaskName::as_str))
    }

    /// What parts a task from tasks that may do something else: one text for each permission,
    /// equal texts for equal permissions; none where permissions part nobody.
    pub(crate) fn permission_texts(&self, task: &Task) -> Vec<String> {
        if self.share_permissions == Some(SharePermissions::Any) {
            return Vec::new();
        }
        let text = |permission: &Permission| {
            let (actions, resources) = (&permission.actions, &permission.resources);
            format!("{} on {}", actions.join(", "), resources.join(", "))
        };
        task.permissions.iter().map(text).collect()
    }
}

/// One task of an application.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The name of the task's function, at most 64 characters.
    pub function_name: String,
    /// Whether clients invoke it.
    pub entrypoint: bool,
    /// Its folder, relative to the application's.
    pub source: String,
    /// `<file without extension, relative to source>.<export>`.
    pub handler: String,
    /// The language runtime, e.g. `nodejs22.x`.
    pub runtime: String,
    /// How long one invocation may take.
    pub timeout_seconds: u32,
    /// The least memory that its function may get.
    pub min_memory_mb: u32,
    /// Tasks of different isolation never share a function; [`OWN_ISOLATION`] shares with nobody.
    pub isolation: String,
    /// Its environment variables by name.
    pub environment: BTreeMap<String, EnvironmentValue>,
    /// What its code may do.
    pub permissions: Vec<Permission>,
    /// The calls its author declared; `None` where it is left to observation.
    pub calls: Option<Vec<DeclaredCall>>,
}

impl Task {
    /// Whether the task never shares a function with another.
    pub fn alone(&self) -> bool {
        self.isolation == OWN_ISOLATION
    }
}

/// Actions on resources that a task's code needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// IAM actions, e.g. `dynamodb:GetItem`.
    pub actions: Vec<String>,
    /// ARNs.
    pub resources: Vec<String>,
}

/// Which tasks may share a function although their permissions differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharePermissions {
    /// All may: each function gets the permissions of every task that may ever run inside it.
    Any,
    /// Only tasks of equal permissions share.
    Same,
}

/// What the first setup is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initial {
    /// Every task runs alone.
    Separate,
    /// Tasks that are declared to call each other synchronously run together.
    Declared,
}

impl Initial {
    /// The word that manifest and provider use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Separate => "separate",
            Self::Declared => "declared",
        }
    }
}

/// The largest manifest that is read, in bytes: a thousand tasks with all their settings. How long
/// reading takes grows with the square of an object's length.
pub const MAX_BYTES: usize = 1 << 19;

/// Reads a manifest.
///
/// `file` is its name as the user knows it, for messages; `files` is the application's folder,
/// in which task folders and handlers are looked up. Fails with everything that is wrong.
pub fn read(file: &str, text: &str, files: &dyn Files) -> Result<Manifest, Problems> {
    let mut reader = reader::Reader::new(file, text);
    let manifest = application::read(&mut reader, files);
    reader.finish(manifest)
}

/// Reads a manifest like [`read`], and fails also with what `target` does not have.
pub fn read_for(
    target: Target,
    file: &str,
    text: &str,
    files: &dyn Files,
) -> Result<Manifest, Problems> {
    let mut reader = reader::Reader::new(file, text);
    let manifest = application::read(&mut reader, files);
    let refused = manifest.as_ref().map(|manifest| target.refuses(manifest));
    reader.add(refused.unwrap_or_default());
    reader.finish(manifest)
}

/// Whether `name` can be an application's.
pub(crate) fn is_application_name(name: &str) -> bool {
    names::is_plain_name(name)
}
