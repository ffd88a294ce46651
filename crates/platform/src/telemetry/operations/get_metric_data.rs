//! GetMetricData: up to 500 metrics in one question, in pages.
//!
//! Datapoints are counted over all queries in their order. A result that the page does not hold whole is
//! `PartialData`, and so is every result that it does not reach.

use super::Answer;
use super::common::{in_range, not_in_enumeration};
use super::default_label::LabelParts;
use super::metric_input::{dimensions, name, period_s, unit, window_s};
use super::paging_token;
use crate::telemetry::metrics::MetricStore;
use crate::telemetry::metrics::datum::MetricId;
use crate::telemetry::metrics::statistic::Statistic;
use crate::telemetry::metrics::unit::Unit;
use crate::telemetry::store::Store;
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;
use crate::telemetry::wire::value::{Structure, Value};
use std::collections::BTreeSet;
use std::ops::Range;

const MAX_QUERIES: usize = 500;
const MAX_DATAPOINTS: usize = 100_800;
const SCAN_ORDERS: [&str; 2] = ["TimestampDescending", "TimestampAscending"];

/// A request; its description is what a paging token is bound to.
#[derive(Debug)]
struct Request {
    queries: Vec<Query>,
    times_ms: Range<i64>,
    ascending: bool,
}

#[derive(Debug)]
struct Query {
    id: String,
    label: Option<String>,
    return_data: bool,
    metric: MetricId,
    period_s: i64,
    statistic_name: String,
    statistic: Statistic,
    unit: Option<Unit>,
}

/// Where a page begins: the query's index, and the time in milliseconds of the last point already sent.
type Position = (usize, Option<i64>);

/// Answers the question.
pub fn run(store: &Store, input: &Input<'_>) -> Answer {
    // Whatever is wrong with the request, this operation calls it a validation error.
    let request = read(input).map_err(|error| match error.kind {
        ErrorKind::MissingParameter | ErrorKind::InvalidParameterValue => {
            ApiError::new(ErrorKind::Validation, error.message)
        }
        _ => error,
    })?;
    let limit = in_range(
        input.integer("MaxDatapoints")?,
        MAX_DATAPOINTS,
        1..=MAX_DATAPOINTS,
        "maxDatapoints",
        ErrorKind::ModelValidation,
    )?;
    let from: Position = match input.text("NextToken")? {
        None => (0, None),
        Some(token) => paging_token::read(&request, token).ok_or_else(|| {
            ApiError::new(
                ErrorKind::InvalidNextToken,
                "The NextToken is not of this request.",
            )
        })?,
    };
    let now_ms = store.now_ms();
    let stored = store.read();
    let (results, next) = page(&request, &stored.state.metrics, now_ms, from, limit);
    let token = next.map(|position| Value::Text(paging_token::write(&request, &position)));
    Ok(Structure::new()
        .with("Messages", Value::List(Vec::new()))
        .with("MetricDataResults", Value::List(results))
        .with_some("NextToken", token))
}

fn read(input: &Input<'_>) -> Result<Request, ApiError> {
    let items = input.structures("MetricDataQueries")?;
    if items.is_empty() {
        return Err(input.missing("MetricDataQueries"));
    }
    if items.len() > MAX_QUERIES {
        let message = format!(
            "The collection MetricDataQueries must not have a size greater than {MAX_QUERIES}."
        );
        return Err(validation(message));
    }
    let time = |member| {
        input
            .timestamp_ms(member)?
            .ok_or_else(|| input.missing(member))
    };
    let times_ms = time("StartTime")?..time("EndTime")?;
    if times_ms.start == times_ms.end {
        return Err(validation(
            "The parameter StartTime must not equal parameter EndTime.",
        ));
    }
    if times_ms.is_empty() {
        return Err(validation(
            "The parameter EndTime must be greater than StartTime.",
        ));
    }
    let queries = items.iter().map(query).collect::<Result<Vec<_>, _>>()?;
    let ids: BTreeSet<&str> = queries.iter().map(|query| query.id.as_str()).collect();
    if ids.len() < queries.len() {
        return Err(validation(
            "The values for parameter id in MetricDataQueries are not unique.",
        ));
    }
    if !queries.iter().any(|query| query.return_data) {
        return Err(validation(
            "At least one query must have ReturnData set to true.",
        ));
    }
    let ascending = match input.text("ScanBy")? {
        None | Some("TimestampDescending") => false,
        Some("TimestampAscending") => true,
        Some(other) => return Err(not_in_enumeration(other, "scanBy", &SCAN_ORDERS)),
    };
    Ok(Request {
        queries,
        times_ms,
        ascending,
    })
}

fn query(input: &Input<'_>) -> Result<Query, ApiError> {
    let id = input.required_text("Id")?;
    let mut characters = id.chars();
    let well_formed = characters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase())
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !well_formed {
        let path = input.path("Id");
        let pattern = "^[a-z][a-zA-Z0-9_]*$";
        let message = format!(
            "The value {id} for parameter {path} is not matching the expected pattern {pattern}."
        );
        return Err(validation(message));
    }
    let stat = match (input.structure("MetricStat")?, input.text("Expression")?) {
        (Some(stat), None) => stat,
        (None, None) => return Err(input.missing("MetricStat")),
        (Some(_), Some(_)) => {
            let (one, other) = (input.path("MetricStat"), input.path("Expression"));
            let message = format!(
                "The parameters {one} and {other} are mutually exclusive and you have specified both."
            );
            return Err(validation(message));
        }
        (None, Some(_)) => {
            let path = input.path("Expression");
            let message = format!(
                "This endpoint has no metric math: {path} cannot be evaluated. Ask for its metrics with MetricStat, and compute with their values."
            );
            return Err(validation(message));
        }
    };
    let metric = stat
        .structure("Metric")?
        .ok_or_else(|| stat.missing("Metric"))?;
    let statistic_name = stat.required_text("Stat")?;
    let statistic = Statistic::parse(statistic_name).ok_or_else(|| {
        let path = stat.path("Stat");
        validation(format!(
            "The value {statistic_name} for parameter {path} is not a valid statistic."
        ))
    })?;
    Ok(Query {
        id: id.to_owned(),
        label: input.text("Label")?.map(str::to_owned),
        return_data: input.boolean("ReturnData")?.unwrap_or(true),
        metric: MetricId {
            namespace: name(&metric, "Namespace")?.to_owned(),
            name: name(&metric, "MetricName")?.to_owned(),
            dimensions: dimensions(&metric)?,
        },
        period_s: period_s(&stat)?,
        statistic_name: statistic_name.to_owned(),
        statistic,
        unit: unit(&stat)?,
    })
}

/// One page of results, and where the next one begins.
fn page(
    request: &Request,
    metrics: &MetricStore,
    now_ms: i64,
    (first, mut after_ms): Position,
    limit: usize,
) -> (Vec<Value>, Option<Position>) {
    let stats = request
        .queries
        .iter()
        .map(|query| (query.statistic_name.as_str(), query.period_s));
    let labels = LabelParts::of(stats);
    let (mut results, mut room, mut next) = (Vec::new(), limit, None);
    for (index, query) in request.queries.iter().enumerate().skip(first) {
        let resume_ms = after_ms.take();
        if !query.return_data {
            continue;
        }
        if next.is_some() {
            results.push(result(query, labels, &Points::default(), false));
            continue;
        }
        let mut points = evaluate(query, request, metrics, now_ms);
        if let Some(sent_ms) = resume_ms {
            let later = |time_ms: i64| {
                if request.ascending {
                    time_ms > sent_ms
                } else {
                    time_ms < sent_ms
                }
            };
            points.values.retain(|(time_ms, _)| later(*time_ms));
        }
        let complete = points.values.len() <= room;
        points.values.truncate(room);
        room -= points.values.len();
        if !complete {
            next = Some((
                index,
                points
                    .values
                    .last()
                    .map(|(time_ms, _)| *time_ms)
                    .or(resume_ms),
            ));
        }
        results.push(result(query, labels, &points, complete));
    }
    (results, next)
}

/// The datapoints of one query: time in milliseconds and value, in the order asked for.
#[derive(Debug, Default)]
struct Points {
    values: Vec<(i64, f64)>,
    /// All units that have data, where the query asks for none and there are several.
    units: Vec<Unit>,
}

fn evaluate(query: &Query, request: &Request, metrics: &MetricStore, now_ms: i64) -> Points {
    let Some(units) = metrics.units(&query.metric) else {
        return Points::default();
    };
    let window_s = window_s(&request.times_ms, query.period_s, now_ms);
    let now_s = now_ms.div_euclid(1000);
    let mut streams: Vec<_> = units
        .iter()
        .filter(|(unit, _)| query.unit.is_none_or(|wanted| wanted == **unit))
        .map(|(unit, series)| {
            (
                *unit,
                series.periods(window_s.clone(), query.period_s, now_s),
            )
        })
        .filter(|(_, periods)| !periods.is_empty())
        .collect();
    let units = if streams.len() > 1 {
        streams.iter().map(|(unit, _)| *unit).collect()
    } else {
        Vec::new()
    };
    // Units are in the order of their names, and the first one answers.
    streams.truncate(1);
    let mut values: Vec<(i64, f64)> = streams
        .iter()
        .flat_map(|(_, periods)| periods)
        .filter_map(|(index, samples)| {
            let time_ms = (window_s.start + index * query.period_s) * 1000;
            Some((time_ms, query.statistic.evaluate(samples)?))
        })
        .collect();
    if !request.ascending {
        values.reverse();
    }
    Points { values, units }
}

fn result(query: &Query, labels: LabelParts, points: &Points, complete: bool) -> Value {
    let label = query
        .label
        .clone()
        .unwrap_or_else(|| labels.label(&query.metric.name, &query.statistic_name, query.period_s));
    let times = points
        .values
        .iter()
        .map(|(time_ms, _)| Value::Timestamp(*time_ms))
        .collect();
    let values = points
        .values
        .iter()
        .map(|(_, value)| Value::Double(*value))
        .collect();
    let status = if complete { "Complete" } else { "PartialData" };
    Structure::new()
        .with("Id", Value::text(&query.id))
        .with("Label", Value::Text(label))
        .with("Timestamps", Value::List(times))
        .with("Values", Value::List(values))
        .with("StatusCode", Value::text(status))
        .with_some("Messages", several_units(&points.units))
        .into()
}

fn several_units(units: &[Unit]) -> Option<Value> {
    if units.is_empty() {
        return None;
    }
    let names: Vec<&str> = units.iter().map(|unit| unit.name()).collect();
    let message = Structure::new()
        .with("Code", Value::text("MultipleUnits"))
        .with(
            "Value",
            Value::Text(format!("Multiple units returned: '[{}]'", names.join(", "))),
        );
    Some(Value::List(vec![message.into()]))
}

fn validation(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::Validation, message)
}
