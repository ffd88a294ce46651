//! Improving several starting points until no change of one function, of one
//! call everywhere, or of two functions' memory helps. Feasible and
//! deterministic, but not proven to be the best.

use std::collections::BTreeMap;

use super::{Archive, Found, Problem, Rank};
use crate::forecast::{Evaluation, Plan, PlanGroup, evaluate};

/// Searches from what is deployed, from every task alone, from both with what has to be
/// together, and from everything inlined that may be, with at most `limit` evaluations.
pub fn search(problem: &Problem<'_>, limit: usize) -> Found {
    let mut archive = Archive::new(problem);
    for start in starts(problem) {
        improve(&mut archive, start, limit);
    }
    let nodes = archive.nodes;
    archive
        .found(false)
        .unwrap_or_else(|| unchanged(problem, nodes))
}

/// What is deployed, where no start is feasible.
fn unchanged(problem: &Problem<'_>, nodes: usize) -> Found {
    let evaluation: Evaluation = evaluate(problem.workload, &problem.deployed, &problem.terms);
    let rank = problem.objective.rank(problem.workload, &evaluation);
    let plan = problem.deployed.clone();
    Found {
        plan,
        evaluation,
        rank,
        exact: false,
        nodes,
        pareto: vec![],
    }
}

fn starts(problem: &Problem<'_>) -> Vec<Plan> {
    let all = 0..problem.workload.names.len();
    let with_sizes = |choose: fn(&[u32]) -> Option<&u32>, inlined: bool| {
        let groups = all.clone().filter_map(|root| {
            let members = if inlined {
                everything(problem, root)
            } else {
                vec![root]
            };
            let need = members
                .iter()
                .map(|member| min_memory(problem, *member))
                .max()?;
            let sizes: Vec<u32> = problem
                .sizes_of(root)
                .into_iter()
                .filter(|size| *size >= need)
                .collect();
            let memory_mb = choose(&sizes).copied()?;
            Some((root, PlanGroup { members, memory_mb }))
        });
        let groups: BTreeMap<usize, PlanGroup> = groups.collect();
        trimmed(problem, &Plan { groups })
    };
    let separate = with_sizes(<[u32]>::first, false);
    vec![
        problem.deployed.clone(),
        bound(problem, &problem.deployed),
        bound(problem, &separate),
        separate,
        with_sizes(<[u32]>::first, true),
        with_sizes(|sizes| sizes.get(sizes.len() / 2), true),
    ]
}

/// The plan with what sets of `together` bind inside its groups, and the memory for it.
fn bound(problem: &Problem<'_>, plan: &Plan) -> Plan {
    let mut next = plan.clone();
    for (root, group) in &mut next.groups {
        while let Some(task) = problem.missing_from(group) {
            group.members.push(task);
            group.members.sort_unstable();
        }
        let needs = group.members.iter().map(|task| min_memory(problem, *task));
        let need = needs.fold(group.memory_mb, u32::max);
        let size = problem
            .sizes_of(*root)
            .into_iter()
            .find(|size| *size >= need);
        group.memory_mb = size.unwrap_or(need);
    }
    complete(problem, &mut next);
    trimmed(problem, &next)
}

fn trimmed(problem: &Problem<'_>, plan: &Plan) -> Plan {
    plan.trimmed(problem.workload, problem.terms.inline_async)
}

fn min_memory(problem: &Problem<'_>, task: usize) -> u32 {
    problem.application.tasks[&problem.workload.names[task]].min_memory_mb
}

/// The root with all that calls reach and the rules let in, in the order of calls.
fn everything(problem: &Problem<'_>, root: usize) -> Vec<usize> {
    let mut members = vec![root];
    let mut next = 0;
    while let Some(caller) = members.get(next).copied() {
        next += 1;
        for call in &problem.workload.calls[caller] {
            let fits = members
                .iter()
                .all(|member| problem.may_share(*member, call.callee));
            if problem.is_inlinable(call.mode) && fits && !members.contains(&call.callee) {
                members.push(call.callee);
            }
        }
    }
    members.sort_unstable();
    members
}

/// Takes the best neighbour as long as one is better.
fn improve(archive: &mut Archive<'_, '_>, start: Plan, limit: usize) {
    let mut plan = start;
    let Some(mut rank) = archive.try_plan(&plan) else {
        return;
    };
    loop {
        let mut best: Option<(Plan, Rank)> = None;
        for neighbour in neighbours(archive.problem, &plan) {
            if archive.nodes >= limit {
                return;
            }
            let Some(new) = archive.try_plan(&neighbour) else {
                continue;
            };
            let reference = best.as_ref().map_or(&rank, |(_, rank)| rank);
            if new.compare(reference).is_lt() {
                best = Some((neighbour, new));
            }
        }
        let Some((better, better_rank)) = best else {
            return;
        };
        (plan, rank) = (better, better_rank);
    }
}

/// Plans that differ in one function's memory or members, in one task's place in
/// all groups, or in the memory of a function and one that it calls.
fn neighbours(problem: &Problem<'_>, plan: &Plan) -> Vec<Plan> {
    let mut found = Vec::new();
    for (root, group) in &plan.groups {
        for memory_mb in problem.sizes_of(*root) {
            if memory_mb != group.memory_mb {
                found.push(with_group(
                    problem,
                    plan,
                    *root,
                    group.members.clone(),
                    memory_mb,
                ));
            }
            for members in other_members(problem, *root, group) {
                found.push(with_group(problem, plan, *root, members, memory_mb));
            }
        }
    }
    for task in 0..problem.workload.names.len() {
        found.push(trimmed(problem, &everywhere(problem, plan, task)));
        found.push(trimmed(problem, &nowhere(problem, plan, task)));
    }
    found.extend(paired_memory(problem, plan));
    found
}

fn with_group(
    problem: &Problem<'_>,
    plan: &Plan,
    root: usize,
    members: Vec<usize>,
    memory_mb: u32,
) -> Plan {
    let mut next = plan.clone();
    next.groups.insert(root, PlanGroup { members, memory_mb });
    complete(problem, &mut next);
    trimmed(problem, &next)
}

/// Gives every task without a group one: as deployed, or alone at its smallest.
fn complete(problem: &Problem<'_>, plan: &mut Plan) {
    for root in 0..problem.workload.names.len() {
        plan.groups.entry(root).or_insert_with(|| {
            problem
                .deployed
                .groups
                .get(&root)
                .cloned()
                .unwrap_or_else(|| PlanGroup {
                    members: vec![root],
                    memory_mb: problem.sizes_of(root).first().copied().unwrap_or(0),
                })
        });
    }
}

/// The group with one member less, or one callee more.
fn other_members(problem: &Problem<'_>, root: usize, group: &PlanGroup) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    for member in group.members.iter().filter(|member| **member != root) {
        found.push(
            group
                .members
                .iter()
                .copied()
                .filter(|other| other != member)
                .collect(),
        );
    }
    for caller in &group.members {
        for call in &problem.workload.calls[*caller] {
            let fits = group
                .members
                .iter()
                .all(|member| problem.may_share(*member, call.callee));
            if problem.is_inlinable(call.mode) && fits && !group.contains(call.callee) {
                let mut members = group.members.clone();
                members.push(call.callee);
                members.sort_unstable();
                found.push(members);
            }
        }
    }
    found
}

/// `task` inside every group that calls it and may carry it.
fn everywhere(problem: &Problem<'_>, plan: &Plan, task: usize) -> Plan {
    let mut next = plan.clone();
    for group in next.groups.values_mut() {
        let calls = group.members.iter().any(|member| {
            let calls = problem.workload.calls[*member].iter();
            calls
                .filter(|call| problem.is_inlinable(call.mode))
                .any(|call| call.callee == task)
        });
        let fits = group
            .members
            .iter()
            .all(|member| problem.may_share(*member, task));
        if calls && fits && !group.contains(task) {
            group.members.push(task);
            group.members.sort_unstable();
        }
    }
    complete(problem, &mut next);
    next
}

/// `task` in no group but its own.
fn nowhere(problem: &Problem<'_>, plan: &Plan, task: usize) -> Plan {
    let mut next = plan.clone();
    for (root, group) in &mut next.groups {
        if *root != task {
            group.members.retain(|member| *member != task);
        }
    }
    complete(problem, &mut next);
    next
}

/// The memory of a function together with that of one that it calls.
fn paired_memory(problem: &Problem<'_>, plan: &Plan) -> Vec<Plan> {
    let mut found = Vec::new();
    for (root, group) in &plan.groups {
        let inline_async = problem.terms.inline_async;
        let (_, remote) = crate::forecast::reached(problem.workload, *root, group, inline_async);
        for callee in remote.iter().filter(|callee| *callee != root) {
            for memory_mb in problem.sizes_of(*root) {
                for callee_mb in problem.sizes_of(*callee) {
                    let mut next = plan.clone();
                    for (changed, size) in [(root, memory_mb), (callee, callee_mb)] {
                        if let Some(group) = next.groups.get_mut(changed) {
                            group.memory_mb = size;
                        }
                    }
                    found.push(next);
                }
            }
        }
    }
    found
}
