//! What dies in the middle of an apply, and the apply that follows.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aws_sdk_lambda::Client;
use fusion_acceptance::{Host, World, kill, requests, under_both_hosts};
use serde_json::json;
use tokio::time::{sleep, timeout};

under_both_hosts!(
    killed_provider_is_followed_by_an_apply_that_converges,
    killed_provider_in_a_regrouping_is_followed_by_an_apply_that_converges,
);

/// The provider dies as soon as the first function exists: some functions are there that no
/// state knows. The next apply adopts them, and the one after has nothing to do.
async fn killed_provider_is_followed_by_an_apply_that_converges(host: Host) -> Result<()> {
    let world = World::start(host, "pair").await?;
    let client = requests::client(&world.platform);
    let first_function = async || !functions(&client).await.is_empty();
    kill_while_applying(&world, &[], first_function).await?;

    world.apply().await?;
    let answer = requests::invoke(&client, "pair-front", &json!({ "order": 4 })).await?;
    assert_eq!(answer, json!({ "order": 4, "price": 8 }));
    let plan = world.plan(&[]).await?;
    assert_eq!(plan.code, 0, "{}", plan.text);
    Ok(())
}

/// The provider dies when the first version of a new setup is published, before its alias has
/// moved. Requests are answered all the time; the next apply does the rest.
async fn killed_provider_in_a_regrouping_is_followed_by_an_apply_that_converges(
    host: Host,
) -> Result<()> {
    let world = World::start(host, "pair").await?;
    world.apply().await?;
    let client = requests::client(&world.platform);
    let pinned = "-var=pinned_setup=(audit)@256-(front,price)@256";
    let new_version = async || {
        let [audit, front] =
            ["pair-audit", "pair-front"].map(|name| requests::versions(&client, name));
        let (audit, front) = tokio::join!(audit, front);
        audit.unwrap_or_default() + front.unwrap_or_default() > 2
    };
    kill_while_applying(&world, &[pinned], new_version).await?;
    let answer = requests::invoke(&client, "pair-front", &json!({ "order": 4 })).await?;
    assert_eq!(answer, json!({ "order": 4, "price": 8 }));

    world.try_apply(&[pinned]).await?.success()?;
    let served = client
        .get_function_configuration()
        .function_name("pair-front");
    let served = served.qualifier("live").send().await?;
    assert_eq!(served.memory_size(), Some(256));
    let answer = requests::invoke(&client, "pair-front", &json!({ "order": 5 })).await?;
    assert_eq!(answer, json!({ "order": 5, "price": 10 }));
    let plan = world.plan(&[pinned]).await?;
    assert_eq!(plan.code, 0, "{}", plan.text);
    Ok(())
}

/// Applies, kills the provider as soon as `when` holds, and wants the apply to have failed.
async fn kill_while_applying(
    world: &World,
    further: &[&str],
    when: impl AsyncFn() -> bool,
) -> Result<()> {
    let arguments = [
        "apply",
        "-auto-approve",
        "-no-color",
        "-input=false",
        "-parallelism=1",
    ];
    let apply = world
        .command(&[&arguments, further].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let host_pid = apply.id().context("the apply ended at once")?;
    let kill_in_time = async {
        while !when().await {
            sleep(Duration::from_millis(5)).await;
        }
        kill::providers(host_pid)
    };
    timeout(Duration::from_secs(60), kill_in_time).await??;
    let output = apply.wait_with_output().await?;
    ensure!(!output.status.success(), "the apply survived its provider");
    Ok(())
}

/// The names of all functions.
async fn functions(client: &Client) -> Vec<String> {
    let listed = client.list_functions().send().await;
    let listed = listed
        .map(|answer| answer.functions().to_vec())
        .unwrap_or_default();
    listed
        .iter()
        .filter_map(|one| one.function_name().map(str::to_owned))
        .collect()
}
