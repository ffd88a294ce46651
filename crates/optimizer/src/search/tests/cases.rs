//! Random applications, small enough for brute force.

use std::collections::{BTreeMap, BTreeSet};

use fusion_model::{Application, CallMode, Task, TaskName};
use proptest::prelude::*;

use super::super::{Objective, Problem};
use crate::forecast::{Plan, PlanGroup, Terms, evaluate};
use crate::observation::{Spread, TaskFigures};
use crate::pricing::Pricing;
use crate::settings::{Minimize, Settings};
use crate::workload::{CallModel, ColdStart, EntryModel, Overheads, TaskModel, Workload};

/// One random task: IO, CPU, threads, isolation class, least memory.
#[derive(Clone, Debug)]
pub(super) struct Seed {
    pub(super) io_ms: f64,
    pub(super) cpu_ms: f64,
    pub(super) parallelism: f64,
    pub(super) isolation: u8,
    pub(super) needs_more_memory: bool,
}

/// One random call.
#[derive(Clone, Debug)]
struct CallSeed {
    caller: prop::sample::Index,
    asynchronous: bool,
    per_run: f64,
    overlaps: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) application: Application,
    pub(super) workload: Workload,
    pub(super) settings: Settings,
    pub(super) deployed: Plan,
    pub(super) metric_usd_per_million: f64,
}

fn seeds() -> impl Strategy<Value = Seed> {
    (
        0.0..200.0_f64,
        0.0..60.0_f64,
        prop::sample::select(vec![1.0, 2.0]),
        0..6_u8,
        prop::bool::weighted(0.2),
    )
        .prop_map(
            |(io_ms, cpu_ms, parallelism, isolation, needs_more_memory)| Seed {
                io_ms,
                cpu_ms,
                parallelism,
                isolation,
                needs_more_memory,
            },
        )
}

fn call_seeds() -> impl Strategy<Value = CallSeed> {
    let per_run = prop::sample::select(vec![0.1, 1.0, 1.0, 2.5]);
    (
        any::<prop::sample::Index>(),
        any::<bool>(),
        per_run,
        prop::bool::weighted(0.25),
    )
        .prop_map(|(caller, asynchronous, per_run, overlaps)| CallSeed {
            caller,
            asynchronous,
            per_run,
            overlaps,
        })
}

fn settings() -> impl Strategy<Value = Settings> {
    let minimize =
        prop::sample::select(vec![Minimize::Balanced, Minimize::Cost, Minimize::Latency]);
    let bound = prop::option::weighted(0.3, 50.0..1500.0_f64);
    let cost = prop::option::weighted(0.2, 1.0..60.0_f64);
    (minimize, 0.05..0.95_f64, bound, cost).prop_map(|(minimize, latency_weight, p95, cost)| {
        Settings {
            minimize,
            latency_weight,
            max_latency_p95_ms: p95,
            max_cost_per_million_usd: cost,
            ..Settings::default()
        }
    })
}

pub(super) fn names(count: usize) -> Vec<TaskName> {
    (0..count)
        .map(|number| TaskName::new(format!("t{number}")).unwrap())
        .collect()
}

fn application(seeds: &[Seed]) -> Application {
    let task = |number: usize, seed: &Seed| Task {
        function_name: format!("app-t{number}"),
        entrypoint: number == 0,
        source_sha256: "0".repeat(64),
        source_bytes: 1,
        runtime: "nodejs22.x".into(),
        min_memory_mb: if seed.needs_more_memory { 512 } else { 128 },
        timeout_seconds: 1,
        isolation: if seed.isolation == 0 {
            "other".into()
        } else {
            "default".into()
        },
        permissions: BTreeSet::new(),
        alone: false,
        calls: None,
    };
    Application {
        name: "app".into(),
        alias: "live".into(),
        tasks: names(seeds.len())
            .into_iter()
            .zip(
                seeds
                    .iter()
                    .enumerate()
                    .map(|(number, seed)| task(number, seed)),
            )
            .collect(),
        inline_async: false,
        together: vec![],
        apart: vec![],
        memory_sizes_mb: vec![128, 512, 1769],
        fusion_runtime_sha256: String::new(),
    }
}

fn workload(seeds: &[Seed], calls: Vec<Vec<CallModel>>) -> Workload {
    let task = |seed: &Seed| {
        let wall = seed.io_ms + crate::workload::busy_ms(seed.cpu_ms, seed.parallelism, 128);
        let self_ms = Spread {
            samples: 100.0,
            mean: wall,
            error: wall / 100.0,
        };
        let figures = TaskFigures {
            self_ms,
            cpu_ms: Some(seed.cpu_ms),
            parallelism: Some(seed.parallelism),
            ..TaskFigures::default()
        };
        TaskModel::fit(&BTreeMap::from([(128, figures)]))
    };
    Workload {
        names: names(seeds.len()),
        tasks: seeds.iter().map(task).collect(),
        calls,
        entries: BTreeMap::from([(
            0,
            EntryModel {
                share: 1.0,
                mean_ms: 100.0,
                p50_over_mean: 0.9,
                p95_over_mean: 1.3,
            },
        )]),
        overheads: Overheads {
            sync_ms: BTreeMap::from([(128, 30.0), (1769, 9.0)]),
            relative_error: 0.1,
            factor: 1.0,
        },
        cold: vec![
            ColdStart {
                rate: 0.02,
                init_ms: 150.0
            };
            seeds.len()
        ],
        extra_ms: vec![1.0; seeds.len()],
        requests_per_hour: 3_600.0,
    }
}

/// Clients invoke task 1 too.
pub(super) fn add_second_entry(workload: &mut Workload) {
    let entry = EntryModel {
        share: 0.3,
        mean_ms: 100.0,
        p50_over_mean: 1.0,
        p95_over_mean: 1.5,
    };
    workload.entries.entry(0).and_modify(|one| one.share = 0.7);
    workload.entries.insert(1, entry);
}

fn call(callee: usize, seed: &CallSeed) -> CallModel {
    CallModel {
        callee,
        mode: if seed.asynchronous {
            CallMode::Async
        } else {
            CallMode::Sync
        },
        per_run: seed.per_run,
        overlaps: seed.overlaps && !seed.asynchronous,
        overlap_factor: 1.0,
        overhead: None,
    }
}

pub(super) fn case(seeds: &[Seed], calls: Vec<Vec<CallModel>>, settings: Settings) -> Case {
    let workload = workload(seeds, calls);
    let application = application(seeds);
    let deployed = separate(seeds, &workload, false);
    Case {
        application,
        workload,
        settings,
        deployed,
        metric_usd_per_million: 0.01,
    }
}

/// Every task alone at the smallest size that it can have.
fn separate(seeds: &[Seed], workload: &Workload, inline_async: bool) -> Plan {
    let groups = seeds.iter().enumerate().map(|(root, seed)| {
        let memory_mb = if seed.needs_more_memory { 512 } else { 128 };
        (
            root,
            PlanGroup {
                members: vec![root],
                memory_mb,
            },
        )
    });
    Plan {
        groups: groups.collect(),
    }
    .trimmed(workload, inline_async)
}

/// Applications whose calls form a tree from each entrypoint: task 0 and sometimes task 1.
pub(super) fn trees(tasks: std::ops::Range<usize>) -> impl Strategy<Value = Case> {
    tasks.prop_flat_map(|count| {
        let all = prop::collection::vec(seeds(), count);
        let edges = prop::collection::vec(call_seeds(), count);
        let metric_usd = prop::sample::select(vec![0.0, 0.01, 2.0]);
        let more = (prop::bool::weighted(0.3), metric_usd);
        (all, edges, settings(), more).prop_map(
            |(seeds, edges, settings, (two_entries, metric_usd_per_million))| {
                let mut calls = vec![vec![]; seeds.len()];
                let first = if two_entries { 2 } else { 1 };
                for (callee, edge) in edges.iter().enumerate().skip(first) {
                    calls[edge.caller.index(callee)].push(call(callee, edge));
                }
                let mut case = case(&seeds, calls, settings);
                case.metric_usd_per_million = metric_usd_per_million;
                if two_entries {
                    add_second_entry(&mut case.workload);
                }
                case.deployed = separate(&seeds, &case.workload, false);
                case
            },
        )
    })
}

/// Applications with any calls: several callers, both modes, cycles, calls of oneself.
pub(super) fn graphs(tasks: std::ops::Range<usize>) -> impl Strategy<Value = Case> {
    tasks.prop_flat_map(|count| {
        let all = prop::collection::vec(seeds(), count);
        let edges =
            prop::collection::vec((any::<prop::sample::Index>(), call_seeds()), 0..count + 3);
        let flags = any::<[bool; 4]>();
        (all, edges, settings(), flags).prop_map(
            |(seeds, edges, settings, [inline_async, apart, together, two_entries])| {
                let mut calls: Vec<Vec<CallModel>> = vec![vec![]; seeds.len()];
                for (callee, edge) in &edges {
                    let (caller, callee) =
                        (edge.caller.index(seeds.len()), callee.index(seeds.len()));
                    let mut new = call(callee, edge);
                    // A cycle ends only where it is seldom gone round.
                    new.per_run = if callee <= caller { 0.1 } else { new.per_run };
                    let is_known = calls[caller]
                        .iter()
                        .any(|old| old.callee == callee && old.mode == new.mode);
                    if !is_known {
                        calls[caller].push(new);
                    }
                }
                let mut case = case(&seeds, calls, settings);
                case.application.inline_async = inline_async;
                if apart {
                    case.application.apart = vec![names(seeds.len()).into_iter().take(2).collect()];
                }
                if together {
                    case.application.together =
                        vec![names(seeds.len()).into_iter().skip(2).take(2).collect()];
                }
                if two_entries {
                    add_second_entry(&mut case.workload);
                }
                case.deployed = separate(&seeds, &case.workload, inline_async);
                case
            },
        )
    })
}

pub(super) fn problem(case: &Case) -> Problem<'_> {
    let terms = Terms {
        pricing: Pricing::default(),
        inline_async: case.application.inline_async,
        metric_usd_per_million: case.metric_usd_per_million,
    };
    let first = evaluate(&case.workload, &case.deployed, &terms);
    let objective = Objective::new(&case.settings, &first);
    Problem::new(
        &case.application,
        &case.workload,
        terms,
        objective,
        case.deployed.clone(),
    )
}

/// Up to three tasks with rules, for which every setup can be written down.
pub(super) fn ruled() -> impl Strategy<Value = Case> {
    let pair = || prop::option::weighted(0.6, prop::sample::subsequence(vec![0, 1, 2], 2));
    let large = prop::collection::vec(prop::bool::weighted(0.5), 3);
    let cases = prop_oneof![trees(3..4), graphs(3..4)];
    (cases, pair(), pair(), large).prop_map(|(mut case, together, apart, large)| {
        let set = |pair: Option<Vec<usize>>| -> Vec<BTreeSet<TaskName>> {
            let named = |pair: Vec<usize>| pair.into_iter().map(|task| names(3)[task].clone());
            pair.into_iter().map(|pair| named(pair).collect()).collect()
        };
        case.application.together = set(together);
        let apart = set(apart);
        // Both at once is no valid application.
        if apart != case.application.together {
            case.application.apart = apart;
        }
        for (task, large) in case.application.tasks.values_mut().zip(large) {
            task.source_bytes = if large { 130 << 20 } else { 1 };
        }
        case
    })
}

/// Trees in which tasks with much memory are bound to their callers.
pub(super) fn bound_trees() -> impl Strategy<Value = Case> {
    let large = prop::collection::vec(prop::bool::weighted(0.5), 3);
    let pair = prop::sample::select(vec![[0, 1], [0, 2], [1, 2]]);
    (trees(3..4), pair, large).prop_map(|(mut case, pair, large)| {
        case.application.together = vec![pair.map(|task| names(3)[task].clone()).into()];
        for (task, large) in case.application.tasks.values_mut().zip(large) {
            task.isolation = "default".into();
            task.min_memory_mb = if large { 512 } else { 128 };
            task.timeout_seconds = 30;
        }
        case.settings.max_latency_p95_ms = None;
        case.settings.max_cost_per_million_usd = None;
        case
    })
}
