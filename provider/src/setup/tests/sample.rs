//! A small application, and one step of its life.

use std::collections::BTreeMap;

use tfplugin::{Diagnostics, PlanRequest, Planned, Value};

use crate::setup::plan::plan;
use crate::setup::private::Private;
use crate::setup::state::{SetupState, TaskState};

/// `A`, which clients invoke, and `B` and `C`.
pub fn config() -> SetupState {
    let tasks =
        ["A", "B", "C"].map(|name| (name.to_owned(), Value::Known(task(name, name == "A"))));
    SetupState {
        application: "app".into(),
        tasks: Value::Known(BTreeMap::from(tasks)),
        fusion_runtime_sha256: "f".repeat(64).into(),
        ..SetupState::default()
    }
}

/// A task whose source is what its name hashes to.
pub fn task(name: &str, entrypoint: bool) -> TaskState {
    TaskState {
        entrypoint: entrypoint.into(),
        source_sha256: fusion_model::hash::sha256_hex(name).into(),
        runtime: "nodejs22.x".into(),
        ..TaskState::default()
    }
}

/// Changes one task of a configuration.
#[must_use]
pub fn with_task(
    mut config: SetupState,
    name: &str,
    change: impl FnOnce(&mut TaskState),
) -> SetupState {
    if let Value::Known(tasks) = &mut config.tasks
        && let Some(Value::Known(task)) = tasks.get_mut(name)
    {
        change(task);
    }
    config
}

/// Plans, as the hosts do: computed attributes are proposed as they were, or unknown.
pub fn planned(
    prior: Option<&SetupState>,
    config: SetupState,
    private: &Private,
) -> (Planned<SetupState, Private>, Vec<String>) {
    let proposed = match prior {
        Some(prior) => super::super::deployed::unchanged(config.clone(), prior),
        None => super::super::deployed::undecided(config.clone()),
    };
    let mut diagnostics = Diagnostics::new();
    let request = PlanRequest {
        prior: prior.cloned(),
        proposed,
        config,
        private: private.clone(),
    };
    let planned = plan(request, &mut diagnostics).expect("the configuration is right");
    (
        planned,
        diagnostics.iter().map(ToString::to_string).collect(),
    )
}

/// What is stored after the first apply.
pub fn applied() -> (SetupState, Private) {
    let (planned, messages) = planned(None, config(), &Private::default());
    assert_eq!(messages, Vec::<String>::new());
    let setup_id = planned
        .state
        .setup_id
        .as_str()
        .expect("it is known")
        .to_owned();
    (
        planned.state,
        planned.private.applied(&setup_id, true, 1_000),
    )
}

/// The releases of a plan by task.
pub fn releases(state: &SetupState) -> BTreeMap<String, String> {
    let groups = state.groups.known().expect("the groups are known");
    groups
        .iter()
        .map(|(root, group)| (root.clone(), group.release.clone()))
        .collect()
}
