//! What a package's plan knows, without reading a file.

use std::collections::BTreeMap;

use tfplugin::{Diagnostics, Value};

use super::arguments::{bears_identity, read};
use super::plan;
use super::state::{MemberState, PackageState};

fn config() -> PackageState {
    let member = |task: &str| MemberState {
        source: format!("tasks/{task}").into(),
        handler: "handler.handler".into(),
        runtime: "nodejs22.x".into(),
        sha256: fusion_model::hash::sha256_hex(task).into(),
        ..MemberState::default()
    };
    let tasks = ["A", "B"].map(|task| (task.to_owned(), Value::Known(member(task))));
    PackageState {
        application: "app".into(),
        root: "A".into(),
        source_root: "..".into(),
        runtime_path: "runtime".into(),
        fusion_runtime_sha256: "f".repeat(64).into(),
        directory: "packages/".into(),
        tasks: Value::Known(BTreeMap::from(tasks)),
        ..PackageState::default()
    }
}

fn planned(prior: Option<&PackageState>, proposed: PackageState) -> PackageState {
    let mut diagnostics = Diagnostics::new();
    let planned = plan(prior, proposed, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    planned
}

fn changed(change: impl FnOnce(&mut MemberState)) -> PackageState {
    let mut config = config();
    if let Value::Known(tasks) = &mut config.tasks
        && let Some(Value::Known(member)) = tasks.get_mut("B")
    {
        change(member);
    }
    config
}

#[test]
fn identity_and_file_are_known_in_the_plan() {
    let state = planned(None, config());
    let sha256 = state.sha256.as_str().unwrap();
    let path = state.path.as_str().unwrap();
    assert_eq!(path, format!("packages/app-A-{}.zip", &sha256[..16]));
    assert!(bears_identity(path.as_ref(), sha256));
    assert!(!bears_identity(path.as_ref(), &"0".repeat(64)));
    assert!(state.code_sha256.is_unknown());
}

#[test]
fn the_file_lies_in_the_directory_that_is_named() {
    for (directory, file) in [
        ("packages//", "packages/app-A-"),
        ("/", "/app-A-"),
        ("", "./app-A-"),
    ] {
        let state = planned(
            None,
            PackageState {
                directory: directory.into(),
                ..config()
            },
        );
        let path = state.path.as_str().unwrap();
        assert!(path.starts_with(file), "`{directory}`: {path}");
    }
}

#[test]
fn whatever_the_function_runs_changes_the_identity() {
    let before = planned(None, config()).sha256;
    for other in [
        changed(|member| member.sha256 = "b".repeat(64).into()),
        changed(|member| member.timeout_seconds = Value::Known(5.into())),
        changed(|member| member.environment = Value::Known([("X".to_owned(), "Y".into())].into())),
        PackageState {
            inline_async: true.into(),
            ..config()
        },
        PackageState {
            fusion_runtime_sha256: "e".repeat(64).into(),
            ..config()
        },
        PackageState {
            function_names: Value::Known([("C".to_owned(), "orders-c".into())].into()),
            ..config()
        },
    ] {
        assert_ne!(planned(None, other.clone()).sha256, before, "{other:?}");
    }
}

#[test]
fn where_files_lie_and_usual_names_do_not() {
    let before = planned(None, config()).sha256;
    for other in [
        PackageState {
            source_root: "/elsewhere".into(),
            directory: "out".into(),
            ..config()
        },
        PackageState {
            function_names: Value::Known([("C".to_owned(), "app-C".into())].into()),
            ..config()
        },
        changed(|member| member.source = "./tasks//B/".into()),
    ] {
        assert_eq!(planned(None, other.clone()).sha256, before, "{other:?}");
    }
}

#[test]
fn unknown_source_leaves_the_identity_to_the_apply() {
    let prior = PackageState {
        code_sha256: "code".into(),
        ..planned(None, config())
    };
    let state = planned(
        Some(&prior),
        changed(|member| member.sha256 = Value::Unknown),
    );
    assert!(state.sha256.is_unknown() && state.path.is_unknown() && state.code_sha256.is_unknown());
    assert_eq!(planned(Some(&prior), config()), prior);
}

#[test]
fn wrong_arguments_are_told() {
    let cases = [
        // It would lead out of `directory`.
        PackageState {
            application: "../app".into(),
            ..config()
        },
        PackageState {
            root: "C".into(),
            ..config()
        },
        PackageState {
            root: "not a task".into(),
            ..config()
        },
        changed(|member| member.handler = Value::Null),
        changed(|member| member.timeout_seconds = Value::Known(0.into())),
    ];
    let messages = cases.map(|config| {
        let mut diagnostics = Diagnostics::new();
        read(&config, &mut diagnostics);
        crate::testing::told(&diagnostics)
    });
    insta::assert_snapshot!(messages.join("\n"));
}

#[tokio::test]
async fn argument_that_is_not_known_in_the_apply_is_told() {
    let planned = PackageState {
        root: Value::Unknown,
        ..config()
    };
    let mut diagnostics = Diagnostics::new();
    let error = super::make(planned, &mut diagnostics).await.unwrap_err();
    assert!(diagnostics.is_empty());
    insta::assert_snapshot!(error.to_string());
}
