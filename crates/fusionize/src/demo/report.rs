//! What the demo gives back: one object, the same for every host.

use serde::Serialize;

use super::host::Host;
use super::round::Round;
use crate::failure::{Exit, Failure};

/// Everything the demo did.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The applies, in order.
    pub applies: Vec<Apply>,
    /// What the last `plan -detailed-exitcode` ended with: 0 if nothing was left to improve.
    pub last_plan_exit_code: i32,
    /// The host.
    pub host: &'static str,
}

/// One apply with the requests after it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Apply {
    /// Whether the notation differs from the apply before; the first counts as changed.
    pub changed: bool,
    /// The setup.
    pub notation: String,
    /// Median latency.
    pub p50_ms: f64,
    /// 95th percentile of latency.
    pub p95_ms: f64,
    /// Cost of a million such requests.
    pub usd_per_million: f64,
    /// Environments that were started.
    pub cold_starts: u64,
    /// Requests that were sent.
    pub requests: usize,
    /// Requests without the right answer.
    pub errors: u64,
}

impl Report {
    /// Of rounds that were played.
    pub fn of(rounds: &[Round], last_plan_exit_code: i32, host: Host) -> Self {
        let mut before: Option<&str> = None;
        let mut applies = Vec::new();
        for round in rounds {
            let notation = round.setup.notation.as_str();
            applies.push(Apply {
                changed: before != Some(notation),
                notation: notation.to_owned(),
                p50_ms: tenths(round.latency_ms.p50),
                p95_ms: tenths(round.latency_ms.p95),
                usd_per_million: hundredths(round.cost.total()),
                cold_starts: round.cold_starts,
                requests: round.requests,
                errors: round.errors,
            });
            before = Some(notation);
        }
        Self {
            applies,
            last_plan_exit_code,
            host: host.name(),
        }
    }

    /// Success if every request was answered and nothing is left to improve.
    pub fn verdict(&self) -> Result<(), Failure> {
        let errors: u64 = self.applies.iter().map(|apply| apply.errors).sum();
        if errors > 0 {
            return Err(Failure::new(
                Exit::Function,
                format!("{errors} requests failed"),
            ));
        }
        if self.last_plan_exit_code != 0 {
            let what = format!(
                "{} applies did not suffice: the last plan still wants a change",
                self.applies.len()
            );
            return Err(Failure::new(Exit::Failed, what)
                .hint("run it again on a quieter machine, or look on with `--keep`"));
        }
        Ok(())
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
