//! Setups in numbers, as the search handles them.

use std::collections::{BTreeMap, BTreeSet};

use fusion_model::{Application, CallMode, Group, Setup};

use crate::workload::Workload;

/// The groups of the roots that take traffic, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plan {
    /// Members, in order, and memory in MB of each root's group.
    pub groups: BTreeMap<usize, PlanGroup>,
}

/// One group in numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlanGroup {
    /// The members' numbers in order, the root's among them.
    pub members: Vec<usize>,
    /// Memory in MB.
    pub memory_mb: u32,
}

impl PlanGroup {
    /// Whether a task is a member.
    pub fn contains(&self, task: usize) -> bool {
        self.members.binary_search(&task).is_ok()
    }

    /// Whether a call to `callee` runs inside.
    pub fn inlines(&self, callee: usize, mode: CallMode, inline_async: bool) -> bool {
        self.contains(callee) && (mode == CallMode::Sync || inline_async)
    }
}

impl Plan {
    /// The groups of `setup` that take traffic under the workload, without
    /// members that no call inside reaches.
    pub fn of_setup(setup: &Setup, workload: &Workload, inline_async: bool) -> Self {
        let all: BTreeMap<usize, PlanGroup> = setup
            .groups
            .iter()
            .filter_map(|(root, group)| {
                let root = workload.number(root)?;
                let members = group
                    .tasks
                    .iter()
                    .filter_map(|task| workload.number(task))
                    .collect();
                Some((
                    root,
                    PlanGroup {
                        members,
                        memory_mb: group.memory_mb,
                    },
                ))
            })
            .collect();
        Self { groups: all }.trimmed(workload, inline_async)
    }

    /// Without roots that take no traffic, and without members that no call
    /// inside their group reaches.
    #[must_use]
    pub fn trimmed(&self, workload: &Workload, inline_async: bool) -> Self {
        let mut trimmed = Self::default();
        let mut queue: Vec<usize> = workload.entries.keys().copied().collect();
        while let Some(root) = queue.pop() {
            if trimmed.groups.contains_key(&root) {
                continue;
            }
            let Some(group) = self.groups.get(&root) else {
                continue;
            };
            let (members, remote) = reached(workload, root, group, inline_async);
            let memory_mb = group.memory_mb;
            trimmed.groups.insert(
                root,
                PlanGroup {
                    members: members.into_iter().collect(),
                    memory_mb,
                },
            );
            queue.extend(remote);
        }
        trimmed
    }

    /// Whether every entrypoint and every remote callee has a group.
    pub fn is_complete(&self, workload: &Workload, inline_async: bool) -> bool {
        let has_group = |root: &usize| self.groups.contains_key(root);
        workload.entries.keys().all(has_group)
            && self.groups.iter().all(|(root, group)| {
                reached(workload, *root, group, inline_async)
                    .1
                    .iter()
                    .all(has_group)
            })
    }

    /// The setup for deployment: these groups, and for every other task the group
    /// that it has in `standby`.
    pub fn to_setup(
        &self,
        application: &Application,
        workload: &Workload,
        standby: &Setup,
    ) -> Setup {
        let groups = self.groups.iter().map(|(root, group)| {
            let tasks = group
                .members
                .iter()
                .map(|task| workload.names[*task].clone())
                .collect();
            (
                workload.names[*root].clone(),
                Group {
                    tasks,
                    memory_mb: group.memory_mb,
                },
            )
        });
        Setup {
            groups: groups.collect(),
        }
        .completed(application, standby)
    }

    /// The canonical text of these groups.
    pub fn notation(&self, workload: &Workload) -> String {
        let groups = self.groups.iter().map(|(root, group)| {
            let tasks = group
                .members
                .iter()
                .map(|task| workload.names[*task].clone())
                .collect();
            (
                workload.names[*root].clone(),
                Group {
                    tasks,
                    memory_mb: group.memory_mb,
                },
            )
        });
        fusion_model::notation::format(&Setup {
            groups: groups.collect(),
        })
    }

    /// How many functions are not as in `other`.
    pub fn distance(&self, other: &Self) -> usize {
        let differing = self
            .groups
            .iter()
            .filter(|(root, group)| other.groups.get(*root) != Some(*group));
        differing.count()
    }
}

/// The members that calls inside the group reach from its root, and the callees
/// that those call remotely.
pub fn reached(
    workload: &Workload,
    root: usize,
    group: &PlanGroup,
    inline_async: bool,
) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let mut members = BTreeSet::from([root]);
    let mut remote = BTreeSet::new();
    let mut queue = vec![root];
    while let Some(caller) = queue.pop() {
        for call in &workload.calls[caller] {
            if group.inlines(call.callee, call.mode, inline_async) {
                if members.insert(call.callee) {
                    queue.push(call.callee);
                }
            } else {
                remote.insert(call.callee);
            }
        }
    }
    (members, remote)
}
