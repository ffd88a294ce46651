//! Packages and functions: created, left alone, published, adopted, left to the switch.

use std::fs;

use fusion_cloud::functions::set_tags;
use fusion_provider::function::{FunctionState, FusedFunction};
use fusion_provider::package::Package;
use tfplugin::{Diagnostics, Resource, Value};

use crate::world::{World, function_config};

#[tokio::test]
async fn trap_host_44_created_function_serves_its_first_version_and_is_left_alone() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    assert_eq!(function.version, Value::Known(1));
    assert_eq!(world.live().await, Some(1));
    assert_eq!(
        world.read(&FusedFunction, &function).await,
        (Some(function.clone()), vec![])
    );

    let revision = world.revision().await;
    let unknown = FunctionState {
        environment: Value::Unknown,
        ..function.clone()
    };
    let mut diagnostics = Diagnostics::new();
    let request = tfplugin::PlanRequest {
        prior: Some(function.clone()),
        proposed: unknown.clone(),
        config: unknown,
        private: (),
    };
    let planned = FusedFunction
        .plan(None, request, &mut diagnostics)
        .await
        .unwrap()
        .state;
    assert!(planned.version.is_unknown());
    // In the apply it turns out to be what it was: then no call changes anything.
    let known = FunctionState {
        environment: function.environment.clone(),
        ..planned
    };
    let request = tfplugin::UpdateRequest {
        prior: function.clone(),
        planned: known.clone(),
        config: known,
        private: (),
    };
    let updated = FusedFunction
        .update(world.cx(), request, &mut diagnostics)
        .await
        .unwrap()
        .state;
    assert_eq!(updated, function);
    assert_eq!(
        (world.revision().await, world.versions().await),
        (revision, 1)
    );
    world.end().await;
}

#[tokio::test]
async fn changed_function_is_published_and_its_alias_is_the_switchs() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    let changed = FunctionState {
        memory_mb: Value::Known(512.into()),
        release: "ba9876543210".into(),
        ..function.clone()
    };
    let (updated, _) = world
        .update(&FusedFunction, &function, changed)
        .await
        .unwrap();
    assert_eq!(updated.version, Value::Known(2));
    assert_eq!(world.live().await, Some(1));
    assert_eq!(
        world.read(&FusedFunction, &updated).await.0,
        Some(updated.clone())
    );
    // The object of before has been overtaken, so it is brought up to date again.
    let (overtaken, _) = world.read(&FusedFunction, &function).await;
    assert_eq!(overtaken.unwrap().version, Value::Null);
    world.end().await;
}

#[tokio::test]
async fn alias_of_another_name_is_made_and_one_that_stands_is_the_switchs() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    let prod = FunctionState {
        alias: "prod".into(),
        release: "ba9876543210".into(),
        ..function.clone()
    };
    let (updated, _) = world.update(&FusedFunction, &function, prod).await.unwrap();
    let made = fusion_cloud::functions::alias_version(world.clients(), "app-A", "prod").await;
    assert_eq!(made.unwrap(), 2);

    // Whatever it serves.
    world.share_requests(2, 0.5).await;
    let back = FunctionState {
        alias: "live".into(),
        release: "000000000003".into(),
        ..updated.clone()
    };
    let (updated, _) = world.update(&FusedFunction, &updated, back).await.unwrap();
    assert_eq!(updated.version, Value::Known(3));
    assert_eq!(world.live().await, None);
    world.end().await;
}

#[tokio::test]
async fn trap_host_14_interrupted_update_goes_on_without_a_second_version() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    let changed = FunctionState {
        release: "ba9876543210".into(),
        ..function.clone()
    };
    world
        .update(&FusedFunction, &function, changed.clone())
        .await
        .unwrap();
    // The state never heard of it.
    let (read, _) = world.read(&FusedFunction, &function).await;
    let read = read.unwrap();
    let (updated, _) = world
        .update(
            &FusedFunction,
            &read,
            FunctionState {
                version: Value::Null,
                ..changed
            },
        )
        .await
        .unwrap();
    assert_eq!(updated.version, Value::Known(2));
    assert_eq!(world.versions().await, 2);
    world.end().await;
}

#[tokio::test]
async fn trap_host_14_what_is_not_published_is_not_looked_at() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    world.change_by_hand().await;
    assert_eq!(
        world.read(&FusedFunction, &function).await,
        (Some(function.clone()), vec![])
    );
    // Nor does it become part of what is published next.
    let changed = FunctionState {
        release: "ba9876543210".into(),
        ..function.clone()
    };
    let (updated, _) = world
        .update(&FusedFunction, &function, changed)
        .await
        .unwrap();
    assert_eq!(
        world.read(&FusedFunction, &updated).await,
        (Some(updated.clone()), vec![])
    );
    assert_eq!(updated.version, Value::Known(2));
    world.end().await;
}

/// A version that is published by hand inherits the label of the release.
#[tokio::test]
async fn trap_host_42_code_that_was_published_by_hand_is_replaced() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    world.write(
        "app/tasks/A/handler.js",
        "exports.handler = async () => 2;\n",
    );
    let foreign = fs::read(world.package().await.path.as_str().unwrap()).unwrap();
    world.upload_by_hand(foreign).await;
    world.publish_by_hand(None).await;
    let (read, _) = world.read(&FusedFunction, &function).await;
    let read = read.unwrap();
    assert_eq!(read.version, Value::Null);
    let (updated, _) = world
        .update(&FusedFunction, &read, function.clone())
        .await
        .unwrap();
    assert_eq!(updated.version, Value::Known(3));
    assert_eq!(updated.code_sha256, function.code_sha256);
    world.end().await;
}

#[tokio::test]
async fn trap_host_15_function_of_this_task_is_adopted_and_a_foreign_one_is_in_the_way() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    let config = FunctionState {
        memory_mb: Value::Known(256.into()),
        ..function_config(&world.package().await, "ba9876543210")
    };
    let (adopted, warnings) = world.create(&FusedFunction, config.clone()).await.unwrap();
    assert_eq!(adopted.arn, function.arn);
    assert_eq!(adopted.version, Value::Known(2));
    insta::assert_snapshot!(warnings.join("\n"));

    let arn = adopted.arn.as_str().unwrap();
    let tags =
        |application: &str| [("fusion:application".to_owned(), application.to_owned())].into();
    let retagged = set_tags(world.clients(), arn, &tags("app"), &tags("other")).await;
    retagged.unwrap();
    let error = world.create(&FusedFunction, config).await.unwrap_err();
    insta::assert_snapshot!(error.to_string());
    world.end().await;
}

#[tokio::test]
async fn trap_host_33_function_that_still_serves_is_left_to_the_switch() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    world.delete(&FusedFunction, &function).await.unwrap();
    assert_eq!(world.live().await, Some(1));
    fusion_cloud::functions::delete_alias(world.clients(), "app-A", "live")
        .await
        .unwrap();
    world.delete(&FusedFunction, &function).await.unwrap();
    assert_eq!(world.read(&FusedFunction, &function).await, (None, vec![]));
    world.delete(&FusedFunction, &function).await.unwrap();
    world.end().await;
}

#[tokio::test]
async fn trap_host_22_missing_package_file_is_a_change_only_where_nobody_carries_it() {
    let mut world = World::start().await;
    let package = world.package().await;
    let file = package.path.as_str().unwrap().to_owned();
    assert_eq!(
        world.read(&Package, &package).await,
        (Some(package.clone()), vec![])
    );
    fs::remove_file(&file).unwrap();
    assert_eq!(world.read(&Package, &package).await, (None, vec![]));

    let package = world.package().await;
    world.deployed().await;
    fs::remove_file(&file).unwrap();
    assert_eq!(
        world.read(&Package, &package).await,
        (Some(package.clone()), vec![])
    );
    world.end().await;
}

#[tokio::test]
async fn trap_host_21_source_that_changed_after_the_plan_is_not_packed() {
    let mut world = World::start().await;
    let config = world.package_config();
    world.write(
        "app/tasks/A/handler.js",
        "exports.handler = async () => 2;\n",
    );
    let error = world.create(&Package, config).await.unwrap_err();
    assert_eq!(error.summary, "Source changed after the plan");
    assert!(
        error.detail.contains("`A`") && error.detail.contains("handler.js"),
        "{error}"
    );
    assert!(!world.path("packages").exists());
    world.end().await;
}

#[tokio::test]
async fn trap_host_36_file_that_is_not_the_planned_package_is_not_uploaded() {
    let mut world = World::start().await;
    let package = world.package().await;
    let config = function_config(&package, "0123456789ab");
    let other = FunctionState {
        package_sha256: "0".repeat(64).into(),
        ..config.clone()
    };
    let mislabelled = world.create(&FusedFunction, other).await.unwrap_err();
    fs::write(package.path.as_str().unwrap(), "no zip").unwrap();
    let broken = world
        .create(&FusedFunction, config.clone())
        .await
        .unwrap_err();
    fs::remove_file(package.path.as_str().unwrap()).unwrap();
    let missing = world.create(&FusedFunction, config).await.unwrap_err();
    let messages = [mislabelled, broken, missing]
        .map(|error| error.to_string())
        .join("\n");
    let messages = messages.replace(&world.path("").display().to_string(), "FOLDER/");
    insta::with_settings!({ filters => vec![("-[0-9a-f]{16}\\.zip", "-IDENTITY.zip")] }, {
        insta::assert_snapshot!(messages);
    });
    assert!(world.live().await.is_none());
    world.end().await;
}
