//! The apply of `fusion_setup` where the sources are no longer what was planned.

use fusion_provider::setup::FusionSetup;
use fusion_provider::setup::state::{SetupState, SourcesState, TaskState};
use tfplugin::{CreateRequest, Diagnostics, Resource, Value};

use crate::refresh;
use crate::world::World;

/// A setup that says where its sources are, with these hashes.
fn planned(world: &World, source_sha256: &str, runtime_sha256: &str) -> SetupState {
    let text = |path: &str| Value::from(world.path(path).display().to_string());
    let task = TaskState {
        entrypoint: true.into(),
        source: "tasks/A".into(),
        handler: "handler.handler".into(),
        source_sha256: source_sha256.into(),
        runtime: "nodejs22.x".into(),
        ..TaskState::default()
    };
    SetupState {
        sources: Value::Known(SourcesState {
            root: text("app"),
            runtime_path: text("runtime"),
            ..SourcesState::default()
        }),
        tasks: Value::Known([("A".to_owned(), Value::Known(task))].into()),
        fusion_runtime_sha256: runtime_sha256.into(),
        ..refresh::config()
    }
}

async fn applied(world: &World, planned: SetupState) -> Result<(), String> {
    let request = CreateRequest {
        config: planned.clone(),
        planned,
        private: fusion_provider::setup::private::Private::default(),
    };
    let applied = FusionSetup
        .create(world.cx(), request, &mut Diagnostics::new())
        .await;
    applied.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn trap_host_35_what_differs_from_the_plan_is_named_and_nothing_is_deployed() {
    let mut world = World::start().await;
    let (source, runtime) = (world.source_sha256(), world.runtime_sha256());
    let right = planned(&world, &source, &runtime);
    assert_eq!(applied(&world, right.clone()).await, Ok(()));

    let old = "0".repeat(64);
    let unknown = SetupState {
        fusion_runtime_sha256: Value::Unknown,
        ..right.clone()
    };
    let wrong = SetupState {
        application: "my app".into(),
        ..right.clone()
    };
    let mut messages = Vec::new();
    for other in [
        planned(&world, &old, &runtime),
        planned(&world, &source, &old),
        unknown,
        wrong,
    ] {
        messages.push(applied(&world, other).await.unwrap_err());
    }
    std::fs::remove_dir_all(world.path("app/tasks/A")).unwrap();
    messages.push(applied(&world, right).await.unwrap_err());
    let messages = messages.join("\n");
    let messages = messages.replace(&world.path("").display().to_string(), "FOLDER/");
    insta::with_settings!({ filters => vec![("[0-9a-f]{12,64}", "HASH")] }, {
        insta::assert_snapshot!(messages);
    });
    world.end().await;
}
