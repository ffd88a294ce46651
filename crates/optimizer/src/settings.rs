//! What the operator wants of the optimizer.

use serde::{Deserialize, Serialize};

use crate::pricing::Pricing;

/// What a better setup is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Minimize {
    /// The weighted sum of latency and cost, each relative to the first setup's.
    #[default]
    Balanced,
    /// Cost of a million requests.
    Cost,
    /// Mean latency of requests, cold starts included.
    Latency,
}

/// The setup of an application of which nothing was measured yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Initial {
    /// Every task alone.
    #[default]
    Separate,
    /// What declared synchronous calls connect runs together.
    Declared,
}

/// What the operator wants of the optimizer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What a better setup is.
    pub minimize: Minimize,
    /// Weight of latency under [`Minimize::Balanced`], 0 to 1.
    pub latency_weight: f64,
    /// Upper bound for the 95th percentile of every entrypoint's latency, in milliseconds.
    pub max_latency_p95_ms: Option<f64>,
    /// Upper bound for the cost of a million requests, in US dollars.
    pub max_cost_per_million_usd: Option<f64>,
    /// The least number of measured requests that a decision rests on.
    pub min_requests: u64,
    /// The least relative improvement for which a setup is changed, 0 to 1.
    pub min_improvement: f64,
    /// The confidence with which an improvement must be above zero, 0.5 to 1.
    pub confidence: f64,
    /// The share of the application's cost that measuring may take, 0 to 1.
    /// At 1 measuring is free, as on the embedded platform: it is not priced.
    pub telemetry_budget: f64,
    /// Whether to keep the deployed setup.
    pub hold: bool,
    /// A setup in notation that is deployed instead of a computed one.
    pub pinned_setup: Option<String>,
    /// The first setup.
    pub initial: Initial,
    /// Prices.
    pub pricing: Pricing,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            minimize: Minimize::Balanced,
            latency_weight: 0.5,
            max_latency_p95_ms: None,
            max_cost_per_million_usd: None,
            min_requests: 100,
            min_improvement: 0.01,
            confidence: 0.95,
            telemetry_budget: 0.02,
            hold: false,
            pinned_setup: None,
            initial: Initial::Separate,
            pricing: Pricing::default(),
        }
    }
}
