//! Asynchronous events: run once, retried, dropped, recorded, and never lost.

use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    DeadLetterConfig, DestinationConfig, InvocationType, OnFailure, OnSuccess,
};
use serde_json::{Value, json};

use crate::support::{World, function, quick, until};

impl World {
    async fn send_event(&self, name: &str, event: Value) -> String {
        use aws_sdk_lambda::operation::RequestId as _;
        let sent = self
            .lambda
            .invoke()
            .function_name(name)
            .invocation_type(InvocationType::Event)
            .payload(Blob::new(event.to_string()))
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status_code(), 202);
        sent.request_id().unwrap().to_owned()
    }
}

#[tokio::test]
async fn an_event_that_fails_is_tried_three_times_and_recorded() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    let id = world
        .send_event("f", json!({ "way": "throw", "message": "no" }))
        .await;
    world.until_queue_is_empty().await;
    let letters = world.platform.dead_letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    let record = &letters[0].record;
    assert_eq!(letters[0].condition, "RetriesExhausted");
    let context = &record["requestContext"];
    assert_eq!(context["approximateInvokeCount"], 3);
    assert_eq!(context["requestId"], id.as_str());
    assert_eq!(
        context["functionArn"],
        "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST"
    );
    assert_eq!(
        record["requestPayload"],
        json!({ "way": "throw", "message": "no" })
    );
    assert_eq!(record["responseContext"]["functionError"], "Unhandled");
    assert_eq!(record["responsePayload"]["errorType"], "OrderRefused");
    world.platform.shutdown().await;
}

#[tokio::test]
async fn records_go_to_destinations() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    world.create(&function("sink", "faults.js")).await;
    let sink = "arn:aws:lambda:us-east-1:000000000000:function:sink";
    let destinations = DestinationConfig::builder()
        .on_success(OnSuccess::builder().destination(sink).build())
        .on_failure(OnFailure::builder().destination(sink).build())
        .build();
    world
        .lambda
        .put_function_event_invoke_config()
        .function_name("f")
        .maximum_retry_attempts(0)
        .destination_config(destinations)
        .send()
        .await
        .unwrap();
    world
        .send_event("f", json!({ "way": "throw", "message": "no" }))
        .await;
    world.send_event("f", json!({ "way": "ok" })).await;
    world.until_queue_is_empty().await;
    // The sink knows no way named by a record, so it fails, and its failures show what it got.
    let mut conditions: Vec<String> = world
        .platform
        .dead_letters()
        .iter()
        .map(|letter| letter.record["requestPayload"]["requestContext"]["condition"].to_string())
        .collect();
    conditions.sort();
    assert_eq!(conditions, [r#""RetriesExhausted""#, r#""Success""#]);
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_letter_for_a_queue_is_kept_and_said_to_be() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    world.create(&function("sink", "echo.js")).await;
    let queue = "arn:aws:sqs:us-east-1:000000000000:failed";
    let letters = |target: &str| {
        let config = DeadLetterConfig::builder().target_arn(target).build();
        let update = world.lambda.update_function_configuration();
        update.function_name("f").dead_letter_config(config)
    };
    assert!(letters("failed").send().await.is_err());
    letters(queue).send().await.unwrap();
    world.until_ready("f").await;
    let notices = world.platform.notices();
    assert!(
        notices.iter().any(|one| one.starts_with("`arn:aws:sqs:")),
        "{notices:?}"
    );
    // Beside a destination, as on AWS Lambda.
    let to = |arn: &str| {
        let failure = OnFailure::builder().destination(arn).build();
        let destinations = DestinationConfig::builder().on_failure(failure).build();
        let put = world.lambda.put_function_event_invoke_config();
        let put = put.function_name("f").maximum_retry_attempts(0);
        put.destination_config(destinations).send()
    };
    let refused = to(queue).await.unwrap_err();
    assert!(
        refused
            .message()
            .unwrap()
            .ends_with("is invalid. The local platform delivers to Lambda functions only.")
    );
    to("arn:aws:lambda:us-east-1:000000000000:function:sink")
        .await
        .unwrap();
    world
        .send_event("f", json!({ "way": "throw", "message": "no" }))
        .await;
    world.until_queue_is_empty().await;
    let found = world.platform.dead_letters();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].target.as_deref(), Some(queue));
    assert_eq!(found[0].record["requestPayload"]["message"], "no");
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_record_that_no_destination_takes_is_kept() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    world.create(&function("sink", "echo.js")).await;
    let sink = "arn:aws:lambda:us-east-1:000000000000:function:sink";
    let failure = OnFailure::builder().destination(sink).build();
    let put = world.lambda.put_function_event_invoke_config();
    put.function_name("f")
        .maximum_retry_attempts(0)
        .destination_config(DestinationConfig::builder().on_failure(failure).build())
        .send()
        .await
        .unwrap();
    let delete = world.lambda.delete_function().function_name("sink");
    delete.send().await.unwrap();
    world
        .send_event("f", json!({ "way": "throw", "message": "no" }))
        .await;
    world.until_queue_is_empty().await;
    assert_eq!(world.platform.dead_letters().len(), 1);
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_function_without_concurrency_drops_its_events_at_once() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    world
        .lambda
        .put_function_concurrency()
        .function_name("f")
        .reserved_concurrent_executions(0)
        .send()
        .await
        .unwrap();
    world.send_event("f", json!({})).await;
    world.until_queue_is_empty().await;
    let letters = world.platform.dead_letters();
    assert_eq!(letters[0].condition, "ZeroReservedConcurrency");
    assert_eq!(
        letters[0].record["requestContext"]["approximateInvokeCount"],
        0
    );
    assert_eq!(letters[0].record.get("responseContext"), None);
    world.platform.shutdown().await;
}

#[tokio::test]
async fn a_retry_that_would_come_too_late_is_not_waited_for() {
    let config = fusion_platform::PlatformConfig {
        retry_delays: [std::time::Duration::from_secs(90); 2],
        ..quick()
    };
    let world = World::with(config).await;
    world.create(&function("f", "faults.js")).await;
    world
        .lambda
        .put_function_event_invoke_config()
        .function_name("f")
        .maximum_event_age_in_seconds(60)
        .send()
        .await
        .unwrap();
    world
        .send_event("f", json!({ "way": "throw", "message": "no" }))
        .await;
    world.until_queue_is_empty().await;
    let letters = world.platform.dead_letters();
    assert_eq!(letters[0].condition, "EventAgeExceeded");
    assert_eq!(
        letters[0].record["requestContext"]["approximateInvokeCount"],
        1
    );
    world.platform.shutdown().await;
}

#[tokio::test]
async fn throttled_events_wait_until_there_is_room() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    world
        .lambda
        .put_function_concurrency()
        .function_name("f")
        .reserved_concurrent_executions(1)
        .send()
        .await
        .unwrap();
    for number in 0..6 {
        world.send_event("f", json!({ "number": number })).await;
    }
    world.until_queue_is_empty().await;
    assert_eq!(world.platform.dead_letters(), []);
    // One environment ran them all, one after another.
    assert_eq!(world.invoke("f", json!({})).await["invocations"], 7);
    world.platform.shutdown().await;
}

#[tokio::test]
async fn an_event_runs_what_its_alias_means_when_it_runs() {
    // Time enough to move the alias between the tries.
    let config = fusion_platform::PlatformConfig {
        retry_delays: [std::time::Duration::from_millis(700); 2],
        ..quick()
    };
    let world = World::with(config).await;
    world.create(&function("f", "faults.js")).await;
    world
        .lambda
        .publish_version()
        .function_name("f")
        .send()
        .await
        .unwrap();
    let create = world
        .lambda
        .create_alias()
        .function_name("f")
        .name("live")
        .function_version("1");
    create.send().await.unwrap();
    let config = world.lambda.update_function_code().function_name("f");
    let zip = Blob::new(crate::support::package("echo.js"));
    config.zip_file(zip).send().await.unwrap();
    world.until_ready("f").await;
    let configuration = world
        .lambda
        .update_function_configuration()
        .function_name("f");
    configuration.handler("echo.handler").send().await.unwrap();
    world.until_ready("f").await;
    world
        .lambda
        .publish_version()
        .function_name("f")
        .send()
        .await
        .unwrap();
    let id = world
        .send_event("f:live", json!({ "way": "throw", "message": "old" }))
        .await;
    // The first try fails in version 1; the retry meets version 2, which takes anything.
    until("the alias is moved", async || {
        let update = world.lambda.update_alias().function_name("f").name("live");
        update.function_version("2").send().await.is_ok()
    })
    .await;
    world.until_queue_is_empty().await;
    assert_eq!(world.platform.dead_letters(), [], "{id}");
    world.platform.shutdown().await;
}
