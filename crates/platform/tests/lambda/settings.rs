//! What belongs to a function beside its code: tags, concurrency, the treatment of events, permissions.

use crate::support::{ARN, World, expect, function, refusal};

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
