//! Leaving out of a change what is not worth it: each function keeps what it has
//! unless changing it gains, with confidence, more than nothing, and all that is
//! left out together costs less than the least improvement.
//!
//! Without this, the noise of each window would move memory sizes round after
//! round.

use super::compare::difference;
use crate::forecast::{Plan, evaluate};
use crate::search::{Problem, Rank};

/// Changes of more functions than this are judged as a whole.
const MAX_FUNCTIONS: usize = 64;

/// The part of the change from what is deployed to `best` that is worth it.
/// `deviations` is the number of standard errors for the required confidence.
pub fn modest(problem: &Problem<'_>, best: &Plan, min_improvement: f64, deviations: f64) -> Plan {
    let reference = rank(problem, &problem.deployed).score;
    let mut plan = best.clone();
    if reference <= 0.0 || best.distance(&problem.deployed) > MAX_FUNCTIONS {
        return plan;
    }
    let mut spent = 0.0;
    loop {
        let now = rank(problem, &plan);
        let mut least: Option<(Plan, f64, bool)> = None;
        for smaller in smaller_changes(problem, &plan) {
            let Some(rank) = feasible_rank(problem, &smaller) else {
                continue;
            };
            if crate::compare(rank.excess, now.excess).is_gt() {
                continue;
            }
            let loss = (rank.score - now.score) / reference;
            let is_cheap = spent + loss <= min_improvement;
            // What the change gains over the smaller one, as seen from the smaller one.
            let is_unsure = !is_cheap && {
                let gain = difference(problem, &smaller, &plan).score;
                gain.value + deviations * gain.error >= 0.0
            };
            let is_less = least
                .as_ref()
                .is_none_or(|(_, least, _)| crate::compare(loss, *least).is_lt());
            if (is_cheap || is_unsure) && is_less {
                least = Some((smaller, loss, is_cheap));
            }
        }
        let Some((smaller, loss, is_cheap)) = least else {
            return plan;
        };
        if is_cheap {
            spent += loss.max(0.0);
        }
        plan = smaller;
    }
}

fn rank(problem: &Problem<'_>, plan: &Plan) -> Rank {
    let evaluation = evaluate(problem.workload, plan, &problem.terms);
    problem.objective.rank(problem.workload, &evaluation)
}

fn feasible_rank(problem: &Problem<'_>, plan: &Plan) -> Option<Rank> {
    let evaluation = evaluate(problem.workload, plan, &problem.terms);
    (problem.is_allowed(plan) && problem.is_in_time(plan, &evaluation))
        .then(|| problem.objective.rank(problem.workload, &evaluation))
}

/// Plans that change one function less: not its memory, or not at all.
fn smaller_changes(problem: &Problem<'_>, plan: &Plan) -> Vec<Plan> {
    let mut found = Vec::new();
    for (root, group) in &plan.groups {
        let Some(deployed) = problem
            .deployed
            .groups
            .get(root)
            .filter(|one| *one != group)
        else {
            continue;
        };
        let mut with = |members: &[usize]| {
            let mut next = plan.clone();
            if let Some(changed) = next.groups.get_mut(root) {
                changed.memory_mb = deployed.memory_mb;
                changed.members = members.to_vec();
            }
            // A task that is inside no more needs a function: the deployed one.
            for (standby, group) in &problem.deployed.groups {
                next.groups.entry(*standby).or_insert_with(|| group.clone());
            }
            let next = next.trimmed(problem.workload, problem.terms.inline_async);
            if next != *plan {
                found.push(next);
            }
        };
        if group.memory_mb != deployed.memory_mb {
            with(&group.members);
        }
        if group.members != deployed.members {
            with(&deployed.members);
        }
    }
    found
}
