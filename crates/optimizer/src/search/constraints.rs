//! The problem: what is searched, under which rules.

use fusion_model::setup::{MAX_PACKAGE_BYTES, package_bytes};
use fusion_model::{Application, CallMode};

use super::Objective;
use crate::forecast::{Evaluation, Plan, PlanGroup, Terms};
use crate::workload::{CallModel, Workload};

/// A function's timeout must leave this much room above its mean time.
const TIMEOUT_ROOM: f64 = 1.5;
const MS_PER_SECOND: f64 = 1000.0;
/// Memory must leave this much room above what was seen in use before it shrinks.
const MEMORY_ROOM: f64 = 1.1;

/// A search problem.
#[derive(Clone, Debug)]
pub struct Problem<'a> {
    /// The application with its rules.
    pub application: &'a Application,
    /// The model.
    pub workload: &'a Workload,
    /// Prices and modes.
    pub terms: Terms,
    /// What is better.
    pub objective: Objective,
    /// The plan that is deployed, trimmed.
    pub deployed: Plan,
    /// Memory in use by number of the root, in MB, where it was measured.
    pub memory_used_mb: Vec<f64>,
    /// By number: whether two tasks may share a function.
    may_share: Vec<Vec<bool>>,
}

impl<'a> Problem<'a> {
    /// A problem with the application's rules.
    pub fn new(
        application: &'a Application,
        workload: &'a Workload,
        terms: Terms,
        objective: Objective,
        deployed: Plan,
    ) -> Self {
        let names = &workload.names;
        let may_share = names
            .iter()
            .map(|one| {
                names
                    .iter()
                    .map(|other| application.may_share(one, other))
                    .collect()
            })
            .collect();
        let memory_used_mb = vec![0.0; names.len()];
        Self {
            application,
            workload,
            terms,
            objective,
            deployed,
            memory_used_mb,
            may_share,
        }
    }

    /// Whether two tasks may share a function.
    pub fn may_share(&self, one: usize, other: usize) -> bool {
        self.may_share[one][other]
    }

    /// The sizes that the function of `root` may have, the deployed one included.
    pub fn sizes_of(&self, root: usize) -> Vec<u32> {
        let task = &self.application.tasks[&self.workload.names[root]];
        let deployed = self.deployed.groups.get(&root).map(|group| group.memory_mb);
        let mut sizes: Vec<u32> = self
            .application
            .memory_sizes_mb
            .iter()
            .copied()
            .filter(|size| {
                let shrinks = deployed.is_some_and(|deployed| *size < deployed);
                let needed = if shrinks {
                    self.memory_used_mb[root] * MEMORY_ROOM
                } else {
                    0.0
                };
                *size >= task.min_memory_mb && f64::from(*size) >= needed
            })
            .chain(deployed)
            .collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    /// Whether a call is inlined wherever the rules allow it.
    pub fn is_inlinable(&self, mode: CallMode) -> bool {
        mode == CallMode::Sync || self.terms.inline_async
    }

    /// Whether a set of `together` wants the two in one group.
    pub fn is_together(&self, one: usize, other: usize) -> bool {
        let names = &self.workload.names;
        self.application
            .must_be_together(&names[one], &names[other])
    }

    /// Whether the plan is complete and every group keeps the rules, times aside.
    pub fn is_allowed(&self, plan: &Plan) -> bool {
        plan.is_complete(self.workload, self.terms.inline_async)
            && plan
                .groups
                .iter()
                .all(|(root, group)| self.is_group_allowed(*root, group))
    }

    fn is_group_allowed(&self, root: usize, group: &PlanGroup) -> bool {
        let members = &group.members;
        let share = members.iter().enumerate().all(|(index, one)| {
            members[index + 1..]
                .iter()
                .all(|other| self.may_share(*one, *other))
        });
        let tasks = || {
            members
                .iter()
                .map(|member| &self.application.tasks[&self.workload.names[*member]])
        };
        let fits = tasks().all(|task| task.min_memory_mb <= group.memory_mb);
        share
            && fits
            && self.bytes(members) <= MAX_PACKAGE_BYTES
            && self.sizes_of(root).contains(&group.memory_mb)
            && self.missing_from(group).is_none()
    }

    /// A task that a set of `together` wants in the group: a member calls it, it may share
    /// with every member, and the package has room for it.
    pub fn missing_from(&self, group: &PlanGroup) -> Option<usize> {
        if self.application.together.is_empty() {
            return None;
        }
        let members = &group.members;
        let has_room = |task: usize| {
            let bytes = self.bytes(members).saturating_add(self.bytes(&[task]));
            bytes <= MAX_PACKAGE_BYTES
        };
        let is_missing = |caller: usize, call: &&CallModel| {
            self.is_inlinable(call.mode)
                && !group.contains(call.callee)
                && self.is_together(caller, call.callee)
                && members
                    .iter()
                    .all(|member| self.may_share(*member, call.callee))
                && has_room(call.callee)
        };
        members.iter().find_map(|caller| {
            let mut calls = self.workload.calls[*caller].iter();
            calls
                .find(|call| is_missing(*caller, call))
                .map(|call| call.callee)
        })
    }

    /// The size of the tasks' sources.
    fn bytes(&self, tasks: &[usize]) -> u64 {
        let names = tasks.iter().map(|task| &self.workload.names[*task]);
        package_bytes(self.application, names)
    }

    /// Whether each group leaves room below its function's timeout. A task alone
    /// with at least the memory that it has now takes the time that it takes.
    pub fn is_in_time(&self, plan: &Plan, evaluation: &Evaluation) -> bool {
        plan.groups.iter().all(|(root, group)| {
            let answer_ms = evaluation.answer_ms.get(root).copied().unwrap_or(0.0);
            self.is_group_in_time(*root, group.memory_mb, group.members.len() == 1, answer_ms)
        })
    }

    /// As [`Self::is_in_time`], for one group.
    pub fn is_group_in_time(
        &self,
        root: usize,
        memory_mb: u32,
        is_alone: bool,
        answer_ms: f64,
    ) -> bool {
        let deployed = self
            .deployed
            .groups
            .get(&root)
            .map_or(0, |group| group.memory_mb);
        (is_alone && memory_mb >= deployed) || answer_ms * TIMEOUT_ROOM <= self.timeout_ms(root)
    }

    /// The longest mean time of the function of `root` for which room is left.
    pub fn longest_ms(&self, root: usize) -> f64 {
        self.timeout_ms(root) / TIMEOUT_ROOM
    }

    fn timeout_ms(&self, root: usize) -> f64 {
        let task = &self.application.tasks[&self.workload.names[root]];
        f64::from(task.timeout_seconds) * MS_PER_SECOND
    }
}
