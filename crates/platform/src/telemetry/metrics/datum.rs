//! What is put into the metric store: an identity, a time, a unit and measured values.

use super::unit::Unit;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A metric's identity: namespace, name and the exact set of dimensions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MetricId {
    /// For example `Fusionize` or `AWS/Lambda`.
    pub namespace: String,
    /// For example `Duration`.
    pub name: String,
    /// Value by dimension name; the order in which a client gives them carries no meaning.
    pub dimensions: BTreeMap<String, String>,
}

impl MetricId {
    /// The identity of these parts.
    pub fn new<'a>(
        namespace: &str,
        name: &str,
        dimensions: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions: dimensions
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }
}

/// How finely a datum's time is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Resolution {
    /// One second (`StorageResolution` 1).
    Second,
    /// One minute (`StorageResolution` 60), the default.
    #[default]
    Minute,
}

impl Resolution {
    /// The resolution in seconds.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
        }
    }
}

/// A value and how often it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Weighted {
    /// What was measured, in the datum's unit.
    pub value: f64,
    /// How often; need not be whole.
    pub count: f64,
}

/// A summary of values that are not known one by one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StatisticSet {
    /// Number of values.
    pub sample_count: f64,
    /// Their sum.
    pub sum: f64,
    /// The smallest of them.
    pub minimum: f64,
    /// The largest of them.
    pub maximum: f64,
}

impl StatisticSet {
    /// The raw values, where the set determines them: all of its values are equal.
    pub fn as_raw(&self) -> Option<Weighted> {
        let all_equal = self.minimum.to_bits() == self.maximum.to_bits()
            && (self.sum - self.minimum * self.sample_count).abs() <= self.sum.abs() * 1e-12;
        all_equal.then_some(Weighted {
            value: self.minimum,
            count: self.sample_count,
        })
    }
}

/// One entry of PutMetricData, whatever way it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Datum {
    /// Which metric.
    pub metric: MetricId,
    /// Units are separate streams within a metric.
    pub unit: Unit,
    /// When it was measured, in milliseconds since the epoch.
    pub timestamp_ms: i64,
    /// How finely the time is kept.
    pub resolution: Resolution,
    /// The values, each with its count.
    pub values: Vec<Weighted>,
    /// A summary of further values.
    pub statistic_set: Option<StatisticSet>,
}

impl Datum {
    /// A datum of one value at minute resolution.
    pub fn single(metric: MetricId, unit: Unit, timestamp_ms: i64, value: f64) -> Self {
        Self {
            metric,
            unit,
            timestamp_ms,
            resolution: Resolution::Minute,
            values: vec![Weighted { value, count: 1.0 }],
            statistic_set: None,
        }
    }

    /// Whether it counts nothing: clients may give every value the count 0.
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(|sample| sample.count <= 0.0)
            && self.statistic_set.is_none_or(|set| set.sample_count <= 0.0)
    }
}
