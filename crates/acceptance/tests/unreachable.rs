//! Nothing answers in CloudWatch's place: a plan warns, and destroying works.

use anyhow::Result;
use fusion_acceptance::{Host, Outcome, World, requests, under_both_hosts};
use serde_json::json;

under_both_hosts!(destroy_works_while_cloudwatch_is_down);

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
