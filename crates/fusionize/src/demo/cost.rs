//! What a round would have cost on AWS, per million requests.

use fusion_model::TaskName;
use fusion_optimizer::pricing::Pricing;
use serde::Serialize;

use super::measure::Activity;

/// US dollars per million requests, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Cost {
    /// Handler time at the functions' memory, rounded up to whole milliseconds as billed.
    pub compute: f64,
    /// INIT time of cold starts, which is billed too.
    pub init: f64,
    /// Fees of invocations.
    pub requests: f64,
    /// Custom metrics for the hours in which they are fed at the round's rate.
    pub telemetry: f64,
}

const PER_MILLION: f64 = 1e6;
const SECONDS_AN_HOUR: f64 = 3600.0;
/// Durations are billed in whole milliseconds: half of one more on average.
const MEAN_ROUNDING_MS: f64 = 0.5;

/// What was measured in a round.
pub struct Measured<'a> {
    /// What the functions did.
    pub activity: &'a Activity,
    /// Memory of the functions in MB.
    pub memory_mb: &'a dyn Fn(&TaskName) -> u32,
    /// Requests that clients sent.
    pub requests: f64,
    /// At how many a second.
    pub per_second: f64,
    /// Custom metrics that were fed.
    pub custom_metrics: f64,
}

impl Cost {
    /// Prices a round.
    pub fn of(measured: &Measured<'_>, pricing: &Pricing) -> Self {
        let mut cost = Self::default();
        for (task, totals) in measured.activity {
            let memory_mb = (measured.memory_mb)(task);
            let billed_ms = totals.duration_ms + MEAN_ROUNDING_MS * totals.invocations;
            cost.compute += pricing.compute_usd(billed_ms, memory_mb);
            cost.init += pricing.compute_usd(totals.init_ms, memory_mb);
            cost.requests += totals.invocations * pricing.request_usd();
        }
        let scale = PER_MILLION / measured.requests.max(1.0);
        let an_hour = measured.per_second * SECONDS_AN_HOUR;
        let metrics = measured.custom_metrics * pricing.metric_hour_usd();
        Self {
            compute: cost.compute * scale,
            init: cost.init * scale,
            requests: cost.requests * scale,
            telemetry: metrics * PER_MILLION / an_hour.max(1.0),
        }
    }

    /// All kinds together.
    pub fn total(&self) -> f64 {
        self.compute + self.init + self.requests + self.telemetry
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::demo::measure::Totals;

    #[test]
    fn a_million_requests_cost_what_aws_bills() {
        let task = TaskName::new("A").unwrap();
        // 10 requests of 99.5 ms at 1024 MB: billed 100 ms each, 1 GB-s together.
        let totals = Totals {
            invocations: 10.0,
            duration_ms: 995.0,
            ..Totals::default()
        };
        let activity = BTreeMap::from([(task, totals)]);
        let measured = Measured {
            activity: &activity,
            memory_mb: &|_| 1024,
            requests: 10.0,
            per_second: 1.0,
            custom_metrics: 3600.0,
        };
        let cost = Cost::of(&measured, &Pricing::default());
        assert!((cost.compute - 1.666_67).abs() < 1e-4, "{cost:?}");
        assert!((cost.requests - 0.2).abs() < 1e-9);
        assert!((cost.telemetry - 1e6 * 0.30 / 730.0).abs() < 1e-6);
        assert!((cost.total() - cost.compute - cost.requests - cost.telemetry).abs() < 1e-9);
    }
}
