//! How seldom a setup that is truly better is taken back for bad luck.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use common::{Loop, application, name, task};
use fusion_model::CallMode::{Async, Sync};
use fusion_optimizer::simulator::World;
use fusion_optimizer::{Minimize, Phase, Settings, decide};

const RUNS: u64 = 200;
const REQUESTS: u32 = 20;
/// One run in twenty.
const MOST: usize = 10;

/// A waits for B, and nobody waits for C. Together A and B save a little.
fn world(first_run_factor: f64, deviation: f64) -> World {
    let calls = [("B", Sync, 1.0), ("C", Async, 1.0)];
    let tasks = BTreeMap::from([
        (name("A"), task(60.0, 1.0, 1.0, &calls)),
        (name("B"), task(60.0, 1.0, 1.0, &[])),
        (name("C"), task(40.0, 1.0, 1.0, &[])),
    ]);
    World {
        tasks,
        overhead_ms: 8.0,
        init_ms: 150.0,
        first_run_factor,
        deviation,
        drift: 1.0,
        seed: 0,
    }
}

/// In how many runs of two windows, one before and one after A and B were fused, they are
/// taken apart again; with C as a control, or with nothing that is equal in both setups.
fn reverted(before: &World, after: &World, minimize: Minimize, has_control: bool) -> usize {
    let fused = if has_control {
        "(A,B)@128-(C)@128"
    } else {
        "(A,B)@128-(C)@256"
    };
    let is_reverted = |seed: &u64| {
        let settings = Settings {
            min_requests: u64::from(REQUESTS),
            telemetry_budget: 1.0,
            minimize,
            ..Settings::default()
        };
        let mut rounds = Loop::new(application(&["A", "B", "C"]), settings);
        let seeded = |world: &World, seed| World {
            seed,
            ..world.clone()
        };
        rounds.observe(&seeded(before, seed * 2), REQUESTS, 2.0);
        rounds.settings.pinned_setup = Some(fused.to_owned());
        rounds.apply();
        rounds.settings.pinned_setup = None;
        rounds.deployed.phase = Phase::Optimized;
        rounds.observe(&seeded(after, seed * 2 + 1), REQUESTS, 2.0);
        // What is incomplete is judged, and nothing is searched.
        rounds.evidence.unserved.insert(name("A"), "nothing".into());
        let Loop {
            application,
            settings,
            deployed,
            evidence,
            ..
        } = &rounds;
        decide(application, settings, deployed, evidence).phase == Phase::Reverted
    };
    (0..RUNS).filter(is_reverted).count()
}

#[test]
fn bad_luck_seldom_takes_a_better_setup_back() {
    for (first_run_factor, deviation) in [(1.0, 0.1), (1.0, 0.6), (5.0, 0.3)] {
        let before = world(first_run_factor, deviation);
        for minimize in [Minimize::Balanced, Minimize::Latency] {
            for (drift, has_control) in [(1.0, true), (1.4, true), (1.0, false), (1.4, false)] {
                let after = World {
                    drift,
                    ..before.clone()
                };
                let count = reverted(&before, &after, minimize, has_control);
                assert!(
                    count <= MOST,
                    "{count} of {RUNS}: first runs take {first_run_factor} times as long, \
                     deviation {deviation}, {minimize:?}, drift {drift}, control {has_control}"
                );
            }
        }
    }
}

/// The other side: what is clearly worse is taken back on as few requests.
#[test]
fn a_clearly_worse_setup_is_taken_back() {
    let before = world(1.0, 0.3);
    let mut after = before.clone();
    // What no model could know: together they are slow.
    after.tasks.entry(name("A")).and_modify(|a| a.io_ms = 400.0);
    for has_control in [true, false] {
        let count = reverted(&before, &after, Minimize::Latency, has_control);
        let least = usize::try_from(RUNS).unwrap() - MOST;
        assert!(count >= least, "{count} of {RUNS}, control {has_control}");
    }
}
