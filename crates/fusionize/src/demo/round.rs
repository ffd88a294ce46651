//! Requests of one round, and what they gave.

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use fusion_cloud::Clients;
use fusion_cloud::functions::invoke;
use fusion_model::TaskName;
use fusion_optimizer::pricing::Pricing;

use super::cost::{Cost, Measured};
use super::measure::{
    ALIAS, Activity, Function, between, custom_metrics, functions, settled, totals,
};
use super::stack::Setup;
use super::stage::Stage;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::requests::{Percentiles, open_loop};

/// Requests a second.
const RATE: f64 = 2.0;

/// Other work on the machine may take this share of the time; else the round is repeated.
const MOST_LOST: f64 = 0.10;

/// How often one round is repeated: on a machine that stays busy waiting longer does not help.
const MOST_REPEATS: u32 = 2;

/// What a round gave.
#[derive(Debug, Clone)]
pub struct Round {
    /// The setup that was applied.
    pub setup: Setup,
    /// Latencies that clients saw.
    pub latency_ms: Percentiles,
    /// Cost per million requests.
    pub cost: Cost,
    /// Environments that were started.
    pub cold_starts: u64,
    /// Requests that were sent.
    pub requests: usize,
    /// Requests without the right answer, or invocations that failed, whichever is more.
    pub errors: u64,
    /// The share of the time that other work on the machine took.
    pub lost_share: f64,
}

/// What stays the same over all rounds.
pub struct Rounds {
    /// Clients of the platform.
    pub clients: Clients,
    /// When the demo began.
    pub since: SystemTime,
    /// Requests a round.
    pub requests: usize,
    /// The answer that every setup has to give: the first one.
    pub answer: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Rounds {
    /// Sends a round of requests to the setup that is deployed; again where the machine was busy
    /// with something else.
    pub async fn play(
        &self,
        stage: &mut Stage,
        setup: &Setup,
        output: Output,
    ) -> Result<Round, Failure> {
        let functions = functions(&self.clients, &setup.functions).await?;
        let mut repeats = 0;
        loop {
            let round = self.once(stage, setup, &functions, output).await?;
            if round.lost_share <= MOST_LOST || repeats == MOST_REPEATS {
                return Ok(round);
            }
            repeats += 1;
            output.note(&format!(
                "  Other work on this machine took {:.0} % of the time: the requests are sent again",
                round.lost_share * 100.0
            ));
        }
    }

    async fn once(
        &self,
        stage: &mut Stage,
        setup: &Setup,
        functions: &[Function],
        output: Output,
    ) -> Result<Round, Failure> {
        let before = totals(&self.clients, functions, self.since).await?;
        let pressure = stage.platform()?.pressure().await?;
        let message = format!("Sending {} requests at {RATE} a second", self.requests);
        let progress = output.progress(message, Some(self.requests as u64));
        let entrypoint = &setup.functions[ENTRYPOINT];
        let sent = open_loop(
            RATE,
            self.requests,
            |_| self.request(entrypoint),
            || progress.step(),
        )
        .await;
        drop(progress);
        let progress = output.progress("Waiting for asynchronous work and its figures", None);
        let after = settled(&self.clients, functions, self.since).await?;
        drop(progress);
        let lost_share = stage
            .platform()?
            .pressure()
            .await?
            .lost_share_since(&pressure);
        let activity = between(&before, &after);
        let failed = sent.iter().filter(|one| one.error.is_some()).count();
        let good = sent
            .iter()
            .filter(|one| one.error.is_none())
            .map(|one| one.latency);
        let latency_ms = Percentiles::of(good).ok_or_else(|| {
            let why = sent
                .iter()
                .find_map(|one| one.error.clone())
                .unwrap_or_default();
            Failure::new(Exit::Function, "no request was answered").because(why)
        })?;
        Ok(Round {
            setup: setup.clone(),
            latency_ms,
            cost: self.cost(functions, &activity).await?,
            cold_starts: sum(&activity, |totals| totals.cold_starts),
            requests: sent.len(),
            errors: sum(&activity, |totals| totals.errors).max(failed as u64),
            lost_share,
        })
    }

    async fn cost(&self, functions: &[Function], activity: &Activity) -> Result<Cost, Failure> {
        let memory_mb = |task: &TaskName| {
            let function = functions
                .iter()
                .find(|function| function.of.function == *task);
            function.map_or(0, |function| function.memory_mb)
        };
        let custom = custom_metrics(&self.clients, functions, activity).await?;
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let measured = Measured {
            activity,
            memory_mb: &memory_mb,
            requests: self.requests as f64,
            per_second: RATE,
            custom_metrics: custom as f64,
        };
        Ok(Cost::of(&measured, &Pricing::default()))
    }

    /// One request; gives what is wrong with its answer.
    fn request(&self, function: &str) -> impl Future<Output = Option<String>> + Send + 'static {
        let (clients, function) = (self.clients.clone(), function.to_owned());
        let expected = Arc::clone(&self.answer);
        async move {
            let answer = invoke(&clients, &function, Some(ALIAS), b"{}".to_vec()).await;
            let answer = match answer {
                Err(error) => return Some(error.to_string()),
                Ok(answer) => answer,
            };
            if let Some(error) = answer.error {
                return Some(format!("{}: {}", error.kind, error.message));
            }
            let mut expected = expected
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let expected = expected.get_or_insert_with(|| answer.payload.clone());
            let text = String::from_utf8_lossy(&answer.payload);
            (answer.payload != *expected).then(|| format!("another answer than before: {text}"))
        }
    }
}

/// The task that clients invoke.
const ENTRYPOINT: &str = "A";

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts, which are whole and never negative"
)]
fn sum(activity: &Activity, count: impl Fn(&super::measure::Totals) -> f64) -> u64 {
    activity.values().map(count).sum::<f64>().round() as u64
}
