//! An application from its first apply to its destruction, without any change of setup.

use anyhow::Result;
use fusion_acceptance::state::planned;
use fusion_acceptance::{Host, Outcome, World, requests, under_both_hosts};
use serde_json::{Value, json};

under_both_hosts!(
    first_plan_is_known_and_second_is_empty,
    changed_source_publishes_only_what_carries_it,
    pending_dependency_defers_the_setup_and_changes_nothing,
    destroy_works_while_cloudwatch_is_down,
);

/// The first setup needs no metrics, so nothing about the groups is left to the apply.
async fn first_plan_is_known_and_second_is_empty(host: Host) -> Result<()> {
    let world = World::start(host, "pair").await?;
    let plan = world.plan_json(&[]).await?;
    let setup = planned(&plan, "fusion_setup")?;
    assert_eq!(
        setup["after"]["notation"],
        "(audit)@128-(front)@128-(price)@128"
    );
    assert_eq!(
        setup["after_unknown"],
        known_everywhere(&setup["after_unknown"]),
        "{setup:#}"
    );

    world.apply().await?;
    let outcome = world.plan(&[]).await?;
    assert_eq!(outcome.code, 0, "{}", outcome.text);
    assert_eq!(world.setup().await?.phase, "initial");

    let client = requests::client(&world.platform);
    let answer = requests::invoke(&client, "pair-front", &json!({ "order": 4 })).await?;
    assert_eq!(answer, json!({ "order": 4, "price": 8 }));
    Ok(())
}

/// A task alone in its function is published when its source changes, and nobody else.
async fn changed_source_publishes_only_what_carries_it(host: Host) -> Result<()> {
    let world = World::start(host, "pair").await?;
    world.apply().await?;
    let before = world.setup().await?;
    world.edit("app/tasks/price/handler.js", "order * 2", "order * 3")?;
    world.apply().await?;
    let after = world.setup().await?;
    assert_eq!(after.changed_releases(&before), ["price"]);
    assert_eq!(after.notation, before.notation);

    let client = requests::client(&world.platform);
    assert_eq!(requests::versions(&client, "pair-price").await?, 2);
    assert_eq!(requests::versions(&client, "pair-front").await?, 1);
    let answer = requests::invoke(&client, "pair-front", &json!({ "order": 4 })).await?;
    assert_eq!(answer, json!({ "order": 4, "price": 12 }));
    Ok(())
}

/// A `depends_on` with a pending change defers the sources, so that the groups are unknown
/// in the plan; the apply then publishes nothing that did not really change.
async fn pending_dependency_defers_the_setup_and_changes_nothing(host: Host) -> Result<()> {
    let world = World::start(host, "pair").await?;
    world.edit(
        "stack/main.tf",
        "pinned_setup = var.pinned_setup",
        "pinned_setup = var.pinned_setup\n  depends_on   = [terraform_data.before]",
    )?;
    let dependency = |input: &str| {
        std::fs::write(
            world.path("stack/before.tf"),
            format!("resource \"terraform_data\" \"before\" {{\n  input = \"{input}\"\n}}\n"),
        )
    };
    dependency("one")?;
    world.init().await?;
    world.apply().await?;
    let before = world.setup().await?;

    dependency("two")?;
    let plan = world.plan_json(&[]).await?;
    let setup = planned(&plan, "fusion_setup")?;
    assert_eq!(setup["after_unknown"]["groups"], json!(true), "{setup:#}");
    let applied = world.apply().await?;
    assert!(
        applied.text.contains("Setup is decided in the apply"),
        "{}",
        applied.text
    );
    let after = world.setup().await?;
    assert_eq!(after, before);
    let client = requests::client(&world.platform);
    for function in ["pair-front", "pair-price", "pair-audit"] {
        let listed = client
            .list_versions_by_function()
            .function_name(function)
            .send()
            .await?;
        assert_eq!(
            listed.versions().len(),
            2,
            "{function}: $LATEST and one version"
        );
    }
    assert_eq!(world.plan(&[]).await?.code, 0);
    Ok(())
}

/// Neither a plan nor destroying needs new evidence: a CloudWatch that cannot be reached is a
/// warning of the plan. (The hosts show no warnings of the refresh before a destruction.)
async fn destroy_works_while_cloudwatch_is_down(host: Host) -> Result<()> {
    let world = World::start(host, "pair").await?;
    world.apply().await?;
    let client = requests::client(&world.platform);
    requests::invoke(&client, "pair-front", &json!({ "order": 4 })).await?;

    let plan = blind(&world, &["plan", "-detailed-exitcode"]).await?;
    assert_eq!(plan.code, 0, "{}", plan.text);
    assert!(
        plan.text.contains("Application not observed"),
        "{}",
        plan.text
    );
    let destroyed = blind(&world, &["destroy", "-auto-approve"])
        .await?
        .success()?;
    assert!(
        destroyed.text.contains("Destroy complete!"),
        "{}",
        destroyed.text
    );
    assert!(client.list_functions().send().await?.functions().is_empty());
    Ok(())
}

/// Runs the host where nothing answers in CloudWatch's place.
async fn blind(world: &World, arguments: &[&str]) -> Result<Outcome> {
    let mut command = world.command(&[arguments, &["-no-color", "-input=false"]].concat());
    command.env("AWS_ENDPOINT_URL_CLOUDWATCH", "http://127.0.0.1:9");
    Ok(Outcome::from(&command.output().await?))
}

/// The same tree of marks with every mark removed: what `after_unknown` is if all is known.
fn known_everywhere(marks: &Value) -> Value {
    match marks {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), known_everywhere(value)))
            .collect(),
        Value::Array(items) => items.iter().map(known_everywhere).collect(),
        _ => json!(false),
    }
}
