//! The call graph: which task calls which, and how.
//!
//! It unites what was declared with what was observed; how often calls happen
//! and how long they take is the optimizer's knowledge.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::application::{Application, CallMode};
use crate::task::TaskName;

/// Known calls: caller to callee to the modes in which it was called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallGraph {
    calls: BTreeMap<TaskName, BTreeMap<TaskName, BTreeSet<CallMode>>>,
}

impl CallGraph {
    /// A graph without calls.
    pub fn new() -> Self {
        Self::default()
    }

    /// The calls that the application declares; tasks it does not know are left out.
    pub fn declared(application: &Application) -> Self {
        let mut graph = Self::new();
        for (caller, task) in &application.tasks {
            for call in task.calls.iter().flatten() {
                if application.tasks.contains_key(&call.task) {
                    graph.insert(caller.clone(), call.task.clone(), call.mode);
                }
            }
        }
        graph
    }

    /// Adds one call.
    pub fn insert(&mut self, caller: TaskName, callee: TaskName, mode: CallMode) {
        self.calls
            .entry(caller)
            .or_default()
            .entry(callee)
            .or_default()
            .insert(mode);
    }

    /// Adds every call of `other`.
    pub fn extend(&mut self, other: &Self) {
        for (caller, callee, mode) in other.iter() {
            self.insert(caller.clone(), callee.clone(), mode);
        }
    }

    /// Every call as (caller, callee, mode), in byte order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&TaskName, &TaskName, CallMode)> {
        self.calls.iter().flat_map(|(caller, callees)| {
            callees.iter().flat_map(move |(callee, modes)| {
                modes.iter().map(move |mode| (caller, callee, *mode))
            })
        })
    }

    /// The calls that `caller` makes as (callee, mode).
    pub fn calls_of<'a>(
        &'a self,
        caller: &TaskName,
    ) -> impl Iterator<Item = (&'a TaskName, CallMode)> + use<'a> {
        self.calls
            .get(caller)
            .into_iter()
            .flatten()
            .flat_map(|(callee, modes)| modes.iter().map(move |mode| (callee, *mode)))
    }

    /// Whether this call is known.
    pub fn contains(&self, caller: &TaskName, callee: &TaskName, mode: CallMode) -> bool {
        self.calls
            .get(caller)
            .and_then(|callees| callees.get(callee))
            .is_some_and(|modes| modes.contains(&mode))
    }

    /// Every task that another task calls. Calling oneself does not count: it
    /// says nothing about where the first call came from.
    pub fn callees(&self) -> BTreeSet<&TaskName> {
        self.iter()
            .filter(|(caller, callee, _)| caller != callee)
            .map(|(_, callee, _)| callee)
            .collect()
    }

    /// Whether no call is known.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> TaskName {
        TaskName::new(text).unwrap()
    }

    #[test]
    fn iterates_in_byte_order_and_keeps_both_modes() {
        let mut graph = CallGraph::new();
        graph.insert(name("b"), name("a"), CallMode::Async);
        graph.insert(name("B"), name("a"), CallMode::Sync);
        graph.insert(name("b"), name("a"), CallMode::Sync);
        let texts: Vec<String> = graph
            .iter()
            .map(|(caller, callee, mode)| format!("{caller}->{callee} {mode}"))
            .collect();
        assert_eq!(texts, ["B->a sync", "b->a sync", "b->a async"]);
    }

    #[test]
    fn a_task_that_only_calls_itself_has_no_known_caller() {
        let mut graph = CallGraph::new();
        graph.insert(name("a"), name("a"), CallMode::Sync);
        assert!(graph.callees().is_empty());
        graph.insert(name("a"), name("b"), CallMode::Sync);
        assert_eq!(graph.callees().len(), 1);
    }
}
