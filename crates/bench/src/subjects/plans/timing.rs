//! How long a command of a host takes.

use std::time::Instant;

use anyhow::{Result, ensure};
use fusion_acceptance::{Outcome, World};

/// A state file that is never there: with it every plan is the first one.
pub const NO_STATE: &str = "-state=none.tfstate";

/// What a plan has to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finds {
    /// Nothing to do.
    Nothing,
    /// Everything to be created, by planning without the state.
    Everything,
}

/// The seconds that one plan takes.
pub async fn plan_s(world: &World, finds: Finds) -> Result<f64> {
    let mut arguments = vec!["plan", "-detailed-exitcode", "-no-color", "-input=false"];
    let code = match finds {
        Finds::Nothing => 0,
        Finds::Everything => {
            arguments.push(NO_STATE);
            2
        }
    };
    let began = Instant::now();
    let output = world.command(&arguments).output().await?;
    let took = began.elapsed().as_secs_f64();
    let outcome = Outcome::from(&output);
    ensure!(
        outcome.code == code,
        "this plan should have ended with {code}, not {}:\n{}",
        outcome.code,
        outcome.text
    );
    Ok(took)
}

/// The seconds of several plans.
pub async fn plans_s(world: &World, finds: Finds, runs: usize) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    for _ in 0..runs {
        all.push(plan_s(world, finds).await?);
    }
    Ok(all)
}
