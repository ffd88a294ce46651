//! Functions, versions, aliases and their settings in the forms and words of the service.

use std::time::Duration;

use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{AliasRoutingConfiguration, FunctionCode, Runtime};
use fusion_platform::PlatformConfig;

use crate::support::{World, function, package, quick};

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// Status, code and text of a refusal.
fn refusal<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(
    answer: Result<T, SdkError<E>>,
) -> (u16, String, String) {
    let error = answer.unwrap_err();
    let status = error.raw_response().unwrap().status().as_u16();
    (
        status,
        error.code().unwrap().to_owned(),
        error.message().unwrap().to_owned(),
    )
}

fn expect((found, kind, message): (u16, String, String), status: u16, code: &str, text: &str) {
    assert_eq!(
        (found, kind.as_str(), message.as_str()),
        (status, code, text)
    );
}

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
async fn publishing_what_was_published_gives_that_version() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let publish = |text: &str| {
        world
            .lambda
            .publish_version()
            .function_name("f")
            .description(text)
    };
    let first = publish("one").send().await.unwrap();
    let again = publish("two").send().await.unwrap();
    assert_eq!((first.version(), again.version()), (Some("1"), Some("1")));
    assert_eq!(again.description(), Some("one"));
    assert_eq!(again.revision_id(), first.revision_id());
    world
        .lambda
        .update_function_configuration()
        .function_name("f")
        .timeout(9)
        .send()
        .await
        .unwrap();
    world.until_ready("f").await;
    let second = publish("two").send().await.unwrap();
    assert_eq!(
        (second.version(), second.description()),
        (Some("2"), Some("two"))
    );
    assert_eq!(second.function_arn(), Some(format!("{ARN}:2").as_str()));
    let wrong = world
        .lambda
        .publish_version()
        .function_name("f")
        .code_sha256("x")
        .send()
        .await;
    assert!(
        refusal(wrong)
            .2
            .starts_with("CodeSHA256 (x) is different from current CodeSHA256")
    );
    let listed = world
        .lambda
        .list_versions_by_function()
        .function_name("f")
        .send()
        .await
        .unwrap();
    let versions: Vec<_> = listed
        .versions()
        .iter()
        .filter_map(|one| one.version())
        .collect();
    assert_eq!(versions, ["$LATEST", "1", "2"]);
    let page = world
        .lambda
        .list_versions_by_function()
        .function_name("f")
        .max_items(2);
    let page = page.send().await.unwrap();
    assert_eq!(page.versions().len(), 2);
    let rest = world.lambda.list_versions_by_function().function_name("f");
    let rest = rest
        .marker(page.next_marker().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!((rest.versions().len(), rest.next_marker()), (1, None));
    world.platform.shutdown().await;
}

#[tokio::test]
async fn aliases_point_weigh_and_protect_their_versions() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    world
        .lambda
        .publish_version()
        .function_name("f")
        .send()
        .await
        .unwrap();
    world
        .lambda
        .update_function_configuration()
        .function_name("f")
        .timeout(9)
        .send()
        .await
        .unwrap();
    world.until_ready("f").await;
    world
        .lambda
        .publish_version()
        .function_name("f")
        .send()
        .await
        .unwrap();
    let create = || {
        world
            .lambda
            .create_alias()
            .function_name("f")
            .name("live")
            .function_version("1")
    };
    let alias = create().send().await.unwrap();
    assert_eq!(alias.alias_arn(), Some(format!("{ARN}:live").as_str()));
    assert_eq!(alias.description(), Some(""));
    let text = format!("Alias already exists: {ARN}:live");
    expect(
        refusal(create().send().await),
        409,
        "ResourceConflictException",
        &text,
    );
    let routing = |version: &str, weight: f64| {
        AliasRoutingConfiguration::builder()
            .additional_version_weights(version, weight)
            .build()
    };
    let update = || world.lambda.update_alias().function_name("f").name("live");
    let weighted = update()
        .routing_config(routing("2", 0.5))
        .send()
        .await
        .unwrap();
    assert_eq!(weighted.function_version(), Some("1"));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..40 {
        let answer = world.invoke("f:live", serde_json::json!({})).await;
        seen.insert(answer["version"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["1", "2"]);
    let same = update().routing_config(routing("1", 0.5)).send().await;
    assert!(refusal(same).2.starts_with("Invalid function version 1."));
    let above = update().routing_config(routing("2", 1.5)).send().await;
    assert_eq!(refusal(above).1, "ValidationException");
    let text = format!("Function not found: {ARN}:7");
    let missing = update().function_version("7").send().await;
    expect(refusal(missing), 404, "ResourceNotFoundException", &text);
    let used = world
        .lambda
        .delete_function()
        .function_name("f")
        .qualifier("1")
        .send()
        .await;
    let text = "Unable to delete version because the following aliases reference it: [live]";
    expect(refusal(used), 409, "ResourceConflictException", text);
    world
        .lambda
        .delete_alias()
        .function_name("f")
        .name("live")
        .send()
        .await
        .unwrap();
    world
        .lambda
        .delete_alias()
        .function_name("f")
        .name("live")
        .send()
        .await
        .unwrap();
    world
        .lambda
        .delete_function()
        .function_name("f")
        .qualifier("1")
        .send()
        .await
        .unwrap();
    let text = format!("Cannot find alias arn: {ARN}:live");
    let gone = world
        .lambda
        .get_alias()
        .function_name("f")
        .name("live")
        .send()
        .await;
    expect(refusal(gone), 404, "ResourceNotFoundException", &text);
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

#[tokio::test]
async fn tags_concurrency_and_event_settings() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    world
        .lambda
        .tag_resource()
        .resource(ARN)
        .tags("a", "1")
        .tags("b", "2")
        .send()
        .await
        .unwrap();
    world
        .lambda
        .untag_resource()
        .resource(ARN)
        .tag_keys("a")
        .tag_keys("c")
        .send()
        .await
        .unwrap();
    let tags = world.lambda.list_tags().resource(ARN).send().await.unwrap();
    assert_eq!(tags.tags().unwrap().len(), 1);
    let qualified = world
        .lambda
        .list_tags()
        .resource(format!("{ARN}:1"))
        .send()
        .await;
    assert!(
        refusal(qualified)
            .2
            .starts_with("Tags on function aliases and versions")
    );

    let put = |number| {
        let put = world.lambda.put_function_concurrency().function_name("f");
        put.reserved_concurrent_executions(number).send()
    };
    let much = refusal(put(901).await);
    assert!(
        much.2.ends_with("below its minimum value of [100]."),
        "{much:?}"
    );
    put(0).await.unwrap();
    let throttled = refusal(world.lambda.invoke().function_name("f").send().await);
    expect(throttled, 429, "TooManyRequestsException", "Rate Exceeded.");
    world
        .lambda
        .delete_function_concurrency()
        .function_name("f")
        .send()
        .await
        .unwrap();
    world.invoke("f", serde_json::json!({})).await;

    let set = || {
        world
            .lambda
            .put_function_event_invoke_config()
            .function_name("f")
    };
    let nothing = refusal(set().send().await);
    assert!(
        nothing.2.starts_with("You must specify at least one"),
        "{nothing:?}"
    );
    let config = set().maximum_retry_attempts(1).send().await.unwrap();
    assert_eq!(
        config.function_arn(),
        Some(format!("{ARN}:$LATEST").as_str())
    );
    let update = world
        .lambda
        .update_function_event_invoke_config()
        .function_name("f");
    let merged = update
        .maximum_event_age_in_seconds(60)
        .send()
        .await
        .unwrap();
    assert_eq!(merged.maximum_retry_attempts(), Some(1));
    world
        .lambda
        .delete_function_event_invoke_config()
        .function_name("f")
        .send()
        .await
        .unwrap();
    let gone = world
        .lambda
        .get_function_event_invoke_config()
        .function_name("f")
        .send()
        .await;
    let text = format!("The function {ARN}:$LATEST doesn't have an EventInvokeConfig");
    expect(refusal(gone), 404, "ResourceNotFoundException", &text);
    let signing = world
        .lambda
        .get_function_code_signing_config()
        .function_name("f")
        .send()
        .await;
    assert_eq!(signing.unwrap().code_signing_config_arn(), "");
    world.platform.shutdown().await;
}

#[tokio::test]
async fn permissions_are_kept_by_qualifier() {
    let world = World::start().await;
    world.create(&function("f", "echo.js")).await;
    let add = || {
        let add = world
            .lambda
            .add_permission()
            .function_name("f")
            .statement_id("s");
        add.action("lambda:InvokeFunction")
            .principal("s3.amazonaws.com")
    };
    let added = add().send().await.unwrap();
    assert!(
        added
            .statement()
            .unwrap()
            .contains(r#""Principal":{"Service":"s3.amazonaws.com"}"#)
    );
    assert!(
        refusal(add().send().await)
            .2
            .starts_with("The statement id (s) provided already exists")
    );
    let policy = world
        .lambda
        .get_policy()
        .function_name("f")
        .send()
        .await
        .unwrap();
    assert!(
        policy
            .policy()
            .unwrap()
            .starts_with(r#"{"Version":"2012-10-17","Id":"default""#)
    );
    world
        .lambda
        .remove_permission()
        .function_name("f")
        .statement_id("s")
        .send()
        .await
        .unwrap();
    let none = refusal(world.lambda.get_policy().function_name("f").send().await);
    expect(
        none,
        404,
        "ResourceNotFoundException",
        "The resource you requested does not exist.",
    );
    world.platform.shutdown().await;
}
