//! The loop of a whole application: setup, requests, evidence, decision, until it
//! stands still.

mod common;

use common::{Loop, name, tree};
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
    for seed in 0..8 {
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
