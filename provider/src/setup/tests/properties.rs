//! What holds for every configuration.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tfplugin::{Diagnostics, Number, PlanRequest, Value};

use super::sample::{applied, planned};
use crate::setup::plan::{plan, read};
use crate::setup::private::Private;
use crate::setup::state::{CallState, ObservationState, SetupState, TaskState};

fn value<T: std::fmt::Debug + Clone>(
    known: impl Strategy<Value = T>,
) -> impl Strategy<Value = Value<T>> {
    prop_oneof![
        6 => known.prop_map(Value::Known),
        1 => Just(Value::Null),
        1 => Just(Value::Unknown),
    ]
}

fn text() -> impl Strategy<Value = Value<String>> {
    value("[A-Da-d]|auto|hold|async|own|nodejs22.x|[0-9a-f]{12}|\\PC{0,6}|\\(A,B\\)@(128|64)")
}

fn number() -> impl Strategy<Value = Value<Number>> {
    value(prop_oneof![
        (-1_i64..20_000).prop_map(Number::from),
        any::<i64>().prop_map(Number::from),
        "-?[0-9]{1,3}\\.[0-9]{1,30}".prop_map(|text| text.parse().unwrap_or_default()),
    ])
}

fn task() -> impl Strategy<Value = TaskState> {
    let call = (text(), text()).prop_map(|(task, mode)| CallState { task, mode });
    let calls = value(prop::collection::vec(value(call), 0..3));
    let flags = (value(any::<bool>()), value(any::<bool>()));
    (flags, text(), text(), number(), number(), text(), calls).prop_map(
        |(
            (entrypoint, alone),
            source_sha256,
            runtime,
            min_memory_mb,
            timeout_seconds,
            isolation,
            calls,
        )| {
            TaskState {
                entrypoint,
                source_sha256,
                runtime,
                min_memory_mb,
                timeout_seconds,
                isolation,
                alone,
                calls,
                ..TaskState::default()
            }
        },
    )
}

fn config() -> impl Strategy<Value = SetupState> {
    let tasks = value(prop::collection::btree_map("[A-Da-d]", value(task()), 0..4));
    let sets = value(prop::collection::vec(
        value(prop::collection::vec(text(), 0..3)),
        0..2,
    ));
    let observation =
        (number(), number()).prop_map(|(window_hours, settle_seconds)| ObservationState {
            window_hours,
            settle_seconds,
            ..ObservationState::default()
        });
    (
        text(),
        tasks,
        sets,
        text(),
        text(),
        number(),
        value(observation),
    )
        .prop_map(
            |(application, tasks, apart, mode, pinned_setup, telemetry_budget, observation)| {
                SetupState {
                    application,
                    tasks,
                    apart,
                    mode,
                    pinned_setup,
                    telemetry_budget,
                    observation,
                    fusion_runtime_sha256: "f".repeat(64).into(),
                    ..SetupState::default()
                }
            },
        )
}

proptest! {
    #[test]
    fn no_configuration_makes_it_panic(config in config()) {
        let mut diagnostics = Diagnostics::new();
        read(&config, &mut diagnostics);
        let request = PlanRequest {
            prior: None,
            proposed: config.clone(),
            config,
            private: Private::default(),
        };
        let _ = plan(request, &mut diagnostics);
    }

    /// Whatever changes in sources, a plan gives a task's function another release exactly where
    /// its source is another.
    #[test]
    fn releases_follow_sources(changed in prop::collection::btree_set("[ABC]", 0..4)) {
        let (prior, private) = applied();
        let mut config = super::sample::config();
        for name in &changed {
            config = super::sample::with_task(config, name, |task| {
                task.source_sha256 = "c".repeat(64).into();
            });
        }
        let (next, _) = planned(Some(&prior), config, &private);
        let releases = |state: &SetupState| -> BTreeMap<String, String> {
            super::sample::releases(state)
        };
        let (before, after) = (releases(&prior), releases(&next.state));
        for name in before.keys() {
            prop_assert_eq!(before[name] != after[name], changed.contains(name), "{}", name);
        }
    }
}
