//! The Runtime API as a client of another kind meets it: a function that speaks to it itself.

use serde_json::json;

use crate::support::{Function, World, function};

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

#[tokio::test]
async fn a_wrapper_starts_the_runtime() {
    let world = World::start().await;
    // `env` is a wrapper that adds nothing; one that is absent ends the process.
    let wrapped = |name, wrapper| Function {
        environment: vec![("AWS_LAMBDA_EXEC_WRAPPER", wrapper)],
        ..function(name, "echo.js")
    };
    world.create(&wrapped("present", "/usr/bin/env")).await;
    assert_eq!(world.invoke("present", json!({})).await["invocations"], 1);
    world.create(&wrapped("absent", "./absent.sh")).await;
    let error = world.fail("absent", json!({})).await;
    assert_eq!(error["errorType"], "Runtime.ExitError");
    let message = error["errorMessage"].as_str().unwrap();
    assert!(
        message.ends_with("Runtime exited with error: exit status 127"),
        "{message}"
    );
    world.platform.shutdown().await;
}

#[tokio::test]
async fn functions_find_the_sdk_and_may_call_each_other() {
    let world = World::start().await;
    world.create(&function("callee", "echo.js")).await;
    for (name, file) in [("module", "calls.mjs"), ("script", "calls.js")] {
        world.create(&function(name, file)).await;
        let answer = world
            .send(name, json!({ "name": "callee", "event": { "n": 1 } }))
            .await;
        let body = crate::support::payload(&answer);
        assert_eq!(
            body["event"],
            json!({ "n": 1 }),
            "the SDK of the managed runtime comes from the cache that `make tools` fills: {body}"
        );
    }
    world.platform.shutdown().await;
}
