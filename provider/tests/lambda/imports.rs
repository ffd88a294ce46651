//! What exists is taken over as it is: by the application's name, by a function's.

use fusion_provider::function::{FunctionState, FusedFunction};
use fusion_provider::setup::FusionSetup;
use tfplugin::{Diagnostics, Resource, Value};

use crate::world::World;

#[tokio::test]
async fn setup_is_read_from_what_is_deployed() {
    let mut world = World::start().await;
    world.deployed().await;
    let mut diagnostics = Diagnostics::new();
    let imported = FusionSetup
        .import(world.cx(), "app", &mut diagnostics)
        .await
        .unwrap()
        .state;
    assert_eq!(imported.notation.as_str(), Some("(A)@128"));
    let group = &imported.groups.known().unwrap()["A"];
    assert_eq!(
        (group.release.as_str(), group.attempt, group.timeout_seconds),
        ("0123456789ab", 0, 30)
    );
    assert_eq!(imported.generation, Value::Known(1));

    let nobody = FusionSetup
        .import(world.cx(), "nobody", &mut diagnostics)
        .await
        .unwrap_err();
    insta::assert_snapshot!(nobody.to_string());
    world.end().await;
}

#[tokio::test]
async fn trap_host_43_function_is_taken_over_without_publishing_it() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    let mut diagnostics = Diagnostics::new();
    let imported = FusedFunction
        .import(world.cx(), "app-A:live", &mut diagnostics)
        .await
        .unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(imported.state.version, Value::Known(1));
    assert_eq!(imported.state.alias_arn, function.alias_arn);
    let (read, _) = world.read(&FusedFunction, &imported.state).await;
    let config = FunctionState {
        version: Value::Null,
        ..function.clone()
    };
    let (updated, _) = world
        .update(&FusedFunction, &read.unwrap(), config)
        .await
        .unwrap();
    assert_eq!(
        (updated.version, world.versions().await),
        (Value::Known(1), 1)
    );
    world.end().await;
}

#[tokio::test]
async fn wrong_ids_and_missing_functions_are_told() {
    let mut world = World::start().await;
    let mut messages = Vec::new();
    for id in [":live", "app-A:live:1", "app-A:live"] {
        let imported = FusedFunction
            .import(world.cx(), id, &mut Diagnostics::new())
            .await;
        messages.push(imported.unwrap_err().to_string());
    }
    insta::assert_snapshot!(messages.join("\n"));
    world.end().await;
}
