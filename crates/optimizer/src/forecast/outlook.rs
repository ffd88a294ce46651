//! From an evaluation in means to what people read: medians and percentiles too.

use super::{CostSplit, Evaluation, Outlook};
use crate::workload::{EntryModel, Workload};

/// An evaluation's outlook. The median is the mean less its tail (see [`median_ms`]);
/// the 95th percentile keeps the ratio to the mean that the entrypoint's requests had
/// when they were measured. Over several entrypoints they are means by share of
/// requests.
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
        outlook.latency_ms_p50 += entry.share * median_ms(entry, mean_ms);
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

/// The median that goes with a forecast mean.
///
/// Few slow requests, mostly those that met a cold start of somebody they waited for,
/// lift the mean above the median: the tail. What a setup saves is taken from the tail
/// first, and from every request only beyond that. A ratio would share it out, and
/// promise medians below the time that a request only waits.
fn median_ms(entry: &EntryModel, mean_ms: f64) -> f64 {
    let tail_ms = entry.mean_ms * (1.0 - entry.p50_over_mean);
    if tail_ms <= 0.0 {
        return mean_ms * entry.p50_over_mean;
    }
    let saved_ms = (entry.mean_ms - mean_ms).max(0.0);
    mean_ms - (tail_ms - saved_ms).clamp(0.0, mean_ms)
}

/// `value` with six significant digits; 0 for what is no finite number.
pub fn readable(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    format!("{value:.5e}").parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(mean_ms: f64, p50_ms: f64) -> EntryModel {
        EntryModel {
            share: 1.0,
            mean_ms,
            p50_over_mean: p50_ms / mean_ms,
            p95_over_mean: 1.5,
        }
    }

    fn near(value: f64, wanted: f64) {
        assert!((value - wanted).abs() < 1e-9, "{value} instead of {wanted}");
    }

    #[test]
    fn what_was_measured_is_what_is_said() {
        near(median_ms(&entry(430.0, 323.0), 430.0), 323.0);
        near(median_ms(&entry(300.0, 310.0), 300.0), 310.0);
    }

    #[test]
    fn savings_come_from_the_tail_first() {
        // Cold starts of callees made the tail of 107 ms; without these calls it is gone.
        near(median_ms(&entry(430.0, 323.0), 380.0), 323.0);
        near(median_ms(&entry(430.0, 323.0), 316.0), 316.0);
    }

    #[test]
    fn a_slower_setup_keeps_the_tail() {
        near(median_ms(&entry(430.0, 323.0), 530.0), 423.0);
    }
}
