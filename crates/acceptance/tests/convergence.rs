//! Evidence in, better setups out: regrouping, standing still, and the way back.

use anyhow::{Context, Result, ensure};
use fusion_acceptance::state::planned;
use fusion_acceptance::{Host, World, requests, under_both_hosts};
use serde_json::{Value, json};

under_both_hosts!(
    evidence_leads_to_a_better_setup_and_then_to_rest,
    changed_behaviour_leads_back_to_the_first_groups,
    changed_source_leads_to_other_groups,
    changed_objective_takes_effect_in_the_same_plan,
);

/// A waits for B and for nobody else: B comes inside, and then nothing changes any more,
/// however much is measured.
async fn evidence_leads_to_a_better_setup_and_then_to_rest(host: Host) -> Result<()> {
    let world = grouping(host).await?;
    world.apply().await?;
    drive(&world, "now").await?;
    let plan = world.plan(&[]).await?;
    assert_eq!(plan.code, 2, "{}", plan.text);
    world.apply().await?;
    let fused = world.setup().await?;
    assert_eq!(fused.groups["front"], ["front", "price"]);
    assert_eq!(fused.phase, "optimized");
    assert_eq!(fused.generation, 2);

    requests::next_minute().await?;
    drive(&world, "now").await?;
    let plan = world.plan(&[]).await?;
    assert_eq!(plan.code, 0, "{}", plan.text);
    assert!(!plan.text.contains("changed outside"), "{}", plan.text);
    // The new evidence is kept, without a change that anybody sees.
    let applied = world.apply().await?;
    assert!(
        applied.text.contains("0 added, 0 changed, 0 destroyed"),
        "{}",
        applied.text
    );
    assert_eq!(world.setup().await?, fused);
    Ok(())
}

/// When clients ask for what needs no waiting, B inside would only make A's function larger:
/// the groups are again those of the first setup.
async fn changed_behaviour_leads_back_to_the_first_groups(host: Host) -> Result<()> {
    let world = grouping(host).await?;
    world.apply().await?;
    let first = world.setup().await?;
    drive(&world, "now").await?;
    world.apply().await?;
    assert_eq!(world.setup().await?.groups["front"], ["front", "price"]);

    requests::next_minute().await?;
    drive(&world, "later").await?;
    world.apply().await?;
    let after = world.setup().await?;
    assert_eq!(after.groups, first.groups, "{}", after.notation);
    assert!(after.notation.contains("(price)@"), "{}", after.notation);
    Ok(())
}

/// A source that calls otherwise has no evidence of its own; what was measured of the tasks
/// that did not change still counts.
async fn changed_source_leads_to_other_groups(host: Host) -> Result<()> {
    let world = grouping(host).await?;
    world.apply().await?;
    drive(&world, "now").await?;
    world.apply().await?;
    assert_eq!(world.setup().await?.groups["front"], ["front", "price"]);

    world.edit("app/tasks/front/handler.js", "mode === \"later\"", "true")?;
    world.apply().await?;
    requests::next_minute().await?;
    drive(&world, "now").await?;
    world.apply().await?;
    let after = world.setup().await?;
    assert_eq!(after.groups["front"], ["front"], "{}", after.notation);
    Ok(())
}

/// The optimizer runs in the plan, from evidence that is kept: no request is needed between
/// a change of the objective and its effect. Work of the processor is faster in a larger function,
/// and costs more there.
async fn changed_objective_takes_effect_in_the_same_plan(host: Host) -> Result<()> {
    let world = World::start(host, "pair").await?;
    world.edit(
        "app/tasks/price/handler.js",
        "=> ({ price: order * 2 })",
        "=> {\n  const start = process.cpuUsage();\n  \
         while (process.cpuUsage(start).user < 20_000);\n  return { price: order * 2 };\n}",
    )?;
    world.apply().await?;
    drive(&world, "now").await?;
    world.try_apply(&["-var=mode=hold"]).await?.success()?;
    assert_eq!(world.setup().await?.groups["front"], ["front"]);

    let cheapest = notation_for(&world, "cost").await?;
    let fastest = notation_for(&world, "latency").await?;
    assert!(
        price_mb(&fastest)? > price_mb(&cheapest)?,
        "{fastest}, {cheapest}"
    );
    Ok(())
}

/// The memory of the function that carries `price`, in MB.
fn price_mb(notation: &str) -> Result<u32> {
    let (_, memory) = notation
        .split_once("price)@")
        .with_context(|| format!("{notation} does not end a group with price"))?;
    Ok(memory.split('-').next().unwrap_or(memory).parse()?)
}

/// A world in which only groups are to be decided. Handlers of a millisecond have almost all
/// their time in the few runs that come first in an environment, so whether a larger size pays
/// depends on how busy the machine was: an answer for each load, and no subject of these tests.
async fn grouping(host: Host) -> Result<World> {
    let world = World::start(host, "pair").await?;
    world.edit(
        "app/fusionize.hcl",
        "  observation {",
        "  memory_sizes_mb = [128]\n\n  observation {",
    )?;
    world.generate().await?;
    Ok(world)
}

/// The setup that a plan without refresh decides for under an objective.
async fn notation_for(world: &World, minimize: &str) -> Result<String> {
    let objective = format!("-var=minimize={minimize}");
    let plan = world.plan_json(&["-refresh=false", &objective]).await?;
    let after = &planned(&plan, "fusion_setup")?["after"]["notation"];
    Ok(after.as_str().unwrap_or_default().to_owned())
}

/// Sends enough requests for a decision, all of which have to be answered, and waits until
/// what they measured has been written.
async fn drive(world: &World, mode: &str) -> Result<()> {
    let client = requests::client(&world.platform);
    let event = |order: usize| json!({ "order": order, "mode": mode });
    let outcomes = requests::measured(&client, "pair-front", 10.0, 60, event).await?;
    for (order, outcome) in outcomes.into_iter().enumerate() {
        let answer: Value = outcome?;
        ensure!(
            answer["order"] == json!(order),
            "request {order} was answered with {answer}"
        );
    }
    Ok(())
}
