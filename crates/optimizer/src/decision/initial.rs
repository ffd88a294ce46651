//! The first setup, before anything was measured.

use std::collections::{BTreeSet, VecDeque};

use fusion_model::setup::{MAX_PACKAGE_BYTES, package_bytes, smallest_memory};
use fusion_model::{Application, CallGraph, Group, Sampling, Setup, TaskName};

use super::{Decision, basis};
use crate::deployed::{HistoryEntry, Phase};
use crate::forecast::Forecast;
use crate::observation::Evidence;
use crate::settings::{Initial, Settings};

/// The first setup: every task alone, or together with what it is declared to
/// call synchronously, or the pinned one. A pinned setup that does not parse or
/// fit is the caller's to refuse; here it is left out.
pub fn initial(application: &Application, settings: &Settings) -> Decision {
    let graph = CallGraph::declared(application);
    let separate = Setup::separate(application);
    let pinned = pinned(application, &graph, settings, &separate);
    let (setup, phase, reason) = match (pinned, settings.initial) {
        (Some(setup), _) => (setup, Phase::Pinned, "the setup is pinned"),
        (None, Initial::Separate) => (
            separate,
            Phase::Initial,
            "every task runs alone until requests were measured",
        ),
        (None, Initial::Declared) => (
            declared(application, &graph),
            Phase::Initial,
            "tasks that declared synchronous calls connect run together until requests were measured",
        ),
    };
    let notation = setup.notation(application, &graph);
    let setup_id = fusion_model::hash::short_id(&notation);
    let summary = format!("First setup: {reason}");
    Decision {
        changed: true,
        generation: 1,
        phase,
        sampling: Sampling::ALL,
        forecast: Forecast::default(),
        because: vec![],
        evidence: vec![],
        instead_of: vec![],
        history: vec![HistoryEntry {
            generation: 1,
            setup_id: setup_id.clone(),
            notation: notation.clone(),
            phase,
            summary: summary.clone(),
        }],
        basis_sha256: basis(application, settings, &Evidence::default()),
        setup,
        setup_id,
        notation,
        summary,
    }
}

/// The pinned setup, completed with the groups of `standby`, where it parses and fits.
pub(super) fn pinned(
    application: &Application,
    graph: &CallGraph,
    settings: &Settings,
    standby: &Setup,
) -> Option<Setup> {
    let text = settings.pinned_setup.as_deref()?;
    let parsed = fusion_model::notation::parse(text).ok()?;
    let setup = parsed.completed(application, standby);
    setup.check(application, graph).is_ok().then_some(setup)
}

/// Every task with what declared synchronous calls reach from it, as far as the
/// rules let them share.
fn declared(application: &Application, graph: &CallGraph) -> Setup {
    let groups = application.tasks.keys().map(|root| {
        let tasks = reach(application, graph, root);
        let memory_mb = smallest_memory(application, &tasks);
        (root.clone(), Group { tasks, memory_mb })
    });
    Setup {
        groups: groups.collect(),
    }
}

fn reach(application: &Application, graph: &CallGraph, root: &TaskName) -> BTreeSet<TaskName> {
    let mut members = BTreeSet::from([root.clone()]);
    let mut queue = VecDeque::from([root.clone()]);
    while let Some(caller) = queue.pop_front() {
        for (callee, mode) in graph.calls_of(&caller) {
            let inlinable = mode == fusion_model::CallMode::Sync || application.inline_async;
            let fits = members
                .iter()
                .all(|member| application.may_share(member, callee))
                && package_bytes(application, members.iter().chain([callee])) <= MAX_PACKAGE_BYTES;
            if inlinable && fits && members.insert(callee.clone()) {
                queue.push_back(callee.clone());
            }
        }
    }
    members
}
