//! Values by metric, and the figures of a window.

use std::collections::BTreeMap;

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
            Figure {
                metric,
                sum: values.iter().sum(),
                samples: f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX)),
                p50: percentile(&values, 50),
                p95: percentile(&values, 95),
            }
        });
        figures.collect()
    }
}

/// The value at or below which so many percent lie.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}
