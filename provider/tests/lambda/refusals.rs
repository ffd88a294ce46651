//! What is told where AWS refuses, or where somebody else was there before: one snapshot a
//! resource.

use axum::response::{IntoResponse, Response};
use fusion_cloud::functions::set_tags;
use fusion_provider::function::{FunctionState, FusedFunction};
use fusion_provider::package::Package;
use fusion_provider::provider::Fusion;
use fusion_provider::setup::FusionSetup;
use fusion_provider::switch::{Switch, SwitchState};
use tfplugin::{
    CreateRequest, Diagnostics, Dynamic, Host, Provider, Resource, UpdateRequest, Value,
    from_dynamic,
};
use tokio_util::sync::CancellationToken;

use crate::asking::provider_config;
use crate::double::{Double, refused};
use crate::refresh;
use crate::world::{APPLICATION, World, function_config};

/// What an operation that failed says.
fn error<T>(outcome: Result<T, tfplugin::Diagnostic>) -> String {
    outcome.map(drop).unwrap_err().to_string()
}

#[tokio::test]
async fn provider() {
    let refusing = Double::refusing().await;
    let Dynamic::Mapping(mut config) = provider_config(refusing.url()) else {
        unreachable!("an object")
    };
    let accounts = Dynamic::sequence(["123456789012".into()]);
    config.insert("allowed_account_ids".to_owned(), accounts);
    let config = from_dynamic(Dynamic::Mapping(config)).unwrap();
    let host = Host {
        version: "1.11.6".to_owned(),
        stopping: CancellationToken::new(),
    };
    let configured = Fusion
        .configure(config, host, &mut Diagnostics::new())
        .await;
    insta::assert_snapshot!(error(configured));
}

#[tokio::test]
async fn function() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    let package = world.package().await;
    let file = package.path.as_str().unwrap().to_owned();
    let refusing = Double::refusing().await;
    world.context = refusing.context().await;
    let (read, mut messages) = world.read(&FusedFunction, &function).await;
    assert_eq!(read.as_ref(), Some(&function));
    let changed = FunctionState {
        release: "ba9876543210".into(),
        ..function.clone()
    };
    messages.push(error(world.create(&FusedFunction, function.clone()).await));
    messages.push(error(
        world
            .update(&FusedFunction, &function, changed.clone())
            .await,
    ));
    messages.push(error(world.delete(&FusedFunction, &function).await));
    std::fs::remove_file(&file).unwrap();
    messages.push(error(
        world
            .update(&FusedFunction, &function, changed.clone())
            .await,
    ));
    std::fs::create_dir(&file).unwrap();
    messages.push(error(
        world.update(&FusedFunction, &function, changed).await,
    ));
    let messages = messages.join("\n");
    let messages = messages.replace(&world.path("").display().to_string(), "FOLDER/");
    insta::with_settings!({ filters => vec![("-[0-9a-f]{16}\\.zip", "-IDENTITY.zip")] }, {
        insta::assert_snapshot!(messages);
    });
    world.end().await;
}

#[tokio::test]
async fn function_that_is_not_known_in_the_apply() {
    let mut world = World::start().await;
    let package = world.package().await;
    let mut messages = Vec::new();
    for planned in [
        FunctionState {
            role: Value::Unknown,
            ..function_config(&package, "0123456789ab")
        },
        function_config(&package, "latest"),
    ] {
        let mut diagnostics = Diagnostics::new();
        let request = CreateRequest {
            config: planned.clone(),
            planned,
            private: (),
        };
        let created = FusedFunction.create(world.cx(), request, &mut diagnostics);
        messages.push(error(created.await));
    }
    insta::assert_snapshot!(messages.join("\n"));
    world.end().await;
}

#[tokio::test]
async fn function_of_others_that_is_imported() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    let owned = [("fusion:application".to_owned(), APPLICATION.to_owned())].into();
    let arn = function.arn.as_str().unwrap();
    let untagged = set_tags(world.clients(), arn, &owned, &[].into()).await;
    untagged.unwrap();
    let mut diagnostics = Diagnostics::new();
    let imported = FusedFunction
        .import(world.cx(), "app-A:live", &mut diagnostics)
        .await;
    assert_eq!(imported.unwrap().state.version, Value::Known(1));
    let warnings: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"));

    // Neither does the switch delete what bears no tag of its application.
    let switch = world.switched(None, Some(1)).await;
    let left = SwitchState {
        versions: Value::Known([].into()),
        ..switch.clone()
    };
    let (_, warnings) = world.update(&Switch, &switch, left).await.unwrap();
    assert_eq!(world.live().await, Some(1));
    insta::assert_snapshot!(warnings.join("\n"));
    world.end().await;
}

#[tokio::test]
async fn package() {
    let mut world = World::start().await;
    let package = world.package().await;
    std::fs::remove_file(package.path.as_str().unwrap()).unwrap();
    let refusing = Double::refusing().await;
    world.context = refusing.context().await;
    let (read, mut messages) = world.read(&Package, &package).await;
    assert_eq!(read.as_ref(), Some(&package));
    std::fs::create_dir(package.path.as_str().unwrap()).unwrap();
    let mut diagnostics = Diagnostics::new();
    let prior = tfplugin::Stored {
        state: package.clone(),
        private: (),
    };
    Package
        .delete(world.cx(), prior, &mut diagnostics)
        .await
        .unwrap();
    messages.extend(diagnostics.iter().map(ToString::to_string));
    messages.push(error(world.create(&Package, package).await));
    let messages = messages.join("\n");
    let messages = messages.replace(&world.path("").display().to_string(), "FOLDER/");
    insta::with_settings!({ filters => vec![("-[0-9a-f]{16}\\.zip", "-IDENTITY.zip")] }, {
        insta::assert_snapshot!(messages);
    });
    world.end().await;
}

/// Lambda lets aliases move, and nothing else.
fn moving(line: &str) -> Response {
    if line.starts_with("PUT") {
        "{}".into_response()
    } else {
        refused()
    }
}

#[tokio::test]
async fn switch() {
    let mut world = World::start().await;
    let switch = |version: i64, name: &str| SwitchState {
        application: APPLICATION.into(),
        alias: Value::Null,
        versions: Value::Known([(name.to_owned(), Value::Known(version.into()))].into()),
    };
    let prior = switch(1, "app-A");
    let refusing = Double::refusing().await;
    world.context = refusing.context().await;
    let (read, mut messages) = world.read(&Switch, &prior).await;
    assert_eq!(read.as_ref(), Some(&prior));
    messages.push(error(
        world.update(&Switch, &prior, switch(2, "app-A")).await,
    ));
    messages.push(error(world.delete(&Switch, &prior).await));

    let moving = Double::start(moving).await;
    world.context = moving.context().await;
    messages.push(error(
        world.update(&Switch, &prior, switch(2, "app-B")).await,
    ));
    let (_, warnings) = world
        .update(&Switch, &prior, switch(2, "app-A"))
        .await
        .unwrap();
    messages.extend(warnings);
    insta::assert_snapshot!(messages.join("\n"));
    world.end().await;
}

#[tokio::test]
async fn switch_that_is_not_known_in_the_apply() {
    let mut world = World::start().await;
    let planned = |versions| SwitchState {
        application: APPLICATION.into(),
        alias: Value::Null,
        versions,
    };
    let prior = planned(Value::Known([].into()));
    let mut messages = Vec::new();
    for planned in [planned(Value::Unknown), planned(Value::Null)] {
        let request = UpdateRequest {
            prior: prior.clone(),
            config: planned.clone(),
            planned,
            private: (),
        };
        let mut diagnostics = Diagnostics::new();
        let updated = Switch.update(world.cx(), request, &mut diagnostics);
        messages.push(error(updated.await));
    }
    insta::assert_snapshot!(messages.join("\n"));
    world.end().await;
}

#[tokio::test]
async fn setup_whose_figures_cannot_be_read() {
    let mut world = World::start().await;
    let (mut stored, _) = refresh::applied(&world).await;
    refresh::deployed_as(&world, &stored.state).await;
    // Old enough for figures.
    stored.private.applied_epoch_s -= 600;
    let refusing = Double::refusing().await;
    world.context.clients.cloudwatch = refusing.context().await.clients.cloudwatch;
    let (read, warnings) = refresh::refreshed(&world, &stored).await;
    assert_eq!(read, stored);
    insta::with_settings!({ filters => vec![("`[0-9a-f]{12}`", "RELEASE")] }, {
        insta::assert_snapshot!(warnings.join("\n"));
    });
    world.end().await;
}

#[tokio::test]
async fn setup_that_cannot_be_imported() {
    let mut world = World::start().await;
    world.deployed().await;
    world.change_by_hand().await;
    world.publish_by_hand(Some("mine")).await;
    let moved = fusion_cloud::functions::move_alias(world.clients(), "app-A", "live", 2).await;
    moved.unwrap();
    let mut messages = Vec::new();
    let mut import = async |world: &World, id| {
        let mut diagnostics = Diagnostics::new();
        let imported = FusionSetup.import(world.cx(), id, &mut diagnostics);
        messages.push(error(imported.await));
    };
    import(&world, "app").await;
    import(&world, "app:prod").await;
    import(&world, "app:live:1").await;
    let refusing = Double::refusing().await;
    world.context = refusing.context().await;
    import(&world, "app").await;
    insta::assert_snapshot!(messages.join("\n"));
    world.end().await;
}
