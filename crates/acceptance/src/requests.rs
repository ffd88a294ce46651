//! Requests to functions of a platform, as a client outside of AWS would send them.
//!
//! Owns the client, an open loop, and the waiting for what was measured; the tests judge the
//! answers. Uses the AWS SDK itself, not the project's own client, so that it is an independent
//! party.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_lambda::primitives::Blob;
use fusion_platform::Platform;
use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// The runtime writes its measurements within this time on the platform (1 s), with the
/// next invocation of the same environment at the latest.
const FLUSH: Duration = Duration::from_millis(1200);
/// Requests at a time, where their number matters and not their rate.
const AT_ONCE: usize = 2;
/// Requests after the measured ones, with which the last measurements are written.
const FLUSHING: usize = 5;

/// A Lambda client of the platform. It retries nothing: a lost request has to show.
pub fn client(platform: &Platform) -> Client {
    let credentials = Credentials::new(
        platform.access_key(),
        platform.secret_key(),
        None,
        None,
        "acceptance",
    );
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(platform.endpoint())
        .credentials_provider(credentials)
        .retry_config(aws_sdk_lambda::config::retry::RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

/// Invokes a function's `live` and waits for its answer; a function error is an error.
pub async fn invoke(client: &Client, function: &str, event: &Value) -> Result<Value> {
    let answer = client
        .invoke()
        .function_name(function)
        .qualifier("live")
        .payload(Blob::new(event.to_string()))
        .send()
        .await
        .with_context(|| format!("invoking {function}"))?;
    let payload = answer
        .payload()
        .map(|blob| blob.as_ref().to_vec())
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&payload);
    if answer.function_error().is_some() {
        bail!("{function} answered with an error: {text}");
    }
    Ok(serde_json::from_str(&text)?)
}

/// Sends `count` requests at a fixed rate, without waiting for one before the next, and
/// gives back each one's outcome in the order of sending.
pub async fn open_loop(
    client: &Client,
    function: &str,
    per_second: f64,
    count: usize,
    event: impl Fn(usize) -> Value,
) -> Vec<Result<Value>> {
    let mut clock = interval(Duration::from_secs_f64(1.0 / per_second));
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut running = JoinSet::new();
    for index in 0..count {
        clock.tick().await;
        let (client, function, event) = (client.clone(), function.to_owned(), event(index));
        running.spawn(async move { (index, invoke(&client, &function, &event).await) });
    }
    let mut outcomes = running.join_all().await;
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Sends `count` requests at a fixed rate, at most [`AT_ONCE`] at a time, and gives back each one's
/// outcome in the order of sending. Every request that finds no environment starts one: on a
/// machine that is too slow for the rate, more at a time would only make it slower.
pub async fn paced(
    client: &Client,
    function: &str,
    per_second: f64,
    count: usize,
    event: impl Fn(usize) -> Value,
) -> Vec<Result<Value>> {
    let mut clock = interval(Duration::from_secs_f64(1.0 / per_second));
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let ticks = stream::unfold(clock, async |mut clock| Some((clock.tick().await, clock)));
    ticks
        .take(count)
        .enumerate()
        .map(|(index, _)| {
            let event = event(index);
            async move { invoke(client, function, &event).await }
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// [`paced`] requests after which everything is written that was measured of them.
pub async fn measured(
    client: &Client,
    function: &str,
    per_second: f64,
    count: usize,
    event: impl Fn(usize) -> Value,
) -> Result<Vec<Result<Value>>> {
    let outcomes = paced(client, function, per_second, count, &event).await;
    sleep(FLUSH).await;
    for outcome in paced(client, function, per_second, FLUSHING, &event).await {
        outcome?;
    }
    sleep(FLUSH).await;
    Ok(outcomes)
}

/// Waits for the next whole minute and two seconds. CloudWatch counts by minutes, so what is
/// measured of a new setup, some of whose functions served the one before, counts from there.
pub async fn next_minute() -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let left_ms = 62_000 - u64::try_from(now % 60_000)?;
    sleep(Duration::from_millis(left_ms)).await;
    Ok(())
}

/// How many versions of a function are published.
pub async fn versions(client: &Client, function: &str) -> Result<usize> {
    let list = client.list_versions_by_function().function_name(function);
    let listed = list.send().await?;
    let all = listed.versions().iter();
    Ok(all.filter(|one| one.version() != Some("$LATEST")).count())
}
