//! The application: its tasks with all that decides where they may run.
//!
//! It owns the rules that an application must obey by itself ([`Application::validate`]);
//! whether a setup fits an application is judged in [`crate::setup`].

mod validation;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::task::TaskName;
pub use validation::ApplicationError;

/// The smallest and the largest memory of a function on AWS Lambda, in MB.
pub const MEMORY_MB: std::ops::RangeInclusive<u32> = 128..=10_240;
/// The shortest and the longest timeout of a function, in seconds.
pub const TIMEOUT_SECONDS: std::ops::RangeInclusive<u32> = 1..=900;
/// The longest name of a function, in characters.
pub const MAX_FUNCTION_NAME_LENGTH: usize = 64;
/// The isolation class of tasks that never share a function with any other.
pub const OWN_ISOLATION: &str = "own";

/// How a task calls another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallMode {
    /// The caller waits for the answer.
    Sync,
    /// The caller goes on as soon as the call is accepted.
    Async,
}

impl CallMode {
    /// The mode's text in manifests, in HCL and in the `Mode` dimension.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Async => "async",
        }
    }

    /// Reads the text of [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "sync" => Some(Self::Sync),
            "async" => Some(Self::Async),
            _ => None,
        }
    }
}

impl fmt::Display for CallMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A call that the manifest declares; what is observed wins over it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DeclaredCall {
    /// The task that is called.
    pub task: TaskName,
    /// How it is called.
    pub mode: CallMode,
}

/// One task, as far as it decides where it may run and how it behaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The name of the task's own function.
    pub function_name: String,
    /// Whether clients invoke it.
    pub entrypoint: bool,
    /// Content hash of the task's sources, 64 hexadecimal digits.
    pub source_sha256: String,
    /// Size of the task's sources, unzipped, in bytes.
    pub source_bytes: u64,
    /// Language runtime, for example `nodejs22.x`.
    pub runtime: String,
    /// The least memory that the task's function may have, in MB.
    pub min_memory_mb: u32,
    /// Timeout of the task's own function, in seconds.
    pub timeout_seconds: u32,
    /// Tasks of different isolation never share a function; [`OWN_ISOLATION`]
    /// never shares at all.
    pub isolation: String,
    /// What the task may do, as opaque texts that are equal for equal permissions. Tasks
    /// that differ here never share a function; where they may, all leave it empty.
    pub permissions: BTreeSet<String>,
    /// Whether the task must never run inside another's function (reserved
    /// concurrency, for instance).
    pub alone: bool,
    /// Declared calls; `None` where nothing is declared.
    pub calls: Option<Vec<DeclaredCall>>,
}

/// An application: what the optimizer may regroup, and under which rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Unique in an account and region.
    pub name: String,
    /// The alias by which functions are called, usually `live`.
    pub alias: String,
    /// Every task by name.
    pub tasks: BTreeMap<TaskName, Task>,
    /// Whether asynchronous calls may be inlined.
    pub inline_async: bool,
    /// Sets of tasks whose calls among one another are inline in every computed setup,
    /// as far as the callee may share with all that the caller's function carries and
    /// the package has room. A task keeps its function for its other callers, and a set
    /// whose tasks do not call each other has no effect.
    pub together: Vec<BTreeSet<TaskName>>,
    /// Sets of tasks of which no two ever share a function.
    pub apart: Vec<BTreeSet<TaskName>>,
    /// The memory sizes to choose from, in MB.
    pub memory_sizes_mb: Vec<u32>,
    /// Content hash of the fusion runtime's files.
    pub fusion_runtime_sha256: String,
}

impl Task {
    /// Whether the task never shares its function with another.
    pub fn never_shares(&self) -> bool {
        self.alone || self.isolation == OWN_ISOLATION
    }
}

impl Application {
    /// The name of a task's function where none is given.
    pub fn default_function_name(application: &str, task: &TaskName) -> String {
        format!("{application}-{task}")
    }

    /// The entrypoints in byte order.
    pub fn entrypoints(&self) -> impl Iterator<Item = &TaskName> {
        self.tasks
            .iter()
            .filter(|(_, task)| task.entrypoint)
            .map(|(name, _)| name)
    }

    /// The task that owns the function of this name.
    pub fn task_of_function(&self, function_name: &str) -> Option<&TaskName> {
        self.tasks
            .iter()
            .find(|(_, task)| task.function_name == function_name)
            .map(|(name, _)| name)
    }

    /// Whether no rule of the application forbids that the two share a function.
    pub fn may_share(&self, first: &TaskName, second: &TaskName) -> bool {
        if first == second {
            return true;
        }
        let (Some(one), Some(other)) = (self.tasks.get(first), self.tasks.get(second)) else {
            return false;
        };
        !one.never_shares()
            && !other.never_shares()
            && one.isolation == other.isolation
            && one.runtime == other.runtime
            && one.permissions == other.permissions
            && !self
                .apart
                .iter()
                .any(|set| set.contains(first) && set.contains(second))
    }

    /// Whether a set of `together` holds both: then calls between them are inline.
    pub fn must_be_together(&self, first: &TaskName, second: &TaskName) -> bool {
        self.together
            .iter()
            .any(|set| set.contains(first) && set.contains(second))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An application of tasks that share a language runtime and an isolation;
    /// the first is its entrypoint.
    pub(crate) fn application(names: &[&str]) -> Application {
        let tasks = names.iter().enumerate().map(|(index, name)| {
            let name = TaskName::new(*name).unwrap();
            let task = Task {
                function_name: format!("app-{name}"),
                entrypoint: index == 0,
                source_sha256: crate::hash::sha256_hex(name.as_str()),
                source_bytes: 1000,
                runtime: "nodejs22.x".into(),
                min_memory_mb: 128,
                timeout_seconds: 30,
                isolation: "default".into(),
                permissions: BTreeSet::new(),
                alone: false,
                calls: None,
            };
            (name, task)
        });
        Application {
            name: "app".into(),
            alias: "live".into(),
            tasks: tasks.collect(),
            inline_async: false,
            together: vec![],
            apart: vec![],
            memory_sizes_mb: vec![128, 512, 1769],
            fusion_runtime_sha256: crate::hash::sha256_hex("runtime"),
        }
    }

    /// The names as a set.
    pub(crate) fn set(names: &[&str]) -> BTreeSet<TaskName> {
        names
            .iter()
            .map(|name| TaskName::new(*name).unwrap())
            .collect()
    }

    #[test]
    fn sharing_obeys_isolation_runtime_alone_and_apart() {
        let (a, b) = (TaskName::new("a").unwrap(), TaskName::new("b").unwrap());
        let plain = application(&["a", "b"]);
        assert!(plain.may_share(&a, &b));
        let with = |change: fn(&mut Task)| {
            let mut app = plain.clone();
            app.tasks
                .values_mut()
                .next_back()
                .into_iter()
                .for_each(change);
            app
        };
        assert!(!with(|task| task.alone = true).may_share(&a, &b));
        assert!(!with(|task| task.isolation = "x".into()).may_share(&a, &b));
        assert!(!with(|task| task.runtime = "python3.13".into()).may_share(&a, &b));
        assert!(!with(|task| task.permissions = ["s3:GetObject".into()].into()).may_share(&a, &b));
        let mut own = plain.clone();
        own.tasks
            .values_mut()
            .for_each(|task| task.isolation = OWN_ISOLATION.into());
        assert!(
            !own.may_share(&a, &b),
            "equal names, but `own` never shares"
        );
        assert!(own.may_share(&a, &a));
        let mut apart = plain;
        apart.apart = vec![set(&["a", "b"])];
        assert!(!apart.may_share(&a, &b));
    }
}
