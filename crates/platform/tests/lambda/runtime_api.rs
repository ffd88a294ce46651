//! The Runtime API as a client of another kind meets it: a function that speaks to it itself.

use serde_json::json;

use crate::support::{World, function};

#[tokio::test]
async fn what_a_client_may_not_do_is_refused() {
    let world = World::start().await;
    world.create(&function("f", "runtime-api.js")).await;
    let answers = world.invoke("f", json!({})).await;
    let expected = json!([
        [400, "InvalidRequestID"],
        [403, "InvalidStateTransition"],
        [404, "NotFound"],
        // Asking again while an event is open gives the same event.
        [200, "same"],
    ]);
    assert_eq!(answers, expected);
    world.platform.shutdown().await;
}
