//! Plans: of the generated module as it grows, and of 1,000 functions and one setup of 1,000
//! tasks out of it, each alone.
//!
//! Owns the one deployment that all of it is measured on.

mod growth;
mod instances;
mod one_setup;
mod projected;
mod timing;

use anyhow::Result;
use fusion_acceptance::{Host, World};

use self::growth::Growth;
use super::{Outcome, Settings};
use crate::application;
use crate::progress::say;

/// Measures all of them on one platform in this process.
pub async fn measure(settings: Settings) -> Result<Outcome> {
    let sizes: &[usize] = settings.choose(&[10, 20], &[50, 100, 200, 500, 1000]);
    let mut world = World::empty(settings.host).await?;
    world.look_at("app", "stack");
    std::fs::create_dir_all(world.path("stack"))?;
    std::fs::write(world.path("stack/main.tf"), application::STACK)?;
    let hosts = hosts(settings.host);
    let mut growth = Growth::default();
    for tasks in sizes {
        growth.grow(&mut world, *tasks, &hosts).await?;
    }
    let mut outcome = Outcome {
        figures: growth.figures(),
        pictures: vec![growth.picture()],
    };
    let deployed = projected::Deployed::read(&world)?;
    outcome
        .figures
        .extend(instances::measure(&mut world, &deployed, settings).await?);
    outcome
        .figures
        .extend(one_setup::measure(&mut world, &deployed, settings).await?);
    let World { platform, .. } = world;
    platform.shutdown().await;
    Ok(outcome)
}

/// The host that applies, and the other one where it can be had.
fn hosts(first: Host) -> Vec<Host> {
    let mut hosts = vec![first];
    match first.other().find() {
        Ok(_) => hosts.push(first.other()),
        Err(error) => say(format!("without {}: {error:#}", first.other().name())),
    }
    hosts
}
