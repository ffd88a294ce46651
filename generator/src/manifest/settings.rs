//! The blocks that steer the optimizer: `objective`, `observation` and `pricing`.
//!
//! Whatever is left out stays out of the generated HCL's literals, so that the provider's
//! defaults have one home.

use crate::manifest::reader::{Reader, Scope};

/// What the optimizer minimizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Minimize {
    /// A weighted sum of both.
    Balanced,
    /// The cost per request.
    Cost,
    /// The latency that clients see.
    Latency,
}

impl Minimize {
    /// The word that manifest and provider use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Balanced => "balanced",
            Self::Cost => "cost",
            Self::Latency => "latency",
        }
    }
}

/// What to optimize for; `None` leaves a value to the provider.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Objective {
    /// What is minimized.
    pub minimize: Option<Minimize>,
    /// The weight of latency against cost where both count, 0 to 1.
    pub latency_weight: Option<f64>,
    /// The bound that the 95th percentile of the latency has to keep.
    pub max_latency_p95_ms: Option<f64>,
    /// The bound that the cost of a million requests has to keep.
    pub max_cost_per_million_usd: Option<f64>,
}

/// What counts as evidence; `None` leaves a value to the provider or the target.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observation {
    /// How far back figures are asked for, at most 24 hours.
    pub window_hours: Option<f64>,
    /// Requests that every entrypoint must have had.
    pub min_requests: Option<u64>,
    /// The least relative improvement for which the setup is changed.
    pub min_improvement: Option<f64>,
    /// How sure the improvement has to be, between 0.5 and 1.
    pub confidence: Option<f64>,
    /// The age below which figures are not believed yet.
    pub settle_seconds: Option<u32>,
}

/// Prices; `None` leaves a value to the provider.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pricing {
    /// `x86_64` or `arm64`.
    pub architecture: Option<String>,
    /// Price of a GB-second in USD.
    pub gb_second_usd: Option<f64>,
    /// Price of one request in USD.
    pub request_usd: Option<f64>,
}

impl Objective {
    /// Reads the block `objective`.
    pub(super) fn read(reader: &mut Reader, scope: &mut Scope<'_>) -> Self {
        let words = &[
            ("balanced", Minimize::Balanced),
            ("cost", Minimize::Cost),
            ("latency", Minimize::Latency),
        ];
        Self {
            minimize: scope.word(reader, "minimize", words),
            latency_weight: scope.number(reader, "latency_weight", 0.0..=1.0),
            max_latency_p95_ms: scope.positive(reader, "max_latency_p95_ms"),
            max_cost_per_million_usd: scope.positive(reader, "max_cost_per_million_usd"),
        }
    }
}

impl Observation {
    /// Reads the block `observation`.
    pub(super) fn read(reader: &mut Reader, scope: &mut Scope<'_>) -> Self {
        Self {
            window_hours: scope.number(reader, "window_hours", 0.01..=24.0),
            min_requests: scope.integer(reader, "min_requests", 1..=u64::from(u32::MAX)),
            min_improvement: scope.number(reader, "min_improvement", 0.0..=1.0),
            confidence: scope.number(reader, "confidence", 0.5..=0.9999),
            settle_seconds: scope.integer(reader, "settle_seconds", 0..=3600),
        }
    }
}

impl Pricing {
    /// Reads the block `pricing`.
    pub(super) fn read(reader: &mut Reader, scope: &mut Scope<'_>) -> Self {
        let words = &[("arm64", "arm64"), ("x86_64", "x86_64")];
        Self {
            architecture: scope.word(reader, "architecture", words).map(str::to_owned),
            gb_second_usd: scope.positive(reader, "gb_second_usd"),
            request_usd: scope.number(reader, "request_usd", 0.0..=1.0),
        }
    }
}
