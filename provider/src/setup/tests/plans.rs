//! When a plan changes something, and when it must not.

use std::collections::BTreeMap;

use fusion_model::TaskName;
use tfplugin::{AttributePath, Number, Value};

use super::sample::{applied, config, planned, releases, task, with_task};
use crate::setup::private::Private;
use crate::setup::state::{ObjectiveState, SetupState};

fn name(text: &str) -> TaskName {
    TaskName::new(text).unwrap()
}

/// The roots whose release or attempt differs.
fn published(before: &SetupState, after: &SetupState) -> Vec<String> {
    let (before, after) = (
        before.groups.known().unwrap(),
        after.groups.known().unwrap(),
    );
    let differs = after.iter().filter(|(root, group)| {
        before
            .get(*root)
            .is_none_or(|old| (&old.release, old.attempt) != (&group.release, group.attempt))
    });
    differs.map(|(root, _)| root.clone()).collect()
}

#[test]
fn trap_13_first_plan_is_wholly_known() {
    let (planned, messages) = planned(None, config(), &Private::default());
    assert!(messages.is_empty());
    let dynamic = tfplugin::to_dynamic(&planned.state).unwrap();
    assert!(dynamic.is_wholly_known(), "{dynamic:?}");
    assert_eq!(
        planned.state.notation.as_str(),
        Some("(A)@128-(B)@128-(C)@128")
    );
    assert_eq!(planned.state.phase.as_str(), Some("initial"));
    assert_eq!(planned.state.generation.known(), Some(&1));
}

#[test]
fn trap_13_second_plan_is_empty() {
    let (prior, private) = applied();
    let (planned, messages) = planned(Some(&prior), config(), &private);
    assert!(messages.is_empty());
    assert_eq!(planned.state, prior);
    assert_eq!(planned.private, private);
    assert!(planned.requires_replace.is_empty());
}

#[test]
fn trap_13_a_plan_asked_twice_gives_the_same() {
    let (prior, private) = applied();
    let changed = || {
        with_task(config(), "B", |task| {
            task.source_sha256 = "b".repeat(64).into();
        })
    };
    let (first, _) = planned(Some(&prior), changed(), &private);
    let (second, _) = planned(Some(&prior), changed(), &private);
    assert_eq!((first.state, first.private), (second.state, second.private));
}

#[test]
fn changed_source_publishes_only_what_carries_it() {
    let (prior, private) = applied();
    let changed = with_task(config(), "B", |task| {
        task.source_sha256 = "b".repeat(64).into();
    });
    let (planned, _) = planned(Some(&prior), changed, &private);
    assert_eq!(published(&prior, &planned.state), ["B"]);
    assert_eq!(planned.state.notation, prior.notation);
    assert_eq!(planned.state.generation, prior.generation);
    assert_eq!(planned.state.decision, prior.decision);
}

#[test]
fn changed_timeout_is_that_of_its_own_function() {
    let (prior, private) = applied();
    let changed = with_task(config(), "B", |task| {
        task.timeout_seconds = Value::Known(7.into());
    });
    let (planned, _) = planned(Some(&prior), changed, &private);
    assert_eq!(published(&prior, &planned.state), ["B"]);
    assert_eq!(
        planned.state.groups.known().unwrap()["B"].timeout_seconds,
        7
    );
}

#[test]
fn argument_that_decides_nothing_changes_nothing_computed() {
    let (prior, private) = applied();
    let objective = ObjectiveState {
        minimize: "cost".into(),
        ..ObjectiveState::default()
    };
    let changed = SetupState {
        objective: Value::Known(objective),
        ..config()
    };
    let (planned, _) = planned(Some(&prior), changed.clone(), &private);
    assert_eq!(
        planned.state,
        crate::setup::deployed::unchanged(changed, &prior)
    );
}

#[test]
fn new_task_gets_a_function_and_the_others_stay() {
    let (prior, private) = applied();
    let mut changed = config();
    if let Value::Known(tasks) = &mut changed.tasks {
        tasks.insert("D".to_owned(), Value::Known(task("D", false)));
    }
    let (planned, _) = planned(Some(&prior), changed, &private);
    assert_eq!(published(&prior, &planned.state), ["D"]);
}

#[test]
fn removed_task_leaves_and_the_others_stay() {
    let (prior, private) = applied();
    let mut changed = config();
    if let Value::Known(tasks) = &mut changed.tasks {
        tasks.remove("C");
    }
    let (planned, _) = planned(Some(&prior), changed, &private);
    assert_eq!(published(&prior, &planned.state), Vec::<String>::new());
    assert_eq!(
        releases(&planned.state).keys().collect::<Vec<_>>(),
        ["A", "B"]
    );
}

#[test]
fn trap_13_unknown_source_leaves_the_setup_to_the_apply() {
    let (prior, private) = applied();
    let changed = || with_task(config(), "B", |task| task.source_sha256 = Value::Unknown);
    let (plan, messages) = planned(Some(&prior), changed(), &private);
    assert!(plan.state.groups.is_unknown() && plan.state.setup_id.is_unknown());
    insta::assert_snapshot!(messages.join("\n"));

    let (plan, messages) = planned(
        Some(&prior),
        SetupState {
            mode: "hold".into(),
            ..changed()
        },
        &private,
    );
    assert!(plan.state.groups.is_unknown());
    assert_eq!(messages, Vec::<String>::new());
}

#[test]
fn what_was_unknown_and_turns_out_the_same_changes_nothing() {
    let (prior, private) = applied();
    let mut proposed = config();
    proposed = crate::setup::deployed::undecided(proposed);
    let (planned, _) = planned(Some(&prior), proposed, &private);
    assert_eq!(planned.state, prior);
}

#[test]
fn unserved_release_is_published_again_and_holds_the_setup() {
    let (prior, private) = applied();
    let astray = BTreeMap::from([(name("B"), "release 0123456789ab (version 7)".to_owned())]);
    let private = Private { astray, ..private };
    let (planned, messages) = planned(Some(&prior), config(), &private);
    assert!(messages.is_empty());
    assert_eq!(published(&prior, &planned.state), ["B"]);
    assert_eq!(releases(&planned.state), releases(&prior));
    assert_eq!(planned.state.groups.known().unwrap()["B"].attempt, 1);
    assert_eq!(planned.state.notation, prior.notation);
    assert_eq!(planned.state.generation, prior.generation);
    let decision = planned.state.decision.known().unwrap();
    insta::assert_snapshot!(format!(
        "{}\n{}",
        decision.summary,
        decision.because.join("\n")
    ));

    let setup_id = prior.setup_id.as_str().unwrap();
    let healed = planned.private.applied(setup_id, true, 2_000);
    assert!(healed.astray.is_empty());
    assert_eq!(
        super::sample::planned(Some(&planned.state), config(), &healed)
            .0
            .state,
        planned.state
    );
}

#[test]
fn changed_release_begins_with_attempt_0() {
    let (mut prior, private) = applied();
    if let Value::Known(groups) = &mut prior.groups {
        groups.get_mut("B").unwrap().attempt = 3;
    }
    let changed = with_task(config(), "B", |task| {
        task.source_sha256 = "b".repeat(64).into();
    });
    let (planned, _) = planned(Some(&prior), changed, &private);
    assert_eq!(planned.state.groups.known().unwrap()["B"].attempt, 0);
}

#[test]
fn trap_13_only_another_application_is_another_setup() {
    let (prior, private) = applied();
    let changed = SetupState {
        application: "other".into(),
        ..config()
    };
    let (planned, _) = planned(Some(&prior), changed, &private);
    assert_eq!(planned.requires_replace, [AttributePath::of("application")]);
}

#[test]
fn pinned_setup_is_deployed_from_the_start() {
    let pinned = SetupState {
        pinned_setup: "(A,B)@512".into(),
        ..config()
    };
    let (planned, _) = planned(None, pinned, &Private::default());
    assert_eq!(planned.state.phase.as_str(), Some("pinned"));
    let group = &planned.state.groups.known().unwrap()["A"];
    assert_eq!(
        (group.tasks.join(","), group.memory_mb),
        ("A,B".to_owned(), 512)
    );
}

#[test]
fn imported_setup_is_taken_as_it_is() {
    let (prior, private) = applied();
    let imported = SetupState {
        tasks: Value::Null,
        fusion_runtime_sha256: Value::Null,
        ..prior.clone()
    };
    let (planned, _) = planned(Some(&imported), config(), &private);
    assert_eq!(planned.state, prior);
}

#[test]
fn planned_basis_counts_once_it_is_applied() {
    let (prior, private) = applied();
    let changed = with_task(config(), "B", |task| {
        task.source_sha256 = "b".repeat(64).into();
    });
    let (planned, _) = planned(Some(&prior), changed, &private);
    assert_eq!(planned.private.basis_sha256, private.basis_sha256);
    let applied = planned
        .private
        .applied(prior.setup_id.as_str().unwrap(), true, 2_000);
    assert_ne!(applied.basis_sha256, private.basis_sha256);
    assert_eq!(
        (applied.planned_basis_sha256, applied.applied_epoch_s),
        (None, 2_000)
    );
}

#[test]
fn private_data_of_another_version_is_collected_anew() {
    let stored = r#"{"setup_id":"x","applied_epoch_s":5,"evidence":{"t":7},"new":1}"#;
    let private: Private = serde_json::from_str(stored).unwrap();
    assert_eq!(
        private,
        Private {
            setup_id: "x".to_owned(),
            applied_epoch_s: 5,
            ..Private::default()
        }
    );
}

#[test]
fn numbers_of_the_configuration_are_kept_to_the_last_digit() {
    let price: Number = "0.0000166667000000000001".parse().unwrap();
    let changed = SetupState {
        telemetry_budget: Value::Known(price.clone()),
        ..config()
    };
    let (planned, _) = planned(None, changed, &Private::default());
    assert_eq!(planned.state.telemetry_budget, Value::Known(price));
}
