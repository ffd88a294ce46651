//! From a created function to an answer, with what is counted and logged on the way.

use serde_json::json;

use crate::support::{World, function};

#[tokio::test]
async fn create_publish_alias_invoke() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let published = world
        .lambda
        .publish_version()
        .function_name("f")
        .send()
        .await
        .unwrap();
    assert_eq!(published.version(), Some("1"));
    world
        .lambda
        .create_alias()
        .function_name("f")
        .name("live")
        .function_version("1")
        .send()
        .await
        .unwrap();
    let first = world.invoke("f:live", json!({ "a": 1 })).await;
    assert_eq!(first["event"], json!({ "a": 1 }));
    assert_eq!(first["version"], "1");
    assert_eq!(
        first["arn"],
        "arn:aws:lambda:us-east-1:000000000000:function:f:live"
    );
    let second = world.invoke("f:live", json!({})).await;
    assert_eq!(
        (&second["pid"], &second["invocations"]),
        (&first["pid"], &json!(2))
    );
    world.platform.shutdown().await;
}
