//! Functions that fail in every way have the service's answers, and what comes after works.

use serde_json::{Value, json};

use crate::support::{World, function, until};
use crate::telemetry::messages;

fn exit_error(answer: &Value, ending: &str) {
    assert_eq!(answer["errorType"], "Runtime.ExitError", "{answer}");
    let message = answer["errorMessage"].as_str().unwrap();
    assert!(message.starts_with("RequestId: "), "{message}");
    assert!(message.ends_with(ending), "{message}");
}

#[tokio::test]
async fn an_error_has_its_name_and_message_and_the_process_goes_on() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    let before = world.invoke("f", json!({ "way": "ok" })).await;
    let error = world
        .fail("f", json!({ "way": "throw", "message": "no stock" }))
        .await;
    assert_eq!(error["errorType"], "OrderRefused");
    assert_eq!(error["errorMessage"], "no stock");
    assert_eq!(error["trace"][0], "OrderRefused: no stock");
    let text = world.fail("f", json!({ "way": "throwString" })).await;
    let expected = json!({ "errorType": "string", "errorMessage": "just text", "trace": [] });
    assert_eq!(text, expected);
    let circular = world.fail("f", json!({ "way": "circular" })).await;
    assert_eq!(
        circular["errorMessage"],
        "Unable to stringify response body"
    );
    let after = world.invoke("f", json!({ "way": "ok" })).await;
    assert_eq!(after["started"], before["started"]);
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_process_that_ends_is_started_again_in_the_same_place() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    world.invoke("f", json!({ "way": "mark" })).await;
    let zero = world.fail("f", json!({ "way": "exit", "code": 0 })).await;
    exit_error(&zero, "Error: Runtime exited without providing a reason");
    let three = world.fail("f", json!({ "way": "exit", "code": 3 })).await;
    exit_error(&three, "Error: Runtime exited with error: exit status 3");
    let killed = world.fail("f", json!({ "way": "kill" })).await;
    exit_error(
        &killed,
        "Error: Runtime exited with error: signal: segmentation fault",
    );
    assert_eq!(
        world.invoke("f", json!({ "way": "ok" })).await["marker"],
        true
    );
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_timeout_replaces_the_process_and_keeps_tmp() {
    let world = World::start().await;
    world
        .create(&crate::support::Function {
            // Long enough for a process to start in, also on a busy machine.
            timeout_s: 3,
            ..function("f", "faults.js")
        })
        .await;
    world.invoke("f", json!({ "way": "mark" })).await;
    for way in ["hang", "spin", "fork"] {
        let before = world.invoke("f", json!({ "way": "ok" })).await;
        let late = world.fail("f", json!({ "way": way })).await;
        assert_eq!(late["errorType"], "Sandbox.Timedout");
        let message = late["errorMessage"].as_str().unwrap();
        assert!(
            message.ends_with("Error: Task timed out after 3.00 seconds"),
            "{message}"
        );
        let after = world.invoke("f", json!({ "way": "ok" })).await;
        assert_ne!(after["started"], before["started"], "{way}");
        assert_eq!(after["marker"], true, "{way}");
    }
    // What the last way started left the process's group, and has ended all the same.
    let left = world.invoke("f", json!({ "way": "ok" })).await["forked"].clone();
    assert!(left.is_string(), "{left}");
    let left = std::path::Path::new("/proc").join(left.as_str().unwrap());
    until("what was forked has ended", async || !left.exists()).await;
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_result_above_six_megabytes_is_refused_and_the_next_works() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    let most = 6_291_556;
    let answer = world
        .send("f", json!({ "way": "large", "bytes": most }))
        .await;
    assert_eq!(answer.function_error(), None);
    assert_eq!(answer.payload().unwrap().as_ref().len(), most);
    let refused = world
        .fail("f", json!({ "way": "large", "bytes": most + 1 }))
        .await;
    let expected = json!({
        "errorMessage":
            "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    });
    assert_eq!(refused, expected);
    world.invoke("f", json!({ "way": "ok" })).await;
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_flood_of_output_is_logged_whole() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    assert_eq!(
        world
            .invoke("f", json!({ "way": "flood", "lines": 20_000 }))
            .await,
        20_000
    );
    until("all lines are logged", async || {
        let store = world.platform.telemetry();
        messages(store, "/aws/lambda/f", "xxxx").await.len() == 20_000
    })
    .await;
    world.platform.shutdown().await;
}

#[tokio::test]
async fn memory_beyond_the_limit_ends_the_process() {
    let world = World::start().await;
    world
        .create(&crate::support::Function {
            memory_mb: 200,
            ..function("f", "faults.js")
        })
        .await;
    exit_error(
        &world.fail("f", json!({ "way": "memory" })).await,
        "signal: killed",
    );
    world.invoke("f", json!({ "way": "ok" })).await;
    world.platform.shutdown().await;
}

#[tokio::test]
async fn what_nobody_catches_differs_by_runtime() {
    let world = World::start().await;
    world.create(&function("old", "faults.js")).await;
    let new = crate::support::Function {
        runtime: "nodejs24.x",
        ..function("new", "faults.js")
    };
    world.create(&new).await;
    let reported = world.fail("old", json!({ "way": "reject" })).await;
    assert_eq!(reported["errorType"], "Runtime.UnhandledPromiseRejection");
    assert_eq!(reported["errorMessage"], "Error: nobody catches this");
    exit_error(
        &world.fail("new", json!({ "way": "reject" })).await,
        "exit status 1",
    );
    assert_eq!(
        world.invoke("old", json!({ "way": "never" })).await,
        Value::Null
    );
    let ended = world.fail("new", json!({ "way": "never" })).await;
    exit_error(&ended, "Runtime exited without providing a reason");
    world.platform.shutdown().await;
}

#[tokio::test]
async fn failures_of_init_are_the_answer() {
    let world = World::start().await;
    let fault = |name, fault| crate::support::Function {
        environment: vec![("INIT_FAULT", fault)],
        ..function(name, "init.js")
    };
    world.create(&fault("throws", "throw")).await;
    world.create(&fault("exits", "exit")).await;
    let error = world.fail("throws", json!({})).await;
    assert_eq!(error["errorType"], "TypeError", "{error}");
    assert_eq!(error["errorMessage"], "cannot begin");
    exit_error(&world.fail("exits", json!({})).await, "exit status 7");
    // It is begun anew for each invocation, and can succeed after an update.
    world
        .lambda
        .update_function_configuration()
        .function_name("throws")
        .environment(
            aws_sdk_lambda::types::Environment::builder()
                .variables("X1", "1")
                .build(),
        )
        .send()
        .await
        .unwrap();
    world.until_ready("throws").await;
    assert_eq!(world.invoke("throws", json!({})).await, "begun");
    world.platform.shutdown().await;
}

#[tokio::test]
async fn handlers_that_are_not_there_are_named() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let cases = [
        (
            "absent.handler",
            "Runtime.ImportModuleError",
            "Error: Cannot find module 'absent'",
        ),
        (
            "echo.absent",
            "Runtime.HandlerNotFound",
            "echo.absent is undefined or not exported",
        ),
        ("echo", "Runtime.MalformedHandlerName", "Bad handler"),
    ];
    for (handler, kind, message) in cases {
        world
            .lambda
            .update_function_configuration()
            .function_name("f")
            .handler(handler)
            .send()
            .await
            .unwrap();
        world.until_ready("f").await;
        let error = world.fail("f", json!({})).await;
        assert_eq!(error["errorType"], kind);
        let given = error["errorMessage"].as_str().unwrap();
        assert!(given.starts_with(message), "{given}");
    }
    world.platform.shutdown().await;
}

#[tokio::test]
async fn nothing_is_left_after_shutdown() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let pid = world.invoke("f", json!({})).await["pid"].clone();
    let running = || std::path::Path::new(&format!("/proc/{pid}")).exists();
    assert!(running());
    world.platform.shutdown().await;
    assert!(!running());
}

#[tokio::test]
async fn an_environment_that_rests_too_long_ends() {
    let config = fusion_platform::PlatformConfig {
        idle_expiry: std::time::Duration::from_millis(50),
        ..crate::support::quick()
    };
    let world = World::with(config).await;
    world.create(&function("f", "echo.js")).await;
    let pid = world.invoke("f", json!({})).await["pid"].clone();
    until("the process ended", async || {
        !std::path::Path::new(&format!("/proc/{pid}")).exists()
    })
    .await;
    assert_eq!(world.invoke("f", json!({})).await["invocations"], 1);
    world.platform.shutdown().await;
}
