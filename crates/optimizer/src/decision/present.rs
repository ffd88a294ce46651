//! The present setup, made to fit the application as it is now.

use std::collections::BTreeSet;

use fusion_model::setup::{MAX_PACKAGE_BYTES, needed_memory, package_bytes};
use fusion_model::{Application, CallGraph, Group, Setup, TaskName};

use crate::observation::Evidence;

/// Declared and observed calls.
pub fn known_calls(application: &Application, evidence: &Evidence) -> CallGraph {
    let mut graph = CallGraph::declared(application);
    graph.extend(&evidence.observed_calls());
    graph
}

/// What is deployed, for the application's present tasks and rules: tasks that
/// left are dropped, new ones stand alone, members that no longer may share go
/// out, and memory is raised where a member needs it.
pub fn repaired(application: &Application, deployed: &Setup) -> Setup {
    let complete = deployed.completed(application, &Setup::separate(application));
    let groups = complete.groups.into_iter().map(|(root, group)| {
        let mut tasks = BTreeSet::from([root.clone()]);
        for member in &group.tasks {
            let may_share = tasks.iter().all(|task| application.may_share(task, member));
            let fits =
                package_bytes(application, tasks.iter().chain([member])) <= MAX_PACKAGE_BYTES;
            if application.tasks.contains_key(member) && may_share && fits {
                tasks.insert(member.clone());
            }
        }
        let memory_mb = group.memory_mb.max(needed_memory(application, &tasks));
        (root, Group { tasks, memory_mb })
    });
    Setup {
        groups: groups.collect(),
    }
}

/// A group without members that calls no longer reach, and who went out.
pub fn without_idle(
    application: &Application,
    evidence: &Evidence,
    root: &TaskName,
    group: &Group,
) -> (Group, BTreeSet<TaskName>) {
    let graph = live_calls(application, evidence);
    let mut tasks = BTreeSet::from([root.clone()]);
    let mut queue = vec![root.clone()];
    while let Some(caller) = queue.pop() {
        for (callee, mode) in graph.calls_of(&caller) {
            if group.inlines(callee, mode, application.inline_async) && tasks.insert(callee.clone())
            {
                queue.push(callee.clone());
            }
        }
    }
    let idle = group.tasks.difference(&tasks).cloned().collect();
    (
        Group {
            tasks,
            memory_mb: group.memory_mb,
        },
        idle,
    )
}

/// Observed calls, and declared ones to callees that were not observed at all:
/// what is observed wins over what is declared.
fn live_calls(application: &Application, evidence: &Evidence) -> CallGraph {
    let observed = evidence.observed_calls();
    let mut graph = observed.clone();
    for (caller, callee, mode) in CallGraph::declared(application).iter() {
        let is_seen = observed.calls_of(caller).any(|(seen, _)| seen == callee);
        if !is_seen {
            graph.insert(caller.clone(), callee.clone(), mode);
        }
    }
    graph
}
