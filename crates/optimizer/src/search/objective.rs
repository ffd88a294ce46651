//! What makes one setup better than another.

use std::cmp::Ordering;

use crate::forecast::Evaluation;
use crate::settings::{Minimize, Settings};
use crate::workload::{EntryModel, Workload};

/// The upper end of a forecast 95th percentile over the forecast itself, where the
/// model is otherwise sure.
const P95_UPPER: f64 = 1.10;

/// A weighted sum of latency and cost, each relative to the first setup's, with
/// bounds that come first.
#[derive(Clone, Copy, Debug)]
pub struct Objective {
    /// Score per millisecond of latency.
    pub per_ms: f64,
    /// Score per US dollar of a million requests.
    pub per_usd: f64,
    /// Upper bound for the 95th percentile of each entrypoint's latency.
    pub max_latency_p95_ms: Option<f64>,
    /// The upper end of a forecast 95th percentile over the forecast itself: what has
    /// to meet the bound.
    pub p95_upper: f64,
    /// Upper bound for the cost of a million requests.
    pub max_cost_per_million_usd: Option<f64>,
}

/// How good a setup is; less is better.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rank {
    /// By how much bounds are exceeded, relative to them; 0 where they are met.
    pub excess: f64,
    /// The weighted sum.
    pub score: f64,
}

impl Rank {
    /// Compares after rounding: bounds first, then the score.
    pub fn compare(&self, other: &Self) -> Ordering {
        crate::compare(self.excess, other.excess).then(crate::compare(self.score, other.score))
    }
}

impl Objective {
    /// The objective of `settings`, relative to the figures of the first setup.
    pub fn new(settings: &Settings, first: &Evaluation) -> Self {
        let weight = match settings.minimize {
            Minimize::Balanced => settings.latency_weight.clamp(0.0, 1.0),
            Minimize::Cost => 0.0,
            Minimize::Latency => 1.0,
        };
        let per = |weight: f64, first: f64| if first > 0.0 { weight / first } else { weight };
        Self {
            per_ms: per(weight, first.latency_ms),
            per_usd: per(1.0 - weight, first.cost.total_usd()),
            max_latency_p95_ms: settings.max_latency_p95_ms,
            p95_upper: P95_UPPER,
            max_cost_per_million_usd: settings.max_cost_per_million_usd,
        }
    }

    /// Whether there are bounds.
    pub fn is_bounded(&self) -> bool {
        self.max_latency_p95_ms.is_some() || self.max_cost_per_million_usd.is_some()
    }

    /// The weighted sum.
    pub fn score(&self, latency_ms: f64, usd_per_million: f64) -> f64 {
        self.per_ms * latency_ms + self.per_usd * usd_per_million
    }

    /// Bounds and weighted sum of an evaluation.
    pub fn rank(&self, workload: &Workload, evaluation: &Evaluation) -> Rank {
        let cost = evaluation.cost.total_usd();
        let mut excess = self
            .max_cost_per_million_usd
            .map_or(0.0, |bound| over(cost, bound));
        for (number, entry) in &workload.entries {
            let mean_ms = evaluation.entry_ms.get(number).copied().unwrap_or(0.0);
            excess += self.p95_excess(entry, mean_ms);
        }
        Rank {
            excess,
            score: self.score(evaluation.latency_ms, cost),
        }
    }

    /// By how much an entrypoint with this mean latency exceeds the bound on its 95th
    /// percentile, relative to the bound.
    pub fn p95_excess(&self, entry: &EntryModel, mean_ms: f64) -> f64 {
        let upper_ms = mean_ms * entry.p95_over_mean * self.p95_upper;
        self.max_latency_p95_ms
            .map_or(0.0, |bound| over(upper_ms, bound))
    }
}

fn over(value: f64, bound: f64) -> f64 {
    if bound > 0.0 {
        (value / bound - 1.0).max(0.0)
    } else {
        0.0
    }
}
