//! What a setup would do: latency per entrypoint and cost per million requests.

mod evaluate;
mod outlook;
mod plan;

pub use evaluate::{Evaluation, Overlap, Terms, evaluate, invocations, task_metrics};
pub use outlook::{outlook, readable};
pub use plan::{Plan, PlanGroup, reached};

use serde::{Deserialize, Serialize};

/// A setup's figures, measured or expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// Mean latency over the entrypoints by share of requests, cold starts
    /// included, in milliseconds.
    pub latency_ms: f64,
    /// Median latency, in milliseconds.
    pub latency_ms_p50: f64,
    /// 95th percentile of latency, in milliseconds.
    pub latency_ms_p95: f64,
    /// Cost of a million requests by kind, in US dollars.
    pub cost: CostSplit,
}

/// Cost of a million requests by kind, in US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CostSplit {
    /// Handler time.
    pub compute_usd: f64,
    /// INIT time.
    pub init_usd: f64,
    /// Fees of invocations.
    pub requests_usd: f64,
    /// Custom metrics.
    pub telemetry_usd: f64,
}

/// A relative change with its 90 % interval; -0.1 is ten percent less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The expected change.
    pub expected: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// A setup that was considered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// Its active groups.
    pub notation: String,
    /// Its figures.
    pub outlook: Outlook,
}

/// What a decision expects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The setup before, where anything is known of it.
    pub before: Option<Outlook>,
    /// The setup that was decided, where anything is known of the workload.
    pub expected: Option<Outlook>,
    /// How the mean latency changes.
    pub latency_change: Option<Change>,
    /// How cost changes.
    pub cost_change: Option<Change>,
    /// Three to five setups of which none is better in both latency and cost,
    /// fastest first.
    pub pareto: Vec<Alternative>,
}

impl CostSplit {
    /// The sum of all kinds.
    pub fn total_usd(&self) -> f64 {
        self.compute_usd + self.init_usd + self.requests_usd + self.telemetry_usd
    }
}
