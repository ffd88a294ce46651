//! PutMetricData: one bad datum refuses the whole request.

use super::Answer;
use super::metric_input::{dimensions, invalid, name, unit};
use crate::telemetry::ingestion::{TAKEN_AHEAD_MS, TAKEN_PAST_MS};
use crate::telemetry::metrics::datum::{Datum, MetricId, Resolution, StatisticSet, Weighted};
use crate::telemetry::metrics::unit::Unit;
use crate::telemetry::store::Store;
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;
use crate::telemetry::wire::value::Structure;

const MAX_DATA: usize = 1000;
const MAX_VALUES: usize = 150;
/// 2^360, the largest absolute value.
const MAX_ABSOLUTE: f64 = 2.348_542_582_773_833_2e108;

/// Puts data.
pub fn run(store: &Store, input: &Input<'_>) -> Answer {
    let namespace = name(input, "Namespace")?;
    if namespace.starts_with("AWS/") {
        return Err(invalid(
            "The value AWS/ for parameter Namespace is invalid.",
        ));
    }
    let mut items = input.structures("MetricData")?;
    for entity in input.structures("EntityMetricData")? {
        items.extend(entity.structures("MetricData")?);
    }
    if items.is_empty() {
        return Err(input.missing("MetricData"));
    }
    if items.len() > MAX_DATA {
        let message =
            format!("The collection MetricData must not have a size greater than {MAX_DATA}.");
        return Err(invalid(message));
    }
    let now_ms = store.now_ms();
    let (mut data, mut faults) = (Vec::with_capacity(items.len()), Vec::new());
    for item in &items {
        match datum(namespace, item, now_ms) {
            Ok(datum) => data.push(datum),
            Err(fault) => faults.push(fault),
        }
    }
    if let Some(error) = joined(faults) {
        return Err(error);
    }
    store.put_metrics(data)?;
    Ok(Structure::new())
}

/// All faults as one error of the first one's kind, a line each.
fn joined(faults: Vec<ApiError>) -> Option<ApiError> {
    let kind = faults.first()?.kind;
    let lines: Vec<String> = faults.into_iter().map(|fault| fault.message).collect();
    Some(ApiError::new(kind, lines.join("\n")))
}

fn datum(namespace: &str, item: &Input<'_>, now_ms: i64) -> Result<Datum, ApiError> {
    let metric = MetricId {
        namespace: namespace.to_owned(),
        name: name(item, "MetricName")?.to_owned(),
        dimensions: dimensions(item)?,
    };
    let (values, statistic_set) = measured(item)?;
    Ok(Datum {
        metric,
        unit: unit(item)?.unwrap_or(Unit::NONE),
        timestamp_ms: timestamp_ms(item, now_ms)?,
        resolution: resolution(item)?,
        values,
        statistic_set,
    })
}

fn timestamp_ms(item: &Input<'_>, now_ms: i64) -> Result<i64, ApiError> {
    let Some(timestamp_ms) = item.timestamp_ms("Timestamp")? else {
        return Ok(now_ms);
    };
    let path = item.path("Timestamp");
    if timestamp_ms < now_ms - TAKEN_PAST_MS {
        let message =
            format!("The parameter {path} must specify a time within the past two weeks.");
        return Err(invalid(message));
    }
    if timestamp_ms > now_ms + TAKEN_AHEAD_MS {
        let message = format!(
            "The parameter {path} must specify a time no more than two hours in the future."
        );
        return Err(invalid(message));
    }
    Ok(timestamp_ms)
}

fn resolution(item: &Input<'_>) -> Result<Resolution, ApiError> {
    match item.integer("StorageResolution")? {
        None | Some(60) => Ok(Resolution::Minute),
        Some(1) => Ok(Resolution::Second),
        Some(_) => {
            let path = item.path("StorageResolution");
            Err(invalid(format!(
                "The parameter {path} must be a value in the set [ 1, 60 ]."
            )))
        }
    }
}

fn measured(item: &Input<'_>) -> Result<(Vec<Weighted>, Option<StatisticSet>), ApiError> {
    let present = ["Value", "Values", "StatisticValues"].map(|member| item.has(member));
    let exclusive = |other: &str| {
        let (one, other) = (item.path("Value"), item.path(other));
        let message = format!(
            "The parameters {one} and {other} are mutually exclusive and you have specified both."
        );
        ApiError::new(ErrorKind::InvalidParameterCombination, message)
    };
    match present {
        [true, true, _] => Err(exclusive("Values")),
        [true, false, true] => Err(exclusive("StatisticValues")),
        [false, false, false] => {
            let [value, values, set] =
                ["Value", "Values", "StatisticValues"].map(|member| item.path(member));
            let message = format!(
                "At least one of the parameters {value}, {values} or {set} must be specified."
            );
            Err(ApiError::new(ErrorKind::MissingParameter, message))
        }
        [true, false, false] => {
            let value = item.double("Value")?.unwrap_or_default();
            let value = checked(value, &item.path("Value"))?;
            Ok((vec![Weighted { value, count: 1.0 }], None))
        }
        // Values beside a statistic set are accepted, and both count.
        [false, _, _] => Ok((values(item)?, statistic_set(item)?)),
    }
}

fn values(item: &Input<'_>) -> Result<Vec<Weighted>, ApiError> {
    let values = item.doubles("Values")?;
    if values.len() > MAX_VALUES {
        let path = item.path("Values");
        let message =
            format!("The collection {path} must not have a size greater than {MAX_VALUES}.");
        return Err(invalid(message));
    }
    let counts = if item.has("Counts") {
        item.doubles("Counts")?
    } else {
        vec![1.0; values.len()]
    };
    if counts.len() != values.len() {
        let (values, counts) = (item.path("Values"), item.path("Counts"));
        return Err(invalid(format!(
            "The parameters {values} and {counts} must be of the same size."
        )));
    }
    let mut samples = Vec::with_capacity(values.len());
    for (index, (value, count)) in values.into_iter().zip(counts).enumerate() {
        let value = checked(value, &item.member_path("Values", index))?;
        let count = checked_count(count, &item.member_path("Counts", index))?;
        samples.push(Weighted { value, count });
    }
    Ok(samples)
}

fn statistic_set(item: &Input<'_>) -> Result<Option<StatisticSet>, ApiError> {
    let Some(set) = item.structure("StatisticValues")? else {
        return Ok(None);
    };
    let member = |name| -> Result<f64, ApiError> {
        let value = set.double(name)?.ok_or_else(|| set.missing(name))?;
        checked(value, &set.path(name))
    };
    let found = StatisticSet {
        sample_count: checked_count(member("SampleCount")?, &set.path("SampleCount"))?,
        sum: member("Sum")?,
        minimum: member("Minimum")?,
        maximum: member("Maximum")?,
    };
    if found.minimum > found.maximum {
        let (low, high) = (set.path("Minimum"), set.path("Maximum"));
        return Err(invalid(format!(
            "The parameter {low} must not be greater than {high}."
        )));
    }
    Ok(Some(found))
}

fn checked(value: f64, path: &str) -> Result<f64, ApiError> {
    if value.is_finite() && value.abs() <= MAX_ABSOLUTE {
        return Ok(value);
    }
    let value = if value == f64::INFINITY {
        "Infinity".to_owned()
    } else if value == f64::NEG_INFINITY {
        "-Infinity".to_owned()
    } else {
        format!("{value:?}")
    };
    Err(invalid(format!(
        "The value {value} for parameter {path} is invalid."
    )))
}

fn checked_count(count: f64, path: &str) -> Result<f64, ApiError> {
    let count = checked(count, path)?;
    if count < 0.0 {
        return Err(invalid(format!(
            "The value {count:?} for parameter {path} is invalid."
        )));
    }
    Ok(count)
}
