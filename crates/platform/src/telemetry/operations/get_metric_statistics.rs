//! `GetMetricStatistics`: several statistics of one metric, without pages.

use super::Answer;
use super::metric_input::{dimensions, invalid, name, period_s, unit, window_s};
use crate::telemetry::metrics::datum::MetricId;
use crate::telemetry::metrics::statistic::{Samples, Statistic};
use crate::telemetry::metrics::unit::Unit;
use crate::telemetry::store::Store;
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;
use crate::telemetry::wire::value::{Structure, Value};

const MAX_DATAPOINTS: i64 = 1440;
const MAX_STATISTICS: usize = 5;
const MAX_EXTENDED: usize = 10;

/// The statistics asked for, by the names under which they are answered.
struct Wanted {
    plain: Vec<(String, Statistic)>,
    extended: Vec<(String, Statistic)>,
}

/// Answers the question.
pub fn run(store: &Store, input: &Input<'_>) -> Answer {
    let metric = MetricId {
        namespace: name(input, "Namespace")?.to_owned(),
        name: name(input, "MetricName")?.to_owned(),
        dimensions: dimensions(input)?,
    };
    let time = |member| {
        input
            .timestamp_ms(member)?
            .ok_or_else(|| input.missing(member))
    };
    let times_ms = time("StartTime")?..time("EndTime")?;
    let period_s = period_s(input)?;
    let wanted = wanted(input)?;
    let unit = unit(input)?;
    if times_ms.is_empty() {
        return Err(invalid(
            "The parameter StartTime must be less than the parameter EndTime.",
        ));
    }
    check_size((times_ms.end - times_ms.start) / 1000 / period_s)?;

    let now_ms = store.now_ms();
    let window_s = window_s(&times_ms, period_s, now_ms);
    let stored = store.read();
    let mut datapoints = Vec::new();
    for (of_unit, series) in stored.state.metrics.units(&metric).into_iter().flatten() {
        if unit.is_some_and(|wanted| wanted != *of_unit) {
            continue;
        }
        for (index, samples) in series.periods(window_s.clone(), period_s, now_ms.div_euclid(1000))
        {
            let time_ms = (window_s.start + index * period_s) * 1000;
            datapoints.extend(datapoint(time_ms, *of_unit, &samples, &wanted));
        }
    }
    Ok(Structure::new()
        .with("Label", Value::Text(metric.name))
        .with("Datapoints", Value::List(datapoints)))
}

fn check_size(datapoints: i64) -> Result<(), ApiError> {
    if datapoints <= MAX_DATAPOINTS {
        return Ok(());
    }
    let message = format!(
        "You have requested up to {datapoints} datapoints, which exceeds the limit of {MAX_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range."
    );
    Err(ApiError::new(
        ErrorKind::InvalidParameterCombination,
        message,
    ))
}

fn wanted(input: &Input<'_>) -> Result<Wanted, ApiError> {
    let (plain, extended) = (
        input.texts("Statistics")?,
        input.texts("ExtendedStatistics")?,
    );
    if plain.is_empty() == extended.is_empty() {
        let message = "Must specify either Statistics or ExtendedStatistics";
        return Err(ApiError::new(
            ErrorKind::InvalidParameterCombination,
            message,
        ));
    }
    for (member, found, most) in [
        ("Statistics", &plain, MAX_STATISTICS),
        ("ExtendedStatistics", &extended, MAX_EXTENDED),
    ] {
        if found.len() > most {
            let message =
                format!("The collection {member} must not have a size greater than {most}.");
            return Err(invalid(message));
        }
    }
    let parse = |member: &str, names: Vec<&str>, parse: fn(&str) -> Option<Statistic>| {
        let read = |(index, name): (usize, &str)| {
            let statistic = parse(name).ok_or_else(|| {
                let path = input.member_path(member, index);
                invalid(format!(
                    "The value {name} for parameter {path} is not a valid statistic."
                ))
            })?;
            Ok::<_, ApiError>((name.to_owned(), statistic))
        };
        names
            .into_iter()
            .enumerate()
            .map(read)
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(Wanted {
        plain: parse("Statistics", plain, Statistic::parse_plain)?,
        extended: parse("ExtendedStatistics", extended, Statistic::parse_extended)?,
    })
}

/// One datapoint; none where no statistic asked for exists.
fn datapoint(time_ms: i64, unit: Unit, samples: &Samples<'_>, wanted: &Wanted) -> Option<Value> {
    let evaluate = |statistics: &[(String, Statistic)]| {
        let mut found = Structure::new();
        for (name, statistic) in statistics {
            if let Some(value) = statistic.evaluate(samples) {
                found.push(name.clone(), Value::Double(value));
            }
        }
        found
    };
    let mut point = evaluate(&wanted.plain);
    let extended = evaluate(&wanted.extended);
    if !extended.members().is_empty() {
        point.push("ExtendedStatistics".to_owned(), Value::Map(extended));
    }
    if point.members().is_empty() {
        return None;
    }
    let point = point
        .with("Timestamp", Value::Timestamp(time_ms))
        .with("Unit", Value::text(unit.name()));
    Some(point.into())
}
