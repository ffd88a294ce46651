//! A figure: one metric over one window, and the text form of metrics in which
//! figures are stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Metric, MetricError};

/// One metric over one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Which metric.
    pub metric: Metric,
    /// Sum of the values, in the metric's unit.
    pub sum: f64,
    /// How many values there are; for counters of Lambda the number of data points.
    pub samples: f64,
    /// The median, where CloudWatch has raw values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// The 95th percentile, where CloudWatch has raw values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
}

impl Figure {
    /// The mean of the values; `None` without values or with one that is no number.
    pub fn mean(&self) -> Option<f64> {
        (self.samples > 0.0)
            .then(|| self.sum / self.samples)
            .filter(|mean| mean.is_finite())
    }
}

/// A metric as text: namespace, name and dimensions.
#[derive(Serialize, Deserialize)]
pub(super) struct MetricText {
    namespace: String,
    name: String,
    dimensions: BTreeMap<String, String>,
}

impl From<Metric> for MetricText {
    fn from(metric: Metric) -> Self {
        Self {
            namespace: metric.namespace().to_owned(),
            name: metric.name().to_owned(),
            dimensions: metric
                .dimensions()
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }
}

impl TryFrom<MetricText> for Metric {
    type Error = MetricError;

    fn try_from(text: MetricText) -> Result<Self, Self::Error> {
        let dimensions = text
            .dimensions
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        Self::parse(&text.namespace, &text.name, dimensions)
    }
}

/// Dimensions as they came, for reading.
pub(super) struct Given<'a> {
    values: BTreeMap<&'a str, &'a str>,
    repeated: Option<&'a str>,
}

impl<'a> Given<'a> {
    pub(super) fn new(dimensions: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut given = Self {
            values: BTreeMap::new(),
            repeated: None,
        };
        for (name, value) in dimensions {
            if given.values.insert(name, value).is_some() {
                given.repeated = Some(name);
            }
        }
        given
    }

    /// The value of `name`, which must be there.
    pub(super) fn get(&self, name: &str) -> Result<&'a str, String> {
        self.values
            .get(name)
            .copied()
            .ok_or_else(|| format!("the dimension `{name}` is missing"))
    }

    /// The value of `name`, if it is there.
    pub(super) fn find(&self, name: &str) -> Option<&'a str> {
        self.values.get(name).copied()
    }

    /// Fails unless there are exactly `count` dimensions, each once.
    pub(super) fn expect_count(&self, count: usize) -> Result<(), String> {
        if let Some(name) = self.repeated {
            return Err(format!("the dimension `{name}` stands twice"));
        }
        if self.values.len() == count {
            return Ok(());
        }
        Err(format!(
            "it has {} dimensions instead of {count}",
            self.values.len()
        ))
    }

    /// The names, for messages.
    pub(super) fn names(&self) -> String {
        let names: Vec<&str> = self.values.keys().copied().collect();
        format!("[{}]", names.join(", "))
    }
}
