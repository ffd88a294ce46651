//! Requests at their limits, and just beyond.

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;

use crate::support::{World, expect, function, refusal};

const SYNC_BYTES: usize = 6_291_456;
const ASYNC_BYTES: usize = 1_048_576;

/// An event of so many bytes, which a function answers shortly.
fn event(bytes: usize) -> Blob {
    let (start, end) = (r#"{"way":"ok","rest":""#, r#""}"#);
    let rest = "x".repeat(bytes - start.len() - end.len());
    Blob::new(format!("{start}{rest}{end}"))
}

#[tokio::test]
async fn events_may_be_as_long_as_the_service_says_and_no_longer() {
    let world = World::start().await;
    world.create(&function("f", "faults.js")).await;
    let invoke = |kind: &str, bytes| {
        let invoke = world.lambda.invoke().function_name("f");
        let invoke = invoke.invocation_type(InvocationType::from(kind));
        invoke.payload(event(bytes)).send()
    };
    let most = invoke("RequestResponse", SYNC_BYTES).await.unwrap();
    assert_eq!(most.function_error(), None);
    let refused = refusal(invoke("RequestResponse", SYNC_BYTES + 1).await);
    let text = "Request must be smaller than 6291456 bytes for the InvokeFunction operation";
    expect(refused, 413, "RequestEntityTooLargeException", text);
    let most = invoke("Event", ASYNC_BYTES).await.unwrap();
    assert_eq!(most.status_code(), 202);
    let refused = refusal(invoke("Event", ASYNC_BYTES + 1).await);
    let text =
        "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)";
    expect(refused, 413, "RequestEntityTooLargeException", text);
    world.until_queue_is_empty().await;
    assert_eq!(world.platform.dead_letters(), []);
    world.platform.shutdown().await;
}
