//! What one `fusion_function` adds to a plan, beside one `random_id`, each over the same number of
//! `terraform_data`.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Result;
use fusion_acceptance::World;
use serde_json::{Value, json};

use super::projected::{self, Deployed};
use super::timing::{Finds, plan_s};
use crate::figure::Figure;
use crate::peers::{self, Installed};
use crate::statistics::{as_number, differences, median};
use crate::subjects::Settings;

/// Half of what a `random_id` added when the goal was set.
const GOAL_MS: f64 = 0.65;

const ARGUMENTS: [&str; 15] = [
    "alias",
    "application",
    "attempt",
    "environment",
    "handler",
    "memory_mb",
    "name",
    "package_path",
    "package_sha256",
    "release",
    "role",
    "runtime",
    "tags",
    "task",
    "timeout_seconds",
];

/// Seconds of the plans of one stack, round by round.
#[derive(Default)]
struct Rounds {
    first: Vec<f64>,
    unchanged: Vec<f64>,
}

/// Plans of one kind.
type Of = fn(&Rounds) -> &[f64];

impl Rounds {
    async fn once(&mut self, world: &mut World, stack: &str) -> Result<()> {
        world.look_at("app", stack);
        self.first.push(plan_s(world, Finds::Everything).await?);
        self.unchanged.push(plan_s(world, Finds::Nothing).await?);
        Ok(())
    }
}

/// Measures three stacks in turns.
pub async fn measure(
    world: &mut World,
    deployed: &Deployed,
    settings: Settings,
) -> Result<Vec<Figure>> {
    let functions = deployed.instances("fusion_function", &ARGUMENTS)?;
    let count = functions.len();
    deployed.write(world, "functions", "fusion_function", &functions)?;
    world.enter("functions").await?;
    projected::write(world, "base", "terraform_data", &numbered(count, "input"))?;
    prepare(world, "base").await?;
    let peer = peers::random();
    if let Ok(peer) = &peer {
        install(world, peer)?;
        projected::write(world, "random", "random_id", &numbered(count, "prefix"))?;
        prepare(world, "random").await?;
    }
    let (mut base, mut ours, mut theirs) =
        (Rounds::default(), Rounds::default(), Rounds::default());
    for _ in 0..settings.choose(2, 3) {
        base.once(world, "base").await?;
        ours.once(world, "functions").await?;
        if peer.is_ok() {
            theirs.once(world, "random").await?;
        }
    }
    world.look_at("app", "stack");
    let each = |of: &[f64], base: &[f64]| -> Vec<f64> {
        let all = differences(of, base).into_iter();
        all.map(|seconds| 1000.0 * seconds / as_number(count))
            .collect()
    };
    let kinds: [(&str, &str, Of); 2] = [
        ("first plan", "None is deployed.", |rounds| &rounds.first),
        (
            "plan without a change",
            "All are deployed to the embedded platform, and each is looked at by a refresh; a \
             `random_id` asks nobody.",
            |rounds| &rounds.unchanged,
        ),
    ];
    let name = peer
        .as_ref()
        .map_or(peers::RANDOM, |found| found.name.as_str());
    Ok(kinds
        .into_iter()
        .map(|(kind, about, of)| {
            let how = format!(
                "{count} `fusion_function` with literal arguments in a stack of their own, less as \
                 many `terraform_data` (plan of {:.2} s), by `{} plan`, divided by their number; \
                 in turns with as many `random_id`, {} rounds. {about}",
                median(of(&base)),
                world.host.name(),
                base.first.len()
            );
            let value = each(of(&ours), of(&base));
            let peer = match &peer {
                Ok(_) => Ok(median(&each(of(&theirs), of(&base)))),
                Err(why) => Err(why.as_str()),
            };
            Figure::of(
                &format!("{kind}: what one fusion_function adds"),
                &value,
                "ms",
                how,
            )
            .at_most(GOAL_MS)
            .beside(name, peer)
            .because(BECAUSE)
        })
        .collect())
}

const BECAUSE: &str = "Not yet known.";

async fn prepare(world: &mut World, stack: &str) -> Result<()> {
    world.enter(stack).await?;
    world.apply().await?;
    Ok(())
}

/// So many resources, each with one argument that differs.
fn numbered(count: usize, argument: &str) -> BTreeMap<String, Value> {
    let resource = |index: usize| {
        let mut arguments = json!({ argument: format!("number {index}") });
        if argument == "prefix" {
            arguments["byte_length"] = json!(8);
        }
        (format!("t{index}"), arguments)
    };
    (0..count).map(resource).collect()
}

/// Lays the peer out as the mirror of the world wants it.
fn install(world: &World, peer: &Installed) -> Result<()> {
    let platform = if cfg!(target_arch = "aarch64") {
        "linux_arm64"
    } else {
        "linux_amd64"
    };
    let folder = world
        .path("mirror")
        .join(world.host.registry())
        .join("hashicorp/random")
        .join(&peer.version)
        .join(platform);
    fs::create_dir_all(&folder)?;
    let file = format!("terraform-provider-random_v{}", peer.version);
    fs::copy(&peer.program, folder.join(file))?;
    Ok(())
}
