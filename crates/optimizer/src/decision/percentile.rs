//! Whether a bound on the 95th percentile is met: by the upper end of the
//! forecast's interval, not by the forecast.
//!
//! The search has one factor for every plan, since an interval costs an evaluation for
//! each parameter of the model. Here the chosen plan's own interval is taken, and where
//! it is wider than the factor, the search is asked again with that width.

use std::collections::BTreeMap;

use super::modest::modest;
use crate::forecast::{Plan, evaluate};
use crate::search::{Found, Objective, Problem, Rank, search};

/// Standard deviations on each side of a 90 % interval.
const INTERVAL_DEVIATIONS: f64 = 1.645;
/// Relative standard error of keeping the measured ratio of percentile and mean
/// through a regrouping. It alone is the factor with which the search begins.
const RATIO_ERROR: f64 = 0.061;
/// Searches at most.
const MAX_SEARCHES: usize = 4;

/// A 95th percentile of an entrypoint as forecast, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Percentile {
    /// The forecast.
    pub expected_ms: f64,
    /// The upper end of its 90 % interval.
    pub upper_ms: f64,
}

/// The 95th percentile of each entrypoint under `plan`.
pub fn percentiles(problem: &Problem<'_>, plan: &Plan) -> BTreeMap<usize, Percentile> {
    let workload = problem.workload;
    let base = evaluate(workload, plan, &problem.terms).entry_ms;
    let mut squares: BTreeMap<usize, f64> = BTreeMap::new();
    for parameter in workload.parameters() {
        let moved = workload.perturbed(parameter);
        let moved: Vec<_> = moved
            .iter()
            .map(|workload| evaluate(workload, plan, &problem.terms).entry_ms)
            .collect();
        for (entry, mean_ms) in &base {
            let moved_ms = moved.iter().filter_map(|entry_ms| entry_ms.get(entry));
            let largest = moved_ms
                .map(|moved_ms| (moved_ms - mean_ms).abs())
                .fold(0.0, f64::max);
            *squares.entry(*entry).or_default() += largest.powi(2);
        }
    }
    let entries = workload.entries.iter();
    entries
        .map(|(entry, model)| {
            let mean_ms = base.get(entry).copied().unwrap_or(0.0);
            let error_ms = squares.get(entry).copied().unwrap_or(0.0).sqrt();
            let margin_ms = INTERVAL_DEVIATIONS * error_ms.hypot(RATIO_ERROR * mean_ms);
            let percentile = Percentile {
                expected_ms: mean_ms * model.p95_over_mean,
                upper_ms: (mean_ms + margin_ms) * model.p95_over_mean,
            };
            (*entry, percentile)
        })
        .collect()
}

/// How good a plan is, with each percentile taken at its upper end.
pub fn rank(problem: &Problem<'_>, plan: &Plan) -> Rank {
    let evaluation = evaluate(problem.workload, plan, &problem.terms);
    let Some(bound) = problem.objective.max_latency_p95_ms else {
        return problem.objective.rank(problem.workload, &evaluation);
    };
    let without = Objective {
        max_latency_p95_ms: None,
        ..problem.objective
    };
    let mut rank = without.rank(problem.workload, &evaluation);
    for percentile in percentiles(problem, plan).values() {
        if bound > 0.0 {
            rank.excess += (percentile.upper_ms / bound - 1.0).max(0.0);
        }
    }
    rank
}

/// Searches the plan that is worth it. With a bound on the percentile, the best of
/// several searches by [`rank`], the objective's factor being the width that the last
/// one's interval had.
pub fn search_within(
    problem: &mut Problem<'_>,
    min_improvement: f64,
    deviations: f64,
) -> (Found, Plan) {
    let once = |problem: &Problem<'_>| {
        let found = search(problem);
        let plan = modest(problem, &found.plan, min_improvement, deviations);
        (found, plan)
    };
    let mut best = once(problem);
    if problem.objective.max_latency_p95_ms.is_none() {
        return best;
    }
    let mut best_rank = rank(problem, &best.1);
    let mut last = best.1.clone();
    for _ in 1..MAX_SEARCHES {
        let width = width(problem, &last);
        if crate::compare(width, problem.objective.p95_upper).is_le() {
            break;
        }
        problem.objective.p95_upper = width;
        let next = once(problem);
        let next_rank = rank(problem, &next.1);
        last.clone_from(&next.1);
        if next_rank.compare(&best_rank).is_lt() {
            (best, best_rank) = (next, next_rank);
        }
    }
    best
}

/// The largest upper end over its forecast.
fn width(problem: &Problem<'_>, plan: &Plan) -> f64 {
    percentiles(problem, plan)
        .values()
        .filter(|one| one.expected_ms > 0.0)
        .map(|one| one.upper_ms / one.expected_ms)
        .fold(1.0, f64::max)
}

/// What is expected of the bound, for each entrypoint.
pub fn lines(problem: &Problem<'_>, plan: &Plan) -> Vec<String> {
    let Some(bound) = problem.objective.max_latency_p95_ms else {
        return vec![];
    };
    let lines = percentiles(problem, plan).into_iter().map(|(entry, one)| {
        let verb = if one.upper_ms <= bound {
            "meets"
        } else {
            "may exceed"
        };
        format!(
            "p95 of {}: {:.0} ms, with the upper end of its interval {:.0} ms, {verb} the bound of {bound:.0} ms",
            problem.workload.names[entry], one.expected_ms, one.upper_ms
        )
    });
    lines.collect()
}
