//! What a function's plan knows, and what is told of wrong arguments.

use std::collections::BTreeMap;

use tfplugin::{AttributePath, Diagnostics, Value};

use super::plan;
use super::state::{FunctionState, read};

fn config() -> FunctionState {
    FunctionState {
        application: "app".into(),
        task: "A".into(),
        name: "app-A".into(),
        role: "arn:aws:iam::000000000000:role/app".into(),
        runtime: "nodejs22.x".into(),
        memory_mb: Value::Known(128.into()),
        timeout_seconds: Value::Known(30.into()),
        release: "0123456789ab".into(),
        package_path: "packages/app-A-0000000000000000.zip".into(),
        package_sha256: "0".repeat(64).into(),
        environment: Value::Known(BTreeMap::from([("TABLE".to_owned(), "orders".into())])),
        ..FunctionState::default()
    }
}

fn applied() -> FunctionState {
    FunctionState {
        arn: "arn".into(),
        alias_arn: "arn:live".into(),
        invoke_arn: "invoke".into(),
        version: Value::Known(3),
        code_sha256: "code".into(),
        ..config()
    }
}

/// What a host proposes: computed attributes as they were.
fn proposed(change: impl FnOnce(&mut FunctionState)) -> FunctionState {
    let mut state = applied();
    change(&mut state);
    state
}

#[test]
fn nothing_changed_is_nothing_planned() {
    let planned = plan(Some(&applied()), proposed(|_| ()));
    assert_eq!(planned.state, applied());
}

#[test]
fn version_is_unknown_exactly_where_an_input_changes_or_is_unknown() {
    let changes: [fn(&mut FunctionState); 5] = [
        |state| state.memory_mb = Value::Known(256.into()),
        |state| state.attempt = Value::Known(1.into()),
        |state| state.release = Value::Unknown,
        |state| state.environment = Value::Unknown,
        |state| state.environment = Value::Known([("TABLE".to_owned(), Value::Unknown)].into()),
    ];
    for change in changes {
        let planned = plan(Some(&applied()), proposed(change)).state;
        assert!(planned.version.is_unknown());
        assert_eq!(
            (planned.arn, planned.alias_arn),
            (applied().arn, applied().alias_arn)
        );
        assert_eq!(planned.code_sha256, applied().code_sha256);
    }
}

#[test]
fn other_package_is_other_code() {
    let planned = plan(
        Some(&applied()),
        proposed(|state| state.package_sha256 = "1".repeat(64).into()),
    )
    .state;
    assert!(planned.code_sha256.is_unknown() && planned.version.is_unknown());
}

#[test]
fn version_that_a_refresh_did_not_find_is_published_again() {
    let drifted = FunctionState {
        version: Value::Null,
        ..applied()
    };
    let planned = plan(Some(&drifted), drifted.clone()).state;
    assert!(planned.version.is_unknown());
}

#[test]
fn other_name_is_another_function() {
    let planned = plan(
        Some(&applied()),
        proposed(|state| state.name = "other".into()),
    );
    assert_eq!(planned.requires_replace, [AttributePath::of("name")]);
}

#[test]
fn other_alias_has_other_addresses() {
    let planned = plan(
        Some(&applied()),
        proposed(|state| state.alias = "prod".into()),
    )
    .state;
    assert!(
        planned.alias_arn.is_unknown()
            && planned.invoke_arn.is_unknown()
            && !planned.arn.is_unknown()
    );
}

#[test]
fn wrong_arguments_are_told() {
    let cases = [
        FunctionState {
            name: "no function".into(),
            ..config()
        },
        FunctionState {
            task: "1".into(),
            ..config()
        },
        FunctionState {
            release: "latest".into(),
            ..config()
        },
        FunctionState {
            memory_mb: Value::Known(100.into()),
            timeout_seconds: Value::Null,
            ..config()
        },
        FunctionState {
            tags: Value::Known([("fusion:task".to_owned(), "B".into())].into()),
            ..config()
        },
        FunctionState {
            environment: Value::Known([("TABLE".to_owned(), Value::Null)].into()),
            ..config()
        },
    ];
    let messages = cases.map(|config| {
        let mut diagnostics = Diagnostics::new();
        read(&config, &mut diagnostics);
        crate::testing::told(&diagnostics)
    });
    insta::assert_snapshot!(messages.join("\n"));
}
