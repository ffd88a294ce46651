//! Functions from their creation on: their states, and what is refused.

use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use fusion_platform::PlatformConfig;

use crate::support::{ARN, World, expect, package, quick, refusal};

#[tokio::test]
async fn a_function_is_pending_then_active_and_its_revisions_change() {
    let world = World::with(PlatformConfig {
        // Long enough for what is asked meanwhile, also on a busy machine.
        update_duration: Duration::from_millis(1500),
        ..quick()
    })
    .await;
    let created = world
        .lambda
        .create_function()
        .function_name("f")
        .runtime(Runtime::Nodejs22x)
        .role("arn:aws:iam::000000000000:role/any")
        .handler("echo.handler")
        .code(
            FunctionCode::builder()
                .zip_file(Blob::new(package("echo.js")))
                .build(),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(created.state().unwrap().as_str(), "Pending");
    assert_eq!(
        created.state_reason(),
        Some("The function is being created.")
    );
    assert_eq!(created.last_update_status(), None);
    assert_eq!(
        (created.timeout(), created.memory_size()),
        (Some(3), Some(128))
    );
    assert_eq!(created.function_arn(), Some(ARN));
    assert!(created.environment().is_none());
    let early = world.lambda.invoke().function_name("f").send().await;
    assert_eq!(refusal(early).1, "ResourceConflictException");
    world.until_ready("f").await;
    let update = || {
        world
            .lambda
            .update_function_configuration()
            .function_name("f")
            .timeout(7)
    };
    let updated = update().send().await.unwrap();
    assert_eq!(updated.last_update_status().unwrap().as_str(), "InProgress");
    assert_ne!(updated.revision_id(), created.revision_id());
    let text = format!(
        "The operation cannot be performed at this time. An update is in progress for resource: {ARN}"
    );
    expect(
        refusal(update().send().await),
        409,
        "ResourceConflictException",
        &text,
    );
    let publish = world
        .lambda
        .publish_version()
        .function_name("f")
        .send()
        .await;
    assert_eq!(refusal(publish).0, 409);
    world.until_ready("f").await;
    let settled = world
        .lambda
        .get_function_configuration()
        .function_name("f")
        .send()
        .await
        .unwrap();
    assert_eq!(settled.timeout(), Some(7));
    assert_ne!(settled.revision_id(), updated.revision_id());
    let stale = update()
        .revision_id(updated.revision_id().unwrap())
        .send()
        .await;
    assert_eq!(refusal(stale).1, "PreconditionFailedException");
    world.platform.shutdown().await;
}

#[tokio::test]
async fn what_is_not_there_is_named_in_full() {
    let world = World::start().await;
    let text = format!("Function not found: {ARN}");
    let get = world.lambda.get_function().function_name("f").send().await;
    expect(refusal(get), 404, "ResourceNotFoundException", &text);
    let delete = world
        .lambda
        .delete_function()
        .function_name("f")
        .send()
        .await;
    expect(refusal(delete), 404, "ResourceNotFoundException", &text);
    let invoke = world.lambda.invoke().function_name("f").send().await;
    let text = format!("Function not found: {ARN}:$LATEST");
    expect(refusal(invoke), 404, "ResourceNotFoundException", &text);
    let qualified = world
        .lambda
        .get_function()
        .function_name("f:live")
        .send()
        .await;
    assert_eq!(
        refusal(qualified).2,
        format!("Function not found: {ARN}:live")
    );
    world.platform.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_the_words_of_the_service() {
    let world = World::start().await;
    let create = |zip: Vec<u8>| {
        world
            .lambda
            .create_function()
            .function_name("f")
            .runtime(Runtime::Nodejs22x)
            .role("arn:aws:iam::000000000000:role/any")
            .handler("echo.handler")
            .code(FunctionCode::builder().zip_file(Blob::new(zip)).build())
    };
    let zip = || package("echo.js");
    let bad = refusal(create(b"no zip".to_vec()).send().await);
    assert!(
        bad.2.starts_with("Could not unzip uploaded file."),
        "{bad:?}"
    );
    let role = refusal(create(zip()).role("me").send().await);
    assert!(
        role.2
            .starts_with("1 validation error detected: Value 'me' at 'role'"),
        "{role:?}"
    );
    let runtime = refusal(
        create(zip())
            .runtime(Runtime::from("cobol1.x"))
            .send()
            .await,
    );
    assert!(
        runtime.2.starts_with("Value cobol1.x at 'runtime' failed"),
        "{runtime:?}"
    );
    let retired = refusal(create(zip()).runtime(Runtime::Nodejs16x).send().await);
    assert!(
        retired
            .2
            .starts_with("The runtime parameter of nodejs16.x is no longer"),
        "{retired:?}"
    );
    let both = refusal(create(zip()).memory_size(64).timeout(1000).send().await);
    assert!(
        both.2.starts_with("2 validation errors detected: "),
        "{both:?}"
    );
    let large = "x".repeat(4096);
    let variables = aws_sdk_lambda::types::Environment::builder()
        .variables("NAME", large)
        .build();
    let large = refusal(create(zip()).environment(variables).send().await);
    assert!(
        large
            .2
            .contains("exceeded the 4KB limit. String measured: {\"NAME\""),
        "{large:?}"
    );
    let long = refusal(create(zip()).function_name("x".repeat(65)).send().await);
    assert_eq!(
        (long.0, long.1.as_str()),
        (400, "InvalidParameterValueException")
    );
    create(zip()).send().await.unwrap();
    let text = "Function already exist: f";
    expect(
        refusal(create(zip()).send().await),
        409,
        "ResourceConflictException",
        text,
    );
    world.platform.shutdown().await;
}
