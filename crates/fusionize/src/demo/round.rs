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
use super::tally::Tally;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::requests::{Percentiles, Sent, open_loop};

/// Requests a second.
const RATE: f64 = 2.0;

/// Other work on the machine may take this share of the time; else the round is repeated.
const MOST_LOST: f64 = 0.10;

/// How often one round is repeated: on a machine that stays busy waiting longer does not help.
const MOST_REPEATS: usize = 2;

/// How often rounds are repeated in all, so that the demo ends in time.
const MOST_REPEATS_IN_ALL: usize = 4;

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
    /// Requests that were sent since the apply, repeated ones included.
    pub requests: usize,
    /// Requests without the right answer, and invocations that failed, since the apply.
    pub errors: u64,
}

/// One time that the requests were sent.
struct Attempt {
    sent: Vec<Sent>,
    /// What the functions did for them.
    activity: Activity,
    /// Totals at its end.
    after: Activity,
    /// The share of the time that other work on the machine took.
    lost_share: f64,
}

/// What stays the same over all rounds.
pub struct Rounds {
    /// Clients of the platform.
    pub clients: Clients,
    /// When the demo began.
    pub since: SystemTime,
    /// Requests a round.
    pub requests: usize,
    /// How often requests were sent again until now.
    pub repeats: usize,
    /// The answer that every setup has to give: the first one.
    pub answer: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Rounds {
    /// Sends a round of requests to the setup that is deployed; again where the machine was busy
    /// with something else.
    pub async fn play(
        &mut self,
        stage: &mut Stage,
        setup: &Setup,
        output: Output,
    ) -> Result<Round, Failure> {
        let functions = functions(&self.clients, &setup.functions).await?;
        let beginning = totals(&self.clients, &functions, self.since).await?;
        let mut before = beginning.clone();
        let mut repeats = 0;
        let mut tally = Tally::default();
        loop {
            let attempt = self.once(stage, setup, &functions, &before, output).await?;
            tally.add(&attempt.sent);
            let may_repeat = repeats < MOST_REPEATS && self.repeats < MOST_REPEATS_IN_ALL;
            let is_contended = attempt.lost_share > MOST_LOST;
            if is_contended {
                Output::note(&contended(attempt.lost_share, may_repeat));
            }
            if !(is_contended && may_repeat) {
                let whole = between(&beginning, &attempt.after);
                return self.judge(setup, &functions, &attempt, &whole, tally).await;
            }
            repeats += 1;
            self.repeats += 1;
            before = attempt.after;
        }
    }

    async fn once(
        &self,
        stage: &mut Stage,
        setup: &Setup,
        functions: &[Function],
        before: &Activity,
        output: Output,
    ) -> Result<Attempt, Failure> {
        let before_requests = stage.platform()?.moment().await?;
        let message = format!("Sending {} requests at {RATE} a second", self.requests);
        let progress = output.progress(message, Some(self.requests as u64));
        let entrypoint = &setup.functions[ENTRYPOINT];
        let request = |_| self.request(entrypoint);
        let sent = open_loop(RATE, self.requests, request, || progress.step()).await;
        drop(progress);
        let _progress = output.progress("Waiting for asynchronous work and its figures", None);
        let after = settled(&self.clients, functions, self.since).await?;
        let now = stage.platform()?.moment().await?;
        let lost_share = now.lost_to_others_since(&before_requests);
        Ok(Attempt {
            sent,
            activity: between(before, &after),
            after,
            lost_share,
        })
    }

    /// Latency and running cost are those of the last attempt; cold starts and their
    /// cost are spread over all requests since the apply, since the first attempt had them.
    async fn judge(
        &self,
        setup: &Setup,
        functions: &[Function],
        attempt: &Attempt,
        whole: &Activity,
        tally: Tally,
    ) -> Result<Round, Failure> {
        let good = attempt.sent.iter().filter(|one| one.error.is_none());
        let latency_ms = Percentiles::of(good.map(|one| one.latency)).ok_or_else(|| {
            let why = attempt
                .sent
                .iter()
                .find_map(|one| one.error.clone())
                .unwrap_or_default();
            Failure::new(Exit::Function, "no request was answered").because(why)
        })?;
        let running = self
            .cost(functions, &attempt.activity, self.requests)
            .await?;
        let since_apply = self.cost(functions, whole, tally.sent).await?;
        Ok(Round {
            setup: setup.clone(),
            latency_ms,
            cost: Cost {
                init: since_apply.init,
                ..running
            },
            cold_starts: sum(whole, |totals| totals.cold_starts),
            requests: tally.sent,
            errors: tally.errors(sum(whole, |totals| totals.errors)),
        })
    }

    async fn cost(
        &self,
        functions: &[Function],
        activity: &Activity,
        requests: usize,
    ) -> Result<Cost, Failure> {
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
            requests: requests as f64,
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

/// What is said of an attempt that other work on the machine disturbed.
fn contended(lost_share: f64, is_repeated: bool) -> String {
    let consequence = if is_repeated {
        "the requests are sent again"
    } else {
        "it stays busy, so the figures below are those of a busy machine"
    };
    format!(
        "  Other work on this machine took {:.0} % of the time: {consequence}",
        lost_share * 100.0
    )
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
