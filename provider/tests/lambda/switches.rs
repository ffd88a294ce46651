//! The switch: moves, repairs, deletes what left, removes aliases first.

use fusion_provider::function::{FunctionState, FusedFunction};
use fusion_provider::switch::Switch;
use tfplugin::Value;

use crate::world::World;

/// Publishes a release.
async fn publish(world: &World, prior: &FunctionState, release: &str) -> FunctionState {
    let changed = FunctionState {
        release: release.into(),
        ..prior.clone()
    };
    world
        .update(&FusedFunction, prior, changed)
        .await
        .unwrap()
        .0
}

#[tokio::test]
async fn aliases_move_and_old_versions_go() {
    let mut world = World::start().await;
    let first = world.deployed().await;
    let switch = world.switched(None, Some(1)).await;
    let second = publish(&world, &first, "000000000002").await;
    let switch = world.switched(Some(&switch), Some(2)).await;
    assert_eq!(world.live().await, Some(2));
    publish(&world, &second, "000000000003").await;
    world.switched(Some(&switch), Some(3)).await;
    assert_eq!(world.live().await, Some(3));
    // The version before stays, for the way back.
    assert_eq!(world.versions().await, 2);
    world.end().await;
}

#[tokio::test]
async fn trap_host_38_alias_moved_or_removed_by_hand_is_seen() {
    let mut world = World::start().await;
    let first = world.deployed().await;
    publish(&world, &first, "000000000002").await;
    let switch = world.switched(None, Some(2)).await;
    assert_eq!(
        world.read(&Switch, &switch).await,
        (Some(switch.clone()), vec![])
    );

    fusion_cloud::functions::move_alias(world.clients(), "app-A", "live", 1)
        .await
        .unwrap();
    let (moved, _) = world.read(&Switch, &switch).await;
    assert_eq!(
        moved.unwrap().versions,
        Value::Known([("app-A".to_owned(), Value::Known(1.into()))].into())
    );

    fusion_cloud::functions::delete_alias(world.clients(), "app-A", "live")
        .await
        .unwrap();
    let (removed, _) = world.read(&Switch, &switch).await;
    let removed = removed.unwrap();
    assert_eq!(removed.versions, Value::Known([].into()));
    world.switched(Some(&removed), Some(2)).await;
    assert_eq!(world.live().await, Some(2));
    world.end().await;
}

#[tokio::test]
async fn alias_that_shares_its_requests_is_seen_and_put_back() {
    let mut world = World::start().await;
    let first = world.deployed().await;
    publish(&world, &first, "000000000002").await;
    let switch = world.switched(None, Some(2)).await;
    world.share_requests(1, 0.5).await;
    assert_eq!(world.live().await, None);

    let (shared, warnings) = world.read(&Switch, &switch).await;
    let shared = shared.unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(shared.versions, Value::Known([].into()));
    // Such an alias serves nevertheless, so its function is left to the switch.
    world.delete(&FusedFunction, &first).await.unwrap();
    world.share_requests(1, 0.5).await;

    let put_back = world.switched(Some(&shared), Some(2)).await;
    assert_eq!(world.live().await, Some(2));
    assert_eq!(world.read(&Switch, &put_back).await, (Some(switch), vec![]));
    world.end().await;
}

#[tokio::test]
async fn trap_host_32_function_that_left_is_deleted_after_the_moves() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    let switch = world.switched(None, Some(1)).await;
    world.delete(&FusedFunction, &function).await.unwrap();
    assert_eq!(world.live().await, Some(1));
    world.switched(Some(&switch), None).await;
    assert_eq!(world.read(&FusedFunction, &function).await, (None, vec![]));
    world.end().await;
}

#[tokio::test]
async fn destroying_removes_the_aliases_and_leaves_the_functions() {
    let mut world = World::start().await;
    let function = world.deployed().await;
    let switch = world.switched(None, Some(1)).await;
    world.delete(&Switch, &switch).await.unwrap();
    assert_eq!(world.live().await, None);
    world.delete(&FusedFunction, &function).await.unwrap();
    assert_eq!(world.read(&FusedFunction, &function).await, (None, vec![]));
    world.end().await;
}

#[tokio::test]
async fn alias_that_cannot_move_is_an_error_and_nothing_is_deleted() {
    let mut world = World::start().await;
    world.deployed().await;
    let switch = world.switched(None, Some(1)).await;
    let wanted = fusion_provider::switch::SwitchState {
        versions: Value::Known([("app-B".to_owned(), Value::Known(1.into()))].into()),
        ..switch.clone()
    };
    let error = world.update(&Switch, &switch, wanted).await.unwrap_err();
    assert_eq!(error.summary, "Alias not moved");
    assert_eq!(error.path.to_string(), r#"versions["app-B"]"#);
    assert_eq!(world.live().await, Some(1));
    world.end().await;
}
