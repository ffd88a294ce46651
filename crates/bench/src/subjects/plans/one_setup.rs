//! A stack of one `fusion_setup` and nothing else: how long its plans take, and how often they
//! ask CloudWatch.

use anyhow::{Context, Result};
use fusion_acceptance::World;
use fusion_acceptance::requests::next_minute;

use super::projected::Deployed;
use super::timing::{Finds, plans_s};
use crate::counting::Counting;
use crate::figure::Figure;
use crate::statistics::as_number;
use crate::subjects::Settings;

const GOAL_S: f64 = 1.0;
/// Queries that one call of CloudWatch takes.
const QUERIES_A_CALL: usize = 500;

const ARGUMENTS: [&str; 16] = [
    "alias",
    "apart",
    "application",
    "fusion_runtime_sha256",
    "initial",
    "inline_async",
    "memory_sizes_mb",
    "mode",
    "objective",
    "observation",
    "pinned_setup",
    "pricing",
    "sources",
    "tasks",
    "telemetry_budget",
    "together",
];

/// Measures first plans, plans without a change, and what the latter ask.
pub async fn measure(
    world: &mut World,
    deployed: &Deployed,
    settings: Settings,
) -> Result<Vec<Figure>> {
    let setup = deployed.instances("fusion_setup", &ARGUMENTS)?;
    let tasks = setup[0].arguments["tasks"].as_object();
    let tasks = tasks.context("the setup has no tasks")?.len();
    deployed.write(world, "setup", "fusion_setup", &setup)?;
    world.enter("setup").await?;
    let runs = settings.choose(2, 5);
    let first = plans_s(world, Finds::Everything, runs).await?;
    let unchanged = plans_s(world, Finds::Nothing, runs).await?;
    let counting = Counting::start(world.platform.endpoint()).await?;
    let endpoint = std::mem::replace(&mut world.endpoint, counting.endpoint.clone());
    plans_s(world, Finds::Nothing, 1).await?;
    let mut asked = counting.take();
    if asked.queries == 0 {
        // CloudWatch counts by whole minutes: nothing is asked of the one of the apply.
        next_minute().await?;
        plans_s(world, Finds::Nothing, 1).await?;
        asked = counting.take();
    }
    world.endpoint = endpoint;
    world.look_at("app", "stack");

    let host = world.host.name();
    let how = format!(
        "Median of {runs} runs of `{host} plan` on a stack of nothing but a `fusion_setup` of \
         {tasks} tasks, with literal arguments, start of the host included."
    );
    let name = |kind: &str| format!("{kind}: one fusion_setup of {tasks} tasks");
    let calls = asked.requests.get("GetMetricData").copied().unwrap_or(0);
    let needed = asked.queries.div_ceil(QUERIES_A_CALL);
    let others: Vec<String> = asked
        .requests
        .iter()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    Ok(vec![
        Figure::of(
            &name("first plan"),
            &first,
            "s",
            format!("{how} Nothing is deployed."),
        )
        .at_most(GOAL_S)
        .because(BECAUSE),
        Figure::of(
            &name("plan without a change"),
            &unchanged,
            "s",
            format!("{how} All {tasks} functions are deployed; the refresh asks for each."),
        )
        .at_most(GOAL_S)
        .because(BECAUSE),
        Figure::new(
            &format!("CloudWatch calls: one fusion_setup of {tasks} tasks"),
            as_number(calls),
            "calls",
            format!(
                "Counted by a proxy between provider and platform: `GetMetricData` in one plan \
                 with {} queries, of which one call takes {QUERIES_A_CALL}. In all it passed {}.",
                asked.queries,
                others.join(", ")
            ),
        )
        .at_most(as_number(needed)),
    ])
}

const BECAUSE: &str = "Not yet known.";
