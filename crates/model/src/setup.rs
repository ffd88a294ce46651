//! Fusion setups: which tasks each function carries inside, and its memory.
//!
//! It owns inlining, active and standby, and whether a setup fits an
//! application; how a setup is written stands in [`crate::notation`].

mod fit;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::application::{Application, CallMode, MEMORY_MB};
use crate::graph::CallGraph;
use crate::task::TaskName;
pub use fit::SetupError;

/// What the zip of a function may weigh unzipped, in bytes.
pub const MAX_PACKAGE_BYTES: u64 = 250 * 1024 * 1024;

/// A fusion group: what runs inside one function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// The members, the root among them.
    pub tasks: BTreeSet<TaskName>,
    /// The function's memory in MB.
    pub memory_mb: u32,
}

impl Group {
    /// The group of a task that shares with nobody.
    pub fn alone(root: &TaskName, memory_mb: u32) -> Self {
        Self {
            tasks: BTreeSet::from([root.clone()]),
            memory_mb,
        }
    }

    /// Whether a call to `callee` runs inside this group: it must be a member,
    /// and an asynchronous call also needs `inline_async`.
    pub fn inlines(&self, callee: &TaskName, mode: CallMode, inline_async: bool) -> bool {
        self.tasks.contains(callee) && (mode == CallMode::Sync || inline_async)
    }
}

/// A fusion setup: a group for each root. Of an application that is deployed,
/// it holds every task; what [`crate::notation::parse`] returns holds the
/// active groups only.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Setup {
    /// The group of each root.
    pub groups: BTreeMap<TaskName, Group>,
}

impl Setup {
    /// Every task alone, each at the smallest allowed size that it can have.
    pub fn separate(application: &Application) -> Self {
        let groups = application.tasks.keys().map(|task| {
            let memory_mb = smallest_memory(application, [task]);
            (task.clone(), Group::alone(task, memory_mb))
        });
        Self {
            groups: groups.collect(),
        }
    }

    /// Whether a call from inside the group of `root` to `callee` is inline.
    pub fn inlines(
        &self,
        root: &TaskName,
        callee: &TaskName,
        mode: CallMode,
        inline_async: bool,
    ) -> bool {
        self.groups
            .get(root)
            .is_some_and(|group| group.inlines(callee, mode, inline_async))
    }

    /// The roots that take traffic: entrypoints, what active groups call
    /// remotely, and tasks whose callers nobody knows. The rest is standby.
    ///
    /// A root that is active without having a group here is returned too
    /// ([`Self::check`] calls it an error).
    pub fn active(&self, application: &Application, graph: &CallGraph) -> BTreeSet<TaskName> {
        let called = graph.callees();
        let mut queue: VecDeque<&TaskName> = application
            .tasks
            .iter()
            .filter(|(name, task)| task.entrypoint || !called.contains(name))
            .map(|(name, _)| name)
            .collect();
        let mut active = BTreeSet::new();
        while let Some(root) = queue.pop_front() {
            if !active.insert(root.clone()) {
                continue;
            }
            let Some(group) = self.groups.get(root) else {
                continue;
            };
            for (callee, mode) in group.tasks.iter().flat_map(|member| graph.calls_of(member)) {
                if !group.inlines(callee, mode, application.inline_async) {
                    queue.push_back(callee);
                }
            }
        }
        active
    }

    /// The groups of `roots` only.
    #[must_use]
    pub fn restricted_to(&self, roots: &BTreeSet<TaskName>) -> Self {
        let groups = self.groups.iter().filter(|(root, _)| roots.contains(*root));
        Self {
            groups: groups
                .map(|(root, group)| (root.clone(), group.clone()))
                .collect(),
        }
    }

    /// This setup with, for every task that has no group here, the group that
    /// it has in `standby`, or else the task alone at its smallest size.
    #[must_use]
    pub fn completed(&self, application: &Application, standby: &Self) -> Self {
        let groups = application.tasks.keys().map(|task| {
            let group = self
                .groups
                .get(task)
                .or_else(|| standby.groups.get(task))
                .cloned();
            let group =
                group.unwrap_or_else(|| Group::alone(task, smallest_memory(application, [task])));
            (task.clone(), group)
        });
        Self {
            groups: groups.collect(),
        }
    }

    /// The canonical text of the active groups.
    pub fn notation(&self, application: &Application, graph: &CallGraph) -> String {
        crate::notation::format(&self.restricted_to(&self.active(application, graph)))
    }

    /// The setup id: the first 12 hexadecimal digits of the SHA-256 of
    /// [`Self::notation`].
    pub fn id(&self, application: &Application, graph: &CallGraph) -> String {
        crate::hash::short_id(self.notation(application, graph))
    }
}

/// The smallest of the application's sizes that serves all of `members`; the
/// largest need itself where no size does.
pub fn smallest_memory<'a>(
    application: &Application,
    members: impl IntoIterator<Item = &'a TaskName>,
) -> u32 {
    let need = needed_memory(application, members);
    application
        .memory_sizes_mb
        .iter()
        .copied()
        .filter(|size| *size >= need)
        .min()
        .unwrap_or(need)
}

/// The largest `min_memory_mb` among `members`.
pub fn needed_memory<'a>(
    application: &Application,
    members: impl IntoIterator<Item = &'a TaskName>,
) -> u32 {
    let needs = members
        .into_iter()
        .filter_map(|member| application.tasks.get(member));
    needs
        .map(|task| task.min_memory_mb)
        .max()
        .unwrap_or(0)
        .max(*MEMORY_MB.start())
}

/// The sum of the members' sources in bytes.
pub fn package_bytes<'a>(
    application: &Application,
    members: impl IntoIterator<Item = &'a TaskName>,
) -> u64 {
    let tasks = members
        .into_iter()
        .filter_map(|member| application.tasks.get(member));
    tasks.fold(0, |sum, task| sum.saturating_add(task.source_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::tests::{application, set};
    use crate::notation;

    pub(super) fn name(text: &str) -> TaskName {
        TaskName::new(text).unwrap()
    }

    pub(super) fn graph(calls: &[(&str, &str, CallMode)]) -> CallGraph {
        let mut graph = CallGraph::new();
        for (caller, callee, mode) in calls {
            graph.insert(name(caller), name(callee), *mode);
        }
        graph
    }

    #[test]
    fn standby_is_what_no_active_group_calls_remotely() {
        let app = application(&["a", "b", "c", "d"]);
        let calls = graph(&[
            ("a", "b", CallMode::Sync),
            ("b", "c", CallMode::Async),
            ("b", "d", CallMode::Sync),
        ]);
        let fused = notation::parse("(a,b,d)@128-(c)@512").unwrap();
        let setup = fused.completed(&app, &Setup::separate(&app));
        assert_eq!(setup.groups.len(), 4);
        assert_eq!(setup.active(&app, &calls), set(&["a", "c"]));
        assert_eq!(setup.notation(&app, &calls), "(a,b,d)@128-(c)@512");
        assert_eq!(setup.check(&app, &calls), Ok(()));
    }

    #[test]
    fn an_async_call_into_the_group_stays_remote_unless_allowed() {
        let mut app = application(&["a", "b"]);
        let calls = graph(&[("a", "b", CallMode::Async)]);
        let setup = notation::parse("(a,b)@128-(b)@128").unwrap();
        assert_eq!(setup.active(&app, &calls), set(&["a", "b"]));
        app.inline_async = true;
        assert_eq!(setup.active(&app, &calls), set(&["a"]));
    }

    #[test]
    fn a_task_whose_callers_nobody_knows_is_active() {
        let app = application(&["a", "b"]);
        assert_eq!(
            Setup::separate(&app).active(&app, &CallGraph::new()),
            set(&["a", "b"])
        );
    }
}
