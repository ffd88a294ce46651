//! From an evaluation in means to what people read: medians and percentiles too.

use super::{Evaluation, Outlook};
use crate::workload::Workload;

/// An evaluation's outlook. Percentiles keep the ratio to the mean that the
/// entrypoint's requests had when they were measured; over several entrypoints
/// they are means by share of requests.
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
    outlook
}
