//! The searches against brute force on small applications.

use std::collections::{BTreeMap, BTreeSet};

use fusion_model::{Application, CallMode, Task, TaskName};
use proptest::prelude::*;

use super::*;
use crate::forecast::Terms;
use crate::observation::{Spread, TaskFigures};
use crate::pricing::Pricing;
use crate::settings::{Minimize, Settings};
use crate::workload::{CallModel, ColdStart, EntryModel, Overheads, TaskModel, Workload};

/// One random task: IO, CPU, threads, isolation class, least memory.
#[derive(Clone, Debug)]
struct Seed {
    io_ms: f64,
    cpu_ms: f64,
    parallelism: f64,
    isolation: u8,
    needs_more_memory: bool,
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
struct Case {
    application: Application,
    workload: Workload,
    settings: Settings,
    deployed: Plan,
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

fn names(count: usize) -> Vec<TaskName> {
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

fn case(seeds: &[Seed], calls: Vec<Vec<CallModel>>, settings: Settings) -> Case {
    let workload = workload(seeds, calls);
    let application = application(seeds);
    let deployed = separate(seeds, &workload, false);
    Case {
        application,
        workload,
        settings,
        deployed,
    }
}

/// Every task alone at the smallest size that it can have.
fn separate(seeds: &[Seed], workload: &Workload, inline_async: bool) -> Plan {
    let groups = seeds.iter().enumerate().map(|(root, seed)| {
        let memory_mb = if seed.needs_more_memory { 512 } else { 128 };
        (
            root,
            crate::forecast::PlanGroup {
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

/// Applications whose calls form a tree from task 0.
fn trees(tasks: std::ops::Range<usize>) -> impl Strategy<Value = Case> {
    tasks.prop_flat_map(|count| {
        let all = prop::collection::vec(seeds(), count);
        let edges = prop::collection::vec(call_seeds(), count);
        (all, edges, settings()).prop_map(|(seeds, edges, settings)| {
            let mut calls = vec![vec![]; seeds.len()];
            for (callee, edge) in edges.iter().enumerate().skip(1) {
                calls[edge.caller.index(callee)].push(call(callee, edge));
            }
            case(&seeds, calls, settings)
        })
    })
}

/// Applications with any calls: several callers, both modes, cycles, calls of oneself.
fn graphs(tasks: std::ops::Range<usize>) -> impl Strategy<Value = Case> {
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
                    let entry = EntryModel {
                        share: 0.3,
                        mean_ms: 100.0,
                        p50_over_mean: 1.0,
                        p95_over_mean: 1.5,
                    };
                    case.workload
                        .entries
                        .entry(0)
                        .and_modify(|entry| entry.share = 0.7);
                    case.workload.entries.insert(1, entry);
                }
                case.deployed = separate(&seeds, &case.workload, inline_async);
                case
            },
        )
    })
}

fn problem(case: &Case) -> Problem<'_> {
    let terms = Terms {
        pricing: Pricing::default(),
        inline_async: case.application.inline_async,
        metric_usd_per_million: 0.01,
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

proptest! {
    #[test]
    fn trees_are_searched_exactly(case in trees(2..5)) {
        let problem = problem(&case);
        let Some(all) = exhaustive::search(&problem, 20_000) else { return Ok(()) };
        let Some(found) = tree::search(&problem) else {
            // Only bounds that no setup meets are left to the other searches.
            prop_assert!(problem.objective.is_bounded());
            return Ok(());
        };
        prop_assert!(found.exact);
        prop_assert!(
            found.rank.compare(&all.rank).is_eq(),
            "{:?} {} instead of {:?} {}",
            found.rank, found.plan.notation(&case.workload), all.rank, all.plan.notation(&case.workload)
        );
    }

    #[test]
    fn graphs_are_searched_feasibly_and_reach_what_all_setups_reach(case in graphs(2..5)) {
        let problem = problem(&case);
        let found = search(&problem);
        // Where no setup is feasible, what is deployed stays.
        prop_assert!(problem.is_allowed(&found.plan) || found.plan == case.deployed);
        prop_assert_eq!(found.plan.trimmed(&case.workload, case.application.inline_async), found.plan.clone());
        prop_assert_eq!(&search(&problem).plan, &found.plan);
        if let Some(all) = exhaustive::search(&problem, 5_000) {
            prop_assert!(all.rank.compare(&found.rank).is_le());
            if found.exact {
                prop_assert!(all.rank.compare(&found.rank).is_eq());
            }
            let local = local::search(&problem, 1_000);
            let start = evaluate(&case.workload, &case.deployed, &problem.terms);
            let start = problem.objective.rank(&case.workload, &start);
            if problem.is_allowed(&case.deployed) {
                prop_assert!(local.rank.compare(&start).is_le(), "never worse than what is deployed");
            }
            prop_assert!(all.rank.compare(&local.rank).is_le());
        }
    }
}

/// Up to three tasks with rules, for which every setup can be written down.
fn ruled() -> impl Strategy<Value = Case> {
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

/// The best rank over every setup, by rules read from the application alone.
fn judged(case: &Case, problem: &Problem<'_>) -> Option<Rank> {
    let mut plans = vec![Plan::default()];
    for root in 0..case.workload.names.len() {
        let mut next = Vec::new();
        for set in (0..1_usize << case.workload.names.len()).filter(|set| set >> root & 1 == 1) {
            let members: Vec<usize> = (0..3).filter(|task| set >> task & 1 == 1).collect();
            for memory_mb in case.application.memory_sizes_mb.clone() {
                for plan in &plans {
                    let mut plan = plan.clone();
                    let members = members.clone();
                    plan.groups
                        .insert(root, crate::forecast::PlanGroup { members, memory_mb });
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
fn keeps_rules(case: &Case, plan: &Plan) -> bool {
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn rules_are_kept_and_cost_no_more_than_they_must(case in ruled()) {
        let problem = problem(&case);
        let found = search(&problem);
        let Some(best) = judged(&case, &problem) else { return Ok(()) };
        prop_assert!(keeps_rules(&case, &found.plan), "{}", found.plan.notation(&case.workload));
        prop_assert!(found.exact, "three tasks are searched whole");
        prop_assert!(
            found.rank.compare(&best).is_eq(),
            "{:?} {} instead of {best:?}", found.rank, found.plan.notation(&case.workload)
        );
    }
}

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
