//! Versions and the aliases that point to them.

use aws_sdk_lambda::types::AliasRoutingConfiguration;

use crate::support::{ARN, World, expect, function, refusal};

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
