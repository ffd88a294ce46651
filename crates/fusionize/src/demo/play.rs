//! The demo's course: rounds until a plan after requests is empty.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::sleep;

use super::report::Report;
use super::round::{Round, Rounds};
use super::stage::Stage;
use super::table;
use crate::failure::Failure;
use crate::output::Output;

/// The most rounds. An optimizer that needs more does not converge.
const MOST_ROUNDS: usize = 6;

/// In which CloudWatch counts.
const MINUTE_S: u64 = 60;
/// How far into the minute requests begin.
const AFTER_THE_MINUTE_S: u64 = 1;

/// What can be set.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Requests a round.
    pub requests: usize,
}

/// Plays from the first apply to the plan that has nothing to do.
pub async fn play(
    stage: &mut Stage,
    settings: &Settings,
    output: Output,
) -> Result<Report, Failure> {
    let mut rounds = begin(stage, settings, output).await?;
    let mut played: Vec<Round> = Vec::new();
    let mut plan = 2;
    while plan != 0 && played.len() < MOST_ROUNDS {
        let number = played.len() + 1;
        let round = one(stage, &mut rounds, number, output).await?;
        output.say(&table::lines(number, &round));
        played.push(round);
        let _progress = output.progress("Planning after the requests", None);
        plan = stage.stack.plan().await?;
    }
    output.say(&table::summary(&played));
    if plan == 0 {
        output.say("The plan after the last requests is empty");
    }
    Ok(Report::of(&played, plan, stage.stack.host.host))
}

async fn begin(stage: &mut Stage, settings: &Settings, output: Output) -> Result<Rounds, Failure> {
    let since = SystemTime::now();
    let progress = output.progress("Starting the platform", None);
    stage.start_platform().await?;
    drop(progress);
    let ready = stage.platform()?.ready.clone();
    output.say(&format!("The platform is at {}", ready.endpoint));
    for notice in &ready.notices {
        output.say(&format!("note: {notice}"));
    }
    let host = stage.stack.host.host.name();
    let progress = output.progress(format!("{host} init"), None);
    stage.stack.init().await?;
    drop(progress);
    let clients = stage.platform()?.connect().await?;
    let answer = Arc::new(Mutex::new(None));
    Ok(Rounds {
        clients,
        since,
        requests: settings.requests,
        repeats: 0,
        answer,
    })
}

async fn one(
    stage: &mut Stage,
    rounds: &mut Rounds,
    number: usize,
    output: Output,
) -> Result<Round, Failure> {
    let host = stage.stack.host.host.name();
    let progress = output.progress(format!("{host} apply ({number})"), None);
    stage.stack.apply().await?;
    let setup = stage.stack.setup().await?;
    drop(progress);
    if number > 1 {
        let _progress = output.progress("Waiting for a whole minute to begin", None);
        sleep(until_a_minute_begins(SystemTime::now())).await;
    }
    rounds.play(stage, &setup, output).await
}

/// How long until a whole minute begins, and a moment more for the aliases.
///
/// CloudWatch counts by minutes. Functions that the last apply left alone served the setup before
/// in this one, so that what the new setup does counts from the next.
fn until_a_minute_begins(now: SystemTime) -> Duration {
    let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let into_minute = since_epoch.as_secs() % MINUTE_S;
    Duration::from_secs(MINUTE_S - into_minute + AFTER_THE_MINUTE_S)
}
