//! Single cases, each with a reason of its own.

use std::collections::BTreeMap;

use fusion_model::CallMode;

use super::super::{search, tree};
use super::cases::{Seed, add_second_entry, case, names, problem};
use super::oracle::judged;
use crate::forecast::{Plan, evaluate};
use crate::settings::{Minimize, Settings};
use crate::workload::{CallModel, ColdStart};

/// A waits 20 ms and needs 3008 MB; B burns 200 ms of CPU in another isolation.
/// B's own cheapest size is 128 MB, but A pays 3008 MB for B's time.
#[test]
fn a_callee_is_worth_more_memory_when_an_expensive_caller_waits_for_it() {
    let seed = |io_ms, cpu_ms, isolation| Seed {
        io_ms,
        cpu_ms,
        parallelism: 1.0,
        isolation,
        needs_more_memory: false,
    };
    let seeds = [seed(20.0, 0.0, 1), seed(0.0, 200.0, 0)];
    let edge = CallModel {
        callee: 1,
        mode: CallMode::Sync,
        per_run: 1.0,
        overlaps: false,
        overlap_factor: 1.0,
        overhead: None,
    };
    let settings = Settings {
        minimize: Minimize::Cost,
        ..Settings::default()
    };
    let mut case = case(&seeds, vec![vec![edge], vec![]], settings);
    case.application.memory_sizes_mb = vec![128, 1769, 3008];
    case.workload.overheads.sync_ms = BTreeMap::from([(128, 15.0)]);
    case.workload.extra_ms = vec![0.0; 2];
    case.workload.cold = vec![ColdStart::default(); 2];
    let first = names(2)[0].clone();
    case.application
        .tasks
        .entry(first)
        .and_modify(|task| task.min_memory_mb = 3008);
    for task in case.application.tasks.values_mut() {
        task.timeout_seconds = 30;
    }
    case.deployed
        .groups
        .entry(0)
        .and_modify(|group| group.memory_mb = 3008);
    let mut problem = problem(&case);
    problem.terms.metric_usd_per_million = 0.0;
    let found = search(&problem);
    assert_eq!(found.plan.notation(&case.workload), "(t0)@3008-(t1)@1769");
    let usd = |plan: &Plan| {
        evaluate(&case.workload, plan, &problem.terms)
            .cost
            .total_usd()
    };
    assert!(
        (usd(&found.plan) - 17.7).abs() < 0.15,
        "{}",
        usd(&found.plan)
    );
    assert!(
        (usd(&case.deployed) - 143.2).abs() < 1.5,
        "{}",
        usd(&case.deployed)
    );
}

/// Both entrypoints meet a bound on the percentile at some size, and the combination with
/// the smaller sum of latency and cost is one in which the second exceeds it.
#[test]
fn each_entrypoint_meets_the_bound_by_itself() {
    let seed = |io_ms, cpu_ms, isolation| Seed {
        io_ms,
        cpu_ms,
        parallelism: 1.0,
        isolation,
        needs_more_memory: false,
    };
    let seeds = [
        seed(97.3, 46.25, 0),
        seed(0.0, 36.65, 0),
        seed(106.4, 59.85, 1),
    ];
    let edge = CallModel {
        callee: 2,
        mode: CallMode::Sync,
        per_run: 1.0,
        overlaps: false,
        overlap_factor: 1.0,
        overhead: None,
    };
    let settings = Settings {
        minimize: Minimize::Cost,
        max_latency_p95_ms: Some(1150.0),
        ..Settings::default()
    };
    let mut case = case(&seeds, vec![vec![], vec![edge], vec![]], settings);
    add_second_entry(&mut case.workload);
    let problem = problem(&case);
    let best = judged(&case, &problem).unwrap();
    let found = tree::search(&problem).unwrap();
    assert!(
        found.rank.compare(&best).is_eq(),
        "{:?} {best:?}",
        found.rank
    );
}

/// Ten parallel calls have 7^10 setups: what is no better than another way to make the
/// same calls is forgotten at once, not after all ways were written down.
#[test]
fn many_parallel_calls_are_searched_in_bounded_steps() {
    let seeds: Vec<Seed> = (0..11)
        .map(|number| Seed {
            io_ms: 10.0 * f64::from(number),
            cpu_ms: 5.0 + f64::from(number),
            parallelism: 1.0,
            isolation: 1,
            needs_more_memory: false,
        })
        .collect();
    let edge = |callee| CallModel {
        callee,
        mode: CallMode::Sync,
        per_run: 1.0,
        overlaps: true,
        overlap_factor: 1.0,
        overhead: None,
    };
    let mut calls = vec![vec![]; 11];
    calls[0] = (1..11).map(edge).collect();
    let case = case(&seeds, calls, Settings::default());
    let found = tree::search(&problem(&case)).unwrap();
    assert!(found.nodes < 200_000, "{}", found.nodes);
    assert!(found.rank.score < 0.8, "{:?}", found.rank);
}
