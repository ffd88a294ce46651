//! From a created function to an answer, with what is counted and logged on the way.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use aws_sdk_lambda::operation::RequestId as _;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{InvocationType, LogType};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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

#[tokio::test]
async fn what_is_invoked_is_counted_and_logged() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    let answer = world
        .lambda
        .invoke()
        .function_name("f")
        .log_type(LogType::Tail)
        .payload(Blob::new(
            json!({ "way": "throw", "message": "no" }).to_string(),
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.executed_version(), Some("$LATEST"));
    let id = answer.request_id().unwrap();
    let tail = STANDARD.decode(answer.log_result().unwrap()).unwrap();
    let tail = String::from_utf8(tail).unwrap();
    let lines: Vec<&str> = tail.lines().collect();
    assert_eq!(lines[0], format!("START RequestId: {id} Version: $LATEST"));
    assert!(
        lines[1].contains(&format!("\t{id}\tERROR\tInvoke Error \t{{\"errorType\"")),
        "{tail}"
    );
    assert_eq!(lines[2], format!("END RequestId: {id}"));
    assert!(
        lines[3].starts_with(&format!("REPORT RequestId: {id}\tDuration: ")),
        "{tail}"
    );
    assert!(
        lines[3].contains("\tMemory Size: 1769 MB\tMax Memory Used: "),
        "{tail}"
    );
    assert!(
        lines[3].ends_with(" ms\t") && lines[3].contains("\tInit Duration: "),
        "{tail}"
    );
    for (name, value) in [("Invocations", 1.0), ("Errors", 1.0)] {
        assert_eq!(sum_of(&world, name, "f").await, Some(value), "{name}");
    }
    world.platform.shutdown().await;
}

/// The sum of a metric of a function, as CloudWatch answers it at once.
async fn sum_of(world: &World, name: &str, function: &str) -> Option<f64> {
    use aws_sdk_cloudwatch::primitives::DateTime;
    use aws_sdk_cloudwatch::types::{Dimension, Statistic};
    let platform = &world.platform;
    let key = (platform.access_key(), platform.secret_key());
    let config = aws_sdk_cloudwatch::Config::builder()
        .behavior_version(aws_sdk_cloudwatch::config::BehaviorVersion::latest())
        .endpoint_url(platform.endpoint())
        .region(aws_sdk_cloudwatch::config::Region::new("us-east-1"))
        .credentials_provider(aws_sdk_cloudwatch::config::Credentials::new(
            key.0, key.1, None, None, "test",
        ))
        .build();
    let now = std::time::SystemTime::now();
    let hour = Duration::from_secs(3600);
    let found = aws_sdk_cloudwatch::Client::from_conf(config)
        .get_metric_statistics()
        .namespace("AWS/Lambda")
        .metric_name(name)
        .dimensions(
            Dimension::builder()
                .name("FunctionName")
                .value(function)
                .build(),
        )
        .start_time(DateTime::from(now - hour))
        .end_time(DateTime::from(now + hour))
        .period(7200)
        .statistics(Statistic::Sum)
        .send()
        .await
        .unwrap();
    found.datapoints().first()?.sum()
}

#[tokio::test]
async fn an_invocation_may_be_tested_and_must_be_json() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let dry = world
        .lambda
        .invoke()
        .function_name("f")
        .invocation_type(InvocationType::DryRun);
    assert_eq!(dry.send().await.unwrap().status_code(), 204);
    let broken = world
        .lambda
        .invoke()
        .function_name("f")
        .payload(Blob::new("{a"))
        .send()
        .await;
    let broken = broken.unwrap_err();
    assert_eq!(broken.code(), Some("InvalidRequestContentException"));
    let large = Blob::new(format!("\"{}\"", "x".repeat(1_048_576)));
    let event = world
        .lambda
        .invoke()
        .function_name("f")
        .invocation_type(InvocationType::Event);
    let refused = event.payload(large.clone()).send().await.unwrap_err();
    assert_eq!(refused.raw_response().unwrap().status().as_u16(), 413);
    let sync = world
        .lambda
        .invoke()
        .function_name("f")
        .payload(large)
        .send()
        .await;
    assert_eq!(sync.unwrap().function_error(), None);
    world.platform.shutdown().await;
}

#[tokio::test]
async fn es_modules_and_client_contexts_work_in_both_runtimes() {
    let world = World::start().await;
    for (name, runtime) in [("old", "nodejs22.x"), ("new", "nodejs24.x")] {
        world
            .create(&crate::support::Function {
                runtime,
                ..function(name, "module.mjs")
            })
            .await;
        let context = STANDARD.encode(r#"{"custom":{"k":"ü"}}"#);
        let invoke = world
            .lambda
            .invoke()
            .function_name(name)
            .client_context(context);
        let answer = crate::support::payload(&invoke.send().await.unwrap());
        assert_eq!(answer["client"], json!({ "custom": { "k": "ü" } }));
        assert_eq!(answer["remaining"], true);
    }
    world.platform.shutdown().await;
}

#[tokio::test]
async fn callbacks_wait_for_the_event_loop_unless_told_not_to() {
    let world = World::start().await;
    world.create(&function("f", "callback.js")).await;
    assert_eq!(world.invoke("f", json!({})).await, json!({ "late": true }));
    assert_eq!(
        world.invoke("f", json!({ "impatient": true })).await,
        json!({ "late": false })
    );
    assert_eq!(
        world.invoke("f", json!({ "sync": true })).await,
        json!(null)
    );
    let new = crate::support::Function {
        runtime: "nodejs24.x",
        ..function("n", "callback.js")
    };
    world.create(&new).await;
    let refused = world.fail("n", json!({})).await;
    assert_eq!(refused["errorType"], "Runtime.CallbackHandlerDeprecated");
    world.platform.shutdown().await;
}

#[tokio::test]
async fn requests_at_the_same_time_have_environments_of_their_own() {
    let world = World::start().await;
    world.create(&function("f", "meeting.js")).await;
    // Each waits for the others: one after another, none would end.
    let place = tempfile::tempdir().unwrap();
    let invoke = || world.invoke("f", json!({ "folder": place.path(), "count": 3 }));
    let (one, two, three) = tokio::join!(invoke(), invoke(), invoke());
    let processes = BTreeSet::from([one, two, three].map(|pid| pid.as_u64()));
    assert_eq!(processes.len(), 3, "{processes:?}");
    assert_eq!(sum_of(&world, "Invocations", "f").await, Some(3.0));
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_function_may_say_where_its_modules_lie() {
    let world = World::start().await;
    let own = crate::support::Function {
        environment: vec![("NODE_PATH", "/opt/own")],
        ..function("own", "module.mjs")
    };
    world.create(&own).await;
    assert_eq!(world.invoke("own", json!({})).await["modules"], "/opt/own");
    world.create(&function("other", "module.mjs")).await;
    let given = world.invoke("other", json!({})).await["modules"].clone();
    assert!(given.as_str().unwrap().contains("/code/"), "{given}");
    world.platform.shutdown().await;
}
