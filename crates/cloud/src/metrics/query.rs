//! What is asked of one metric, and putting a figure together from the answers.

use aws_sdk_cloudwatch::types::{
    Dimension, Metric as CloudWatchMetric, MetricDataQuery, MetricStat, StandardUnit,
};
use fusion_model::telemetry::{Figure, LambdaMetric, Measure, Metric};

use super::window::Window;

/// One statistic of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistic {
    Sum,
    SampleCount,
    P50,
    P95,
}

impl Statistic {
    const COUNTED: &'static [Self] = &[Self::Sum, Self::SampleCount];
    const SPREAD: &'static [Self] = &[Self::Sum, Self::SampleCount, Self::P50, Self::P95];

    fn name(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::SampleCount => "SampleCount",
            Self::P50 => "p50",
            Self::P95 => "p95",
        }
    }

    /// Every statistic costs: percentiles are asked for only where they are used.
    pub(super) fn of(metric: &Metric) -> &'static [Self] {
        match metric {
            Metric::Fusion {
                measure:
                    Measure::RequestLatency { .. }
                    | Measure::TaskSelfTime { .. }
                    | Measure::InitDuration,
                ..
            }
            | Metric::Lambda {
                metric: LambdaMetric::Duration,
                ..
            } => Self::SPREAD,
            _ => Self::COUNTED,
        }
    }
}

/// The query for one statistic.
pub(super) fn query(
    id: usize,
    metric: &Metric,
    statistic: Statistic,
    window: &Window,
) -> MetricDataQuery {
    let dimensions = metric.dimensions().into_iter();
    let dimensions =
        dimensions.map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let asked = CloudWatchMetric::builder()
        .namespace(metric.namespace())
        .metric_name(metric.name())
        .set_dimensions(Some(dimensions.collect()))
        .build();
    let stat = MetricStat::builder()
        .metric(asked)
        .period(window.period_s())
        .stat(statistic.name())
        .unit(StandardUnit::from(metric.unit()))
        .build();
    MetricDataQuery::builder()
        .id(query_id(id))
        .metric_stat(stat)
        .build()
}

/// Ids have to begin with a small letter.
pub(super) fn query_id(id: usize) -> String {
    format!("q{id}")
}

/// The number in an id of ours.
pub(super) fn read_query_id(id: &str) -> Option<usize> {
    id.strip_prefix('q')?.parse().ok()
}

/// Statistics of one metric, as they arrive.
///
/// One period covers the window, but whether CloudWatch lays periods from the window's start or
/// from the epoch is not documented: two points are put together as well as can be.
#[derive(Debug, Clone, Default)]
pub(super) struct Gathered {
    sums: Vec<f64>,
    counts: Vec<f64>,
    p50s: Vec<f64>,
    p95s: Vec<f64>,
}

impl Gathered {
    pub(super) fn add(&mut self, statistic: Statistic, values: &[f64]) {
        match statistic {
            Statistic::Sum => self.sums.extend(values),
            Statistic::SampleCount => self.counts.extend(values),
            Statistic::P50 => self.p50s.extend(values),
            Statistic::P95 => self.p95s.extend(values),
        }
    }

    /// The figure; `None` where there was no data.
    pub(super) fn figure(&self, metric: &Metric) -> Option<Figure> {
        let samples: f64 = self.counts.iter().sum();
        let sum: f64 = self.sums.iter().sum();
        (samples > 0.0 && sum.is_finite()).then(|| Figure {
            metric: metric.clone(),
            sum,
            samples,
            p50: self.weighted(&self.p50s),
            p95: self.weighted(&self.p95s),
        })
    }

    /// Percentiles of parts do not add; their mean by samples is the best that can be said.
    fn weighted(&self, values: &[f64]) -> Option<f64> {
        let samples: f64 = self.counts.iter().sum();
        if values.is_empty() || values.len() != self.counts.len() {
            return values.first().copied();
        }
        let sum: f64 = values
            .iter()
            .zip(&self.counts)
            .map(|(value, count)| value * count)
            .sum();
        Some(sum / samples).filter(|mean| mean.is_finite())
    }
}
