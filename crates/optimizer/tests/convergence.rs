//! The loop of a whole application: setup, requests, evidence, decision, until it
//! stands still.

mod common;

use common::{Loop, name, tree};
use fusion_optimizer::simulator::World;
use fusion_optimizer::{Phase, Settings};

fn settings() -> Settings {
    Settings {
        min_requests: 50,
        telemetry_budget: 1.0,
        ..Settings::default()
    }
}

#[test]
fn tree_is_fused_after_one_round_and_then_stands_still() {
    for seed in 0..4 {
        let (application, world) = tree(seed);
        let mut rounds = Loop::new(application, settings());
        let mut notations = vec![rounds.deployed.history[0].notation.clone()];
        for round in 0..6 {
            let mut world = world.clone();
            world.seed = seed * 100 + round;
            let decision = rounds.round(&world, 60, 2.0);
            notations.push(decision.notation.clone());
        }
        let last = &notations[notations.len() - 1];
        assert!(last.starts_with("(A,B,D,E)@"), "{last}");
        assert!(
            notations[1].starts_with("(A,B,D,E)@"),
            "after one round: {}",
            notations[1]
        );
        for alone in ["(C)@", "(F)@", "(G)@"] {
            assert!(last.contains(alone), "{last}");
        }
        let mut changes = notations.clone();
        changes.dedup();
        assert!(changes.len() <= 3, "seed {seed}: {changes:?}");
        assert_eq!(rounds.deployed.phase, Phase::Optimized);
        assert_eq!(rounds.deployed.setup.groups[&name("A")].tasks.len(), 4);
    }
}

/// On a busy machine every round has another speed, and times scatter widely.
#[test]
fn noise_and_slow_hours_never_make_it_flip() {
    let drifts = [1.0, 1.4, 0.9, 1.2, 1.0, 1.6, 1.1, 0.9];
    for seed in 0..4 {
        let (application, world) = tree(seed);
        let mut rounds = Loop::new(application, settings());
        let mut notations = vec![rounds.deployed.history[0].notation.clone()];
        for (round, drift) in drifts.into_iter().enumerate() {
            let world = World {
                seed: seed * 100 + round as u64,
                drift,
                deviation: 0.3,
                ..world.clone()
            };
            notations.push(rounds.round(&world, 60, 2.0).notation);
        }
        notations.dedup();
        assert!(notations.len() <= 3, "seed {seed}: {notations:#?}");
        assert!(
            notations[notations.len() - 1].starts_with("(A,B,D,E)@"),
            "{notations:#?}"
        );
    }
}
