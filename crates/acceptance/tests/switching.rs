//! Setups change while requests come in and events wait: nothing is lost, nothing differs.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aws_sdk_lambda::Client;
use fusion_acceptance::{Host, World, requests, under_both_hosts};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::sleep;

under_both_hosts!(no_request_and_no_event_is_lost_while_setups_change);

/// Requests a second, and how long they go on.
const RATE: f64 = 50.0;
const SECONDS: usize = 30;

/// Setups that the application is switched to while it serves. Each moves the aliases of
/// `front` and `audit`.
const SWITCHES: [&str; 3] = [
    "(audit)@512-(front,price)@1769",
    "(audit)@1024-(front)@1024-(price)@512",
    "(audit)@512-(front,price)@1769",
];

/// How long the audit of an order takes: one execution at a time does half of what comes in.
const AUDIT_MS: u64 = 40;

/// One host at a time: two such loads at once are more than two processors can serve.
static ALONE: Mutex<()> = Mutex::const_new(());

async fn no_request_and_no_event_is_lost_while_setups_change(host: Host) -> Result<()> {
    let _alone = ALONE.lock().await;
    let world = World::start(host, "pair").await?;
    pin(&world, "(audit)@1024-(front)@1024-(price)@1024")?;
    world.apply().await?;
    let client = requests::client(&world.platform);
    let ledger = world.path("ledger");
    let audit = json!({ "mode": "now", "ledger": ledger, "audit_ms": AUDIT_MS });
    let event = |order: usize| {
        let mut event = audit.clone();
        event["order"] = json!(order);
        event
    };

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small whole number"
    )]
    let count = RATE as usize * SECONDS;
    let load = requests::open_loop(&client, "pair-front", RATE, count, event);
    let switches = async {
        for notation in SWITCHES {
            sleep(Duration::from_secs(3)).await;
            switch_with_waiting_events(&world, &client, notation).await?;
        }
        anyhow::Ok(())
    };
    let (outcomes, applied) = tokio::join!(load, switches);
    applied?;
    for (order, outcome) in outcomes.into_iter().enumerate() {
        let answer = outcome.with_context(|| format!("request {order} of {count}"))?;
        assert_eq!(answer, json!({ "order": order, "price": order * 2 }));
    }
    every_event_is_handled(&ledger, count).await
}

/// Applies a setup while events wait in the queue: audits run one at a time from a second before
/// the apply until it is over.
async fn switch_with_waiting_events(world: &World, client: &Client, notation: &str) -> Result<()> {
    let one = client
        .put_function_concurrency()
        .function_name("pair-audit")
        .reserved_concurrent_executions(1);
    one.send().await?;
    sleep(Duration::from_secs(1)).await;
    pin(world, notation)?;
    ensure!(!world.platform.is_queue_empty(), "no event waits before");
    world.apply().await?;
    ensure!(!world.platform.is_queue_empty(), "no event waits after");
    let free = client.delete_function_concurrency();
    free.function_name("pair-audit").send().await?;

    let now = world.setup().await?;
    ensure!(now.phase == "pinned", "{} is {}", now.notation, now.phase);
    let fused = now.groups["front"].contains(&"price".to_owned());
    ensure!(
        fused == notation.contains("(front,price)"),
        "{}",
        now.notation
    );
    Ok(())
}

/// Waits until the ledger has each order; at least once is what Lambda promises.
async fn every_event_is_handled(ledger: &std::path::Path, count: usize) -> Result<()> {
    let mut handled = BTreeSet::new();
    for _ in 0..120 {
        let text = fs::read_to_string(ledger).unwrap_or_default();
        handled = text
            .lines()
            .filter_map(|line| line.parse::<usize>().ok())
            .collect();
        if handled.len() == count {
            return Ok(());
        }
        sleep(Duration::from_millis(500)).await;
    }
    let missing: Vec<usize> = (0..count)
        .filter(|order| !handled.contains(order))
        .collect();
    anyhow::bail!("{} events were never handled: {missing:?}", missing.len())
}

/// Pins the stack's setup by the module's variable.
fn pin(world: &World, notation: &str) -> Result<()> {
    let stack = format!("pinned_setup = \"{notation}\"\n");
    fs::write(world.path("stack/terraform.tfvars"), stack)?;
    Ok(())
}
