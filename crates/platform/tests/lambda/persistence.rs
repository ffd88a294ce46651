//! What `data` keeps across restarts.

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use fusion_platform::{PlatformConfig, StartError};
use serde_json::json;

use crate::support::{World, function, quick, until};

#[tokio::test]
async fn functions_events_and_the_key_are_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let kept = PlatformConfig {
        data: Some(folder.path().join("data")),
        ..quick()
    };
    // The first platform accepts events and runs none.
    let accepting = PlatformConfig {
        event_concurrency: 0,
        ..kept.clone()
    };
    let world = World::with(accepting).await;
    world.create(&function("f", "faults.js")).await;
    world
        .lambda
        .publish_version()
        .function_name("f")
        .send()
        .await
        .unwrap();
    let alias = world
        .lambda
        .create_alias()
        .function_name("f")
        .name("live")
        .function_version("1");
    let alias = alias.send().await.unwrap();
    let event = world
        .lambda
        .invoke()
        .function_name("f:live")
        .invocation_type(InvocationType::Event)
        .payload(Blob::new(
            json!({ "way": "throw", "message": "later" }).to_string(),
        ));
    event.send().await.unwrap();
    let key = world.platform.access_key().to_owned();
    world.platform.shutdown().await;

    let world = World::with(kept).await;
    assert_eq!(world.platform.access_key(), key);
    let found = world
        .lambda
        .get_alias()
        .function_name("f")
        .name("live")
        .send()
        .await
        .unwrap();
    assert_eq!(found.revision_id(), alias.revision_id());
    world.invoke("f:live", json!({ "way": "ok" })).await;
    until("the queue is empty", async || {
        world.platform.is_queue_empty()
    })
    .await;
    let letters = world.platform.dead_letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].record["requestPayload"]["message"], "later");
    let written = std::fs::read_to_string(folder.path().join("data/events/dead-letters.jsonl"));
    assert_eq!(written.unwrap().lines().count(), 1);
    world
        .lambda
        .delete_function()
        .function_name("f")
        .send()
        .await
        .unwrap();
    assert_eq!(
        std::fs::read_dir(folder.path().join("data/functions"))
            .unwrap()
            .count(),
        0
    );
    world.platform.shutdown().await;
}

#[tokio::test]
async fn one_folder_serves_one_platform() {
    let folder = tempfile::tempdir().unwrap();
    let config = PlatformConfig {
        data: Some(folder.path().to_owned()),
        ..quick()
    };
    let world = World::with(config.clone()).await;
    let second = fusion_platform::Platform::start(config).await;
    assert!(
        matches!(second, Err(StartError::InUse { .. })),
        "{second:?}"
    );
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_name_that_leads_out_of_the_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let functions = folder.path().join("functions");
    std::fs::create_dir(&functions).unwrap();
    let config = PlatformConfig {
        data: Some(folder.path().to_owned()),
        ..quick()
    };
    let world = World::with(config.clone()).await;
    world.create(&function("f", "echo.js")).await;
    world.platform.shutdown().await;
    let file = functions.join("f.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(r#""name":"f""#, r#""name":"../f""#)).unwrap();
    let refused = fusion_platform::Platform::start(config)
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("it bears the name `../f`"), "{refused}");
}
