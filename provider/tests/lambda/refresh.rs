//! The refresh of `fusion_setup`: what it keeps, and that it changes nothing visible.

use fusion_provider::function::{FunctionState, FusedFunction};
use fusion_provider::setup::FusionSetup;
use fusion_provider::setup::private::Private;
use fusion_provider::setup::state::{SetupState, TaskState};
use tfplugin::{CreateRequest, Diagnostics, PlanRequest, Resource, Stored, Value};

use crate::world::{APPLICATION, World, function_config};

/// The setup of the application's only task.
pub fn config() -> SetupState {
    let task = TaskState {
        entrypoint: true.into(),
        source_sha256: "a".repeat(64).into(),
        runtime: "nodejs22.x".into(),
        ..TaskState::default()
    };
    SetupState {
        application: APPLICATION.into(),
        tasks: Value::Known([("A".to_owned(), Value::Known(task))].into()),
        fusion_runtime_sha256: "f".repeat(64).into(),
        ..SetupState::default()
    }
}

/// The setup, applied.
pub async fn applied(world: &World) -> (Stored<SetupState, Private>, Vec<String>) {
    let config = config();
    let mut diagnostics = Diagnostics::new();
    let request = PlanRequest {
        prior: None,
        proposed: config.clone(),
        config: config.clone(),
        private: Private::default(),
    };
    let planned = FusionSetup
        .plan(None, request, &mut diagnostics)
        .await
        .unwrap();
    let request = CreateRequest {
        planned: planned.state.clone(),
        config,
        private: planned.private,
    };
    let stored = FusionSetup
        .create(world.cx(), request, &mut diagnostics)
        .await
        .unwrap();
    assert_eq!(stored.state, planned.state);
    (
        stored,
        diagnostics.iter().map(ToString::to_string).collect(),
    )
}

pub async fn refreshed(
    world: &World,
    stored: &Stored<SetupState, Private>,
) -> (Stored<SetupState, Private>, Vec<String>) {
    let mut diagnostics = Diagnostics::new();
    let read = FusionSetup
        .read(world.cx(), stored.clone(), &mut diagnostics)
        .await
        .unwrap()
        .unwrap();
    (read, diagnostics.iter().map(ToString::to_string).collect())
}

/// The function, publishing what the setup says.
pub async fn deployed_as(world: &World, setup: &SetupState) -> FunctionState {
    let release = setup.groups.known().unwrap()["A"].release.clone();
    let package = world.package().await;
    world
        .create(&FusedFunction, function_config(&package, &release))
        .await
        .unwrap()
        .0
}

#[tokio::test]
async fn trap_host_06_refresh_without_news_changes_nothing() {
    let mut world = World::start().await;
    let (stored, warnings) = applied(&world).await;
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(
        refreshed(&world, &stored).await,
        (stored.clone(), vec![]),
        "nothing is deployed yet"
    );
    deployed_as(&world, &stored.state).await;
    let (read, warnings) = refreshed(&world, &stored).await;
    assert_eq!((read.state, warnings), (stored.state.clone(), vec![]));
    world.end().await;
}

#[tokio::test]
async fn release_that_is_not_the_planned_one_is_noted_and_forgotten_when_healed() {
    let mut world = World::start().await;
    let (stored, _) = applied(&world).await;
    let package = world.package().await;
    let other = function_config(&package, "000000000001");
    let (function, _) = world.create(&FusedFunction, other).await.unwrap();
    let (read, warnings) = refreshed(&world, &stored).await;
    assert_eq!((&read.state, warnings), (&stored.state, vec![]));
    let noted: Vec<String> = read.private.astray.values().cloned().collect();
    assert_eq!(noted, ["release 000000000001 (version 1)"]);

    let release = stored.state.groups.known().unwrap()["A"].release.clone();
    let right = FunctionState {
        release: release.into(),
        ..function.clone()
    };
    world
        .update(&FusedFunction, &function, right)
        .await
        .unwrap();
    fusion_cloud::functions::move_alias(world.clients(), "app-A", "live", 2)
        .await
        .unwrap();
    assert!(refreshed(&world, &read).await.0.private.astray.is_empty());
    world.end().await;
}

#[tokio::test]
async fn trap_host_08_unreachable_services_are_a_warning_and_nothing_is_lost() {
    let mut world = World::start().await;
    let (stored, _) = applied(&world).await;
    deployed_as(&world, &stored.state).await;
    world.end().await;
    let mut diagnostics = Diagnostics::new();
    let read = FusionSetup
        .read(world.cx(), stored.clone(), &mut diagnostics)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read, stored);
    let warnings: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    insta::with_settings!({ filters => vec![("Connection refused \\(os error \\d+\\)", "REFUSED")] }, {
        insta::assert_snapshot!(warnings.join("\n"));
    });
}

#[tokio::test]
async fn trap_host_23_setup_of_a_deployed_application_says_that_it_starts_over() {
    let mut world = World::start().await;
    world.deployed().await;
    let (_, warnings) = applied(&world).await;
    insta::assert_snapshot!(warnings.join("\n"));
    world.end().await;
}
