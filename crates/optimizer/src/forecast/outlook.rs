//! From an evaluation in means to what people read: medians and percentiles too.

use super::{CostSplit, Evaluation, Outlook};
use crate::workload::Workload;

/// An evaluation's outlook. Percentiles keep the ratio to the mean that the
/// entrypoint's requests had when they were measured; over several entrypoints
/// they are means by share of requests.
///
/// Numbers are rounded to six digits: they are shown and stored, and the last bits
/// of a sum may differ from machine to machine.
pub fn outlook(workload: &Workload, evaluation: &Evaluation) -> Outlook {
    let mut outlook = Outlook {
        latency_ms: evaluation.latency_ms,
        cost: evaluation.cost,
        ..Outlook::default()
    };
    for (number, entry) in &workload.entries {
        let mean_ms = evaluation.entry_ms.get(number).copied().unwrap_or(0.0);
        outlook.latency_ms_p50 += entry.share * mean_ms * entry.p50_over_mean;
        outlook.latency_ms_p95 += entry.share * mean_ms * entry.p95_over_mean;
    }
    let cost = outlook.cost;
    Outlook {
        latency_ms: readable(outlook.latency_ms),
        latency_ms_p50: readable(outlook.latency_ms_p50),
        latency_ms_p95: readable(outlook.latency_ms_p95),
        cost: CostSplit {
            compute_usd: readable(cost.compute_usd),
            init_usd: readable(cost.init_usd),
            requests_usd: readable(cost.requests_usd),
            telemetry_usd: readable(cost.telemetry_usd),
        },
    }
}

/// `value` with six significant digits; 0 for what is no finite number.
pub fn readable(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    format!("{value:.5e}").parse().unwrap_or(0.0)
}
