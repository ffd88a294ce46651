//! Values by metric, and the figures of a window.

use std::collections::BTreeMap;

use fusion_model::telemetry::{LambdaMetric, Measure};
use fusion_model::{Figure, Metric};

/// Values by metric.
#[derive(Clone, Debug, Default)]
pub struct Record {
    values: BTreeMap<Metric, Vec<f64>>,
}

impl Record {
    /// Adds a value.
    pub fn add(&mut self, metric: Metric, value: f64) {
        self.values.entry(metric).or_default().push(value);
    }

    /// The figure of each metric.
    pub fn figures(self) -> Vec<Figure> {
        let figures = self.values.into_iter().map(|(metric, mut values)| {
            values.sort_by(f64::total_cmp);
            let known = has_percentiles(&metric);
            Figure {
                metric,
                sum: values.iter().fold(0.0, |sum, value| sum + value),
                samples: f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX)),
                p50: percentile(&values, 50).filter(|_| known),
                p95: percentile(&values, 95).filter(|_| known),
            }
        });
        figures.collect()
    }
}

/// Whether percentiles are read: they cost, and so only a few metrics have them.
fn has_percentiles(metric: &Metric) -> bool {
    matches!(
        metric,
        Metric::Fusion {
            measure: Measure::RequestLatency { .. }
                | Measure::TaskSelfTime { .. }
                | Measure::InitDuration,
            ..
        } | Metric::Lambda {
            metric: LambdaMetric::Duration,
            ..
        }
    )
}

/// The value at or below which so many percent lie.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}
