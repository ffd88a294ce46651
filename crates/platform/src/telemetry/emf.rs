//! The embedded metric format: metrics inside a log event.
//!
//! Extraction never fails: what does not fit the format is left out and counted, and the rest is kept.
//! It decides about the event's text alone; whether a time is too old is for the store to say.

use super::metrics::datum::{Datum, MetricId, Resolution, StatisticSet, Weighted};
use super::metrics::unit::Unit;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const MAX_METRICS: usize = 100;
const MAX_VALUES: usize = 100;
const MAX_DIMENSIONS: usize = 30;
const MAX_DIMENSION_NAME: usize = 250;
const MAX_DIMENSION_VALUE: usize = 1024;
const MAX_NAME: usize = 1024;
const MAX_ABSOLUTE: f64 = 2.348_542_582_773_833_2e108; // 2^360

/// What an event gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extraction {
    /// The metric data, one per metric and dimension set.
    pub data: Vec<Datum>,
    /// Documents that are no JSON although they name `_aws`.
    pub parsing_errors: u64,
    /// Directives, metrics and dimension sets that break a rule of the format.
    pub validation_errors: u64,
}

/// Extracts the metrics of one event's text.
pub fn extract(message: &str) -> Extraction {
    let mut found = Extraction::default();
    // The cheap test first: most lines are plain text.
    if !message.contains("\"_aws\"") {
        return found;
    }
    // Lambda's text log format writes time and request id before the document.
    let document = message.find('{').map_or("", |start| &message[start..]);
    let Ok(Value::Object(root)) = serde_json::from_str::<Value>(document) else {
        found.parsing_errors += 1;
        return found;
    };
    let Some(aws) = root.get("_aws").and_then(Value::as_object) else {
        return found;
    };
    let timestamp_ms = aws.get("Timestamp").and_then(Value::as_i64);
    let directives = aws.get("CloudWatchMetrics").and_then(Value::as_array);
    let (Some(timestamp_ms), Some(directives)) = (timestamp_ms, directives) else {
        found.validation_errors += 1;
        return found;
    };
    for directive in directives {
        if extract_directive(&root, directive, timestamp_ms, &mut found).is_none() {
            found.validation_errors += 1;
        }
    }
    found
}

/// Extracts one directive; none if it is unusable as a whole.
fn extract_directive(
    root: &Map<String, Value>,
    directive: &Value,
    timestamp_ms: i64,
    found: &mut Extraction,
) -> Option<()> {
    let namespace = name_of(directive.get("Namespace")?)?;
    let metrics = directive.get("Metrics")?.as_array()?;
    if metrics.len() > MAX_METRICS {
        return None;
    }
    let mut sets = Vec::new();
    for keys in directive.get("Dimensions")?.as_array()? {
        match dimensions(root, keys) {
            Some(set) => sets.push(set),
            None => found.validation_errors += 1,
        }
    }
    for metric in metrics {
        let Some(definition) = definition(root, metric) else {
            found.validation_errors += 1;
            continue;
        };
        for set in &sets {
            found.data.push(Datum {
                metric: MetricId {
                    namespace: namespace.to_owned(),
                    name: definition.name.to_owned(),
                    dimensions: set.clone(),
                },
                unit: definition.unit,
                timestamp_ms,
                resolution: definition.resolution,
                values: definition.values.clone(),
                statistic_set: definition.statistic_set,
            });
        }
    }
    Some(())
}

/// One metric of a directive with the values of its target.
struct Definition<'a> {
    name: &'a str,
    unit: Unit,
    resolution: Resolution,
    values: Vec<Weighted>,
    statistic_set: Option<StatisticSet>,
}

fn definition<'a>(root: &Map<String, Value>, metric: &'a Value) -> Option<Definition<'a>> {
    let name = name_of(metric.get("Name")?)?;
    let unit = match metric.get("Unit") {
        None | Some(Value::Null) => Unit::NONE,
        Some(unit) => Unit::parse(unit.as_str()?)?,
    };
    let resolution = match metric.get("StorageResolution").map(Value::as_i64) {
        None | Some(Some(60)) => Resolution::Minute,
        Some(Some(1)) => Resolution::Second,
        Some(_) => return None,
    };
    let (values, statistic_set) = match root.get(name)? {
        Value::Object(target) => value_object(target)?,
        Value::Array(items) if (1..=MAX_VALUES).contains(&items.len()) => {
            (items.iter().map(once).collect::<Option<_>>()?, None)
        }
        target => (vec![once(target)?], None),
    };
    Some(Definition {
        name,
        unit,
        resolution,
        values,
        statistic_set,
    })
}

/// The form of AWS's agent: values with counts, or a summary where there are none.
fn value_object(target: &Map<String, Value>) -> Option<(Vec<Weighted>, Option<StatisticSet>)> {
    if let Some(values) = target.get("Values").and_then(Value::as_array) {
        let counts = target.get("Counts")?.as_array()?;
        if values.len() != counts.len() || !(1..=MAX_VALUES).contains(&values.len()) {
            return None;
        }
        let weigh = |(value, count)| {
            Some(Weighted {
                value: number(value)?,
                count: number(count).filter(|n| *n >= 0.0)?,
            })
        };
        return Some((
            values
                .iter()
                .zip(counts)
                .map(weigh)
                .collect::<Option<_>>()?,
            None,
        ));
    }
    let member = |name| target.get(name).and_then(number);
    let set = StatisticSet {
        sample_count: member("Count").filter(|count| *count >= 0.0)?,
        sum: member("Sum")?,
        minimum: member("Min")?,
        maximum: member("Max")?,
    };
    Some((Vec::new(), Some(set)))
}

fn dimensions(root: &Map<String, Value>, keys: &Value) -> Option<BTreeMap<String, String>> {
    let keys = keys.as_array()?;
    if keys.len() > MAX_DIMENSIONS {
        return None;
    }
    let mut set = BTreeMap::new();
    for key in keys {
        let key = key
            .as_str()
            .filter(|key| (1..=MAX_DIMENSION_NAME).contains(&key.len()))?;
        let value = root.get(key)?.as_str()?;
        if value.trim().is_empty() || value.len() > MAX_DIMENSION_VALUE {
            return None;
        }
        set.insert(key.to_owned(), value.to_owned());
    }
    Some(set)
}

fn name_of(value: &Value) -> Option<&str> {
    value
        .as_str()
        .filter(|name| (1..=MAX_NAME).contains(&name.len()))
}

fn number(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .filter(|number| number.is_finite() && number.abs() <= MAX_ABSOLUTE)
}

fn once(value: &Value) -> Option<Weighted> {
    number(value).map(|value| Weighted { value, count: 1.0 })
}

#[cfg(test)]
#[path = "emf_tests.rs"]
mod tests;
