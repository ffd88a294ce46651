//! How long a decision takes: applications of 20 tasks whose calls form a tree,
//! and such where every task has several callers.
#![allow(missing_docs, reason = "criterion's macros")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use fusion_model::CallMode;
use fusion_optimizer::Settings;

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Loop, application, name, task};
use fusion_optimizer::simulator::World;

const TASKS: usize = 20;

fn observed(calls: impl Fn(usize) -> Vec<usize>) -> Loop {
    let names: Vec<String> = (0..TASKS).map(|number| format!("t{number:02}")).collect();
    let texts: Vec<&str> = names.iter().map(String::as_str).collect();
    let tasks = (0..TASKS).map(|number| {
        let callees = calls(number);
        let mode = |callee: usize| {
            if callee % 4 == 3 {
                CallMode::Async
            } else {
                CallMode::Sync
            }
        };
        let calls: Vec<(&str, CallMode, f64)> = callees
            .iter()
            .map(|callee| (texts[*callee], mode(*callee), 0.6))
            .collect();
        let io_ms = if number % 3 == 0 { 40.0 } else { 2.0 };
        (
            name(texts[number]),
            task(io_ms, if number % 2 == 0 { 15.0 } else { 1.0 }, 1.0, &calls),
        )
    });
    let world = World {
        tasks: tasks.collect(),
        overhead_ms: 20.0,
        init_ms: 150.0,
        first_run_factor: 1.0,
        deviation: 0.1,
        drift: 1.0,
        seed: 1,
    };
    let settings = Settings {
        min_requests: 50,
        ..Settings::default()
    };
    let mut rounds = Loop::new(application(&texts), settings);
    rounds.observe(&world, 400, 10.0);
    rounds
}

fn decisions(criterion: &mut Criterion) {
    let below = |number: usize, count: usize| {
        (1..=count)
            .map(|step| number * 2 + step)
            .filter(|callee| *callee < TASKS)
            .collect()
    };
    let tree = observed(|number| below(number, 2));
    let graph = observed(|number| below(number, 4));
    for (label, rounds) in [("tree of 20 tasks", &tree), ("graph of 20 tasks", &graph)] {
        criterion.bench_function(label, |bencher| {
            bencher.iter(|| {
                fusion_optimizer::decide(
                    black_box(&rounds.application),
                    &rounds.settings,
                    &rounds.deployed,
                    &rounds.evidence,
                )
            });
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = decisions
}
criterion_main!(benches);
