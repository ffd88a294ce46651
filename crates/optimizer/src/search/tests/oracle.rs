//! Brute force over every setup of three tasks, by rules read from the application alone.

use std::collections::BTreeSet;

use fusion_model::CallMode;

use super::super::{Problem, Rank};
use super::cases::Case;
use crate::forecast::{Plan, PlanGroup, evaluate};

/// The best rank over every setup, by rules read from the application alone.
pub(super) fn judged(case: &Case, problem: &Problem<'_>) -> Option<Rank> {
    let mut plans = vec![Plan::default()];
    for root in 0..case.workload.names.len() {
        let mut next = Vec::new();
        for set in (0..1_usize << case.workload.names.len()).filter(|set| set >> root & 1 == 1) {
            let members: Vec<usize> = (0..3).filter(|task| set >> task & 1 == 1).collect();
            for memory_mb in case.application.memory_sizes_mb.clone() {
                for plan in &plans {
                    let mut plan = plan.clone();
                    let members = members.clone();
                    plan.groups.insert(root, PlanGroup { members, memory_mb });
                    next.push(plan);
                }
            }
        }
        plans = next;
    }
    let inline_async = case.application.inline_async;
    let trimmed: BTreeSet<Plan> = plans
        .iter()
        .map(|plan| plan.trimmed(&case.workload, inline_async))
        .collect();
    trimmed
        .iter()
        .filter(|plan| keeps_rules(case, plan))
        .filter_map(|plan| {
            let evaluation = evaluate(&case.workload, plan, &problem.terms);
            let rank = problem.objective.rank(&case.workload, &evaluation);
            problem.is_in_time(plan, &evaluation).then_some(rank)
        })
        .min_by(Rank::compare)
}

/// The rules as they are documented, without a look at how the search keeps them.
pub(super) fn keeps_rules(case: &Case, plan: &Plan) -> bool {
    let (application, workload) = (&case.application, &case.workload);
    let name = |task: &usize| &workload.names[*task];
    let bytes = |tasks: &[usize]| -> u64 {
        let sizes = tasks
            .iter()
            .map(|task| application.tasks[name(task)].source_bytes);
        sizes.sum()
    };
    let limit = 250 << 20;
    plan.groups.values().all(|group| {
        let members = &group.members;
        let shares = |task: &usize| {
            members
                .iter()
                .all(|member| application.may_share(name(member), name(task)))
        };
        let has_memory =
            |task: &usize| application.tasks[name(task)].min_memory_mb <= group.memory_mb;
        let calls = members.iter().flat_map(|caller| {
            workload.calls[*caller]
                .iter()
                .map(move |call| (caller, call))
        });
        let mut wanted = calls.filter(|(caller, call)| {
            let mode = call.mode == CallMode::Sync || application.inline_async;
            let is_set = application
                .together
                .iter()
                .any(|set| set.contains(name(caller)) && set.contains(name(&call.callee)));
            mode && is_set
        });
        members.iter().all(shares)
            && members.iter().all(has_memory)
            && bytes(members) <= limit
            && wanted.all(|(_, call)| {
                members.contains(&call.callee)
                    || !shares(&call.callee)
                    || bytes(members) + bytes(&[call.callee]) > limit
            })
    })
}
