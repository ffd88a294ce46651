//! What is said of wrong arguments: one snapshot a diagnostic.

use tfplugin::{Diagnostics, Number, PlanRequest, Value};

use super::sample::{config, task, with_task};
use crate::setup::plan::{plan, read};
use crate::setup::private::Private;
use crate::setup::state::{CallState, ObjectiveState, ObservationState, PricingState, SetupState};

fn messages(config: &SetupState) -> String {
    let mut diagnostics = Diagnostics::new();
    read(config, &mut diagnostics);
    crate::testing::told(&diagnostics)
}

fn number(text: &str) -> Value<Number> {
    Value::Known(text.parse().unwrap())
}

fn set(names: &[&str]) -> Value<Vec<Value<Vec<Value<String>>>>> {
    Value::Known(vec![Value::Known(
        names.iter().map(|name| Value::from(*name)).collect(),
    )])
}

fn renamed(from: &str, to: &str) -> SetupState {
    let mut config = config();
    if let Value::Known(tasks) = &mut config.tasks {
        tasks.remove(from);
        tasks.insert(to.to_owned(), Value::Known(task(to, false)));
    }
    config
}

#[test]
fn right_arguments_are_silent() {
    assert_eq!(messages(&config()), "");
}

#[test]
fn names() {
    let mut twice = with_task(config(), "B", |task| task.function_name = "same".into());
    twice = with_task(twice, "C", |task| task.function_name = "same".into());
    let long = with_task(config(), "B", |task| {
        task.function_name = "x".repeat(65).into();
    });
    let cases = [
        SetupState {
            application: "my app".into(),
            ..config()
        },
        renamed("B", "1st"),
        renamed("B", "a"),
        twice,
        long,
    ];
    insta::assert_snapshot!(cases.iter().map(messages).collect::<Vec<_>>().join("\n"));
}

#[test]
fn tasks() {
    let nobody = with_task(config(), "A", |task| task.entrypoint = false.into());
    let call = CallState {
        task: "Z".into(),
        mode: "later".into(),
    };
    let calls = with_task(config(), "A", |task| {
        task.calls = Value::Known(vec![Value::Known(call)]);
    });
    let stranger = CallState {
        task: "Z".into(),
        mode: Value::Null,
    };
    let unknown = with_task(config(), "A", |task| {
        task.calls = Value::Known(vec![Value::Known(stranger)]);
    });
    let cases = [
        SetupState {
            tasks: Value::Known([].into()),
            ..config()
        },
        nobody,
        calls,
        unknown,
        with_task(config(), "B", |task| task.source_sha256 = Value::Null),
    ];
    insta::assert_snapshot!(cases.iter().map(messages).collect::<Vec<_>>().join("\n"));
}

#[test]
fn sets() {
    let both = SetupState {
        together: set(&["A", "B"]),
        apart: set(&["B", "A"]),
        ..config()
    };
    let cases = [
        SetupState {
            together: set(&["A", "Z"]),
            ..config()
        },
        SetupState {
            apart: set(&["9"]),
            ..config()
        },
        both,
    ];
    insta::assert_snapshot!(cases.iter().map(messages).collect::<Vec<_>>().join("\n"));
}

#[test]
fn limits() {
    let sizes = |sizes: &[i64]| {
        Value::Known(
            sizes
                .iter()
                .map(|size| Value::Known((*size).into()))
                .collect(),
        )
    };
    let cases = [
        SetupState {
            memory_sizes_mb: sizes(&[]),
            ..config()
        },
        SetupState {
            memory_sizes_mb: sizes(&[64, 20_000]),
            ..config()
        },
        with_task(
            SetupState {
                memory_sizes_mb: sizes(&[128]),
                ..config()
            },
            "B",
            |task| {
                task.min_memory_mb = number("512");
            },
        ),
        with_task(config(), "B", |task| task.min_memory_mb = number("128.5")),
        with_task(config(), "B", |task| task.timeout_seconds = number("901")),
        SetupState {
            telemetry_budget: number("2"),
            ..config()
        },
    ];
    insta::assert_snapshot!(cases.iter().map(messages).collect::<Vec<_>>().join("\n"));
}

#[test]
fn policies() {
    let objective = ObjectiveState {
        minimize: "speed".into(),
        latency_weight: number("1.1"),
        max_latency_p95_ms: number("0"),
        max_cost_per_million_usd: number("-1"),
    };
    let observation = ObservationState {
        window_hours: number("25"),
        min_requests: number("0"),
        min_improvement: number("-0.1"),
        confidence: number("1"),
        settle_seconds: number("-1"),
    };
    let pricing = PricingState {
        architecture: "x86".into(),
        gb_second_usd: number("-1"),
        request_usd: number("1e9"),
    };
    let config = SetupState {
        mode: "off".into(),
        initial: "random".into(),
        objective: Value::Known(objective),
        observation: Value::Known(observation),
        pricing: Value::Known(pricing),
        ..config()
    };
    insta::assert_snapshot!(messages(&config));
}

#[test]
fn notations() {
    let pinned = |text: &str| SetupState {
        pinned_setup: text.into(),
        ..config()
    };
    let unreadable = messages(&pinned("(A,B)512"));
    let misfit = |config: SetupState| {
        let mut diagnostics = Diagnostics::new();
        let request = PlanRequest {
            prior: None,
            proposed: config.clone(),
            config,
            private: Private::default(),
        };
        let last = plan(request, &mut diagnostics).unwrap_err();
        format!("{}{last}\n", crate::testing::told(&diagnostics))
    };
    let apart = SetupState {
        apart: set(&["A", "B"]),
        ..pinned("(A,B)@512")
    };
    let large = with_task(pinned("(A,B)@512"), "B", |task| {
        task.min_memory_mb = number("1024");
    });
    insta::assert_snapshot!(
        [
            unreadable,
            misfit(pinned("(A,Z)@512")),
            misfit(apart),
            misfit(large)
        ]
        .join("\n")
    );
}

#[test]
fn unknown_arguments_are_no_errors() {
    let mut config = config();
    config.application = Value::Unknown;
    config.tasks = Value::Unknown;
    config.pinned_setup = Value::Unknown;
    config.objective = Value::Unknown;
    assert_eq!(messages(&config), "");
}
