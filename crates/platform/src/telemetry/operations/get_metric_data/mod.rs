//! GetMetricData: up to 500 metrics in one question, in pages, with metric math.
//!
//! A request with an expression is answered whole, without pages, as CloudWatch does.

mod expression;
mod math;
mod page;
mod points;
mod request;

use super::Answer;
use super::common::in_range;
use super::default_label::LabelParts;
use super::paging_token;
use crate::telemetry::metrics::unit::Unit;
use crate::telemetry::store::Store;
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;
use crate::telemetry::wire::value::{Structure, Value};
use page::Position;
use points::{Points, evaluate};
use request::{MetricQuery, Request, Source};

const MAX_DATAPOINTS: usize = 100_800;

/// Answers the question.
pub fn run(store: &Store, input: &Input<'_>) -> Answer {
    // Whatever is wrong with the request, this operation calls it a validation error.
    let request = request::read(input).map_err(|error| match error.kind {
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
        None => Position::default(),
        // A request with an expression has no pages, so no token can be its own.
        Some(_) if request.has_math() => return Err(foreign_token()),
        Some(token) => paging_token::read(&request, token).ok_or_else(foreign_token)?,
    };
    let now_ms = store.now_ms();
    // The lock is taken anew for each metric, so that a long question does not hold up what is written.
    let measure = |query: &MetricQuery| {
        let stored = store.read();
        evaluate(query, &request.times_ms, &stored.state.metrics, now_ms)
    };
    let (results, next) = if request.has_math() {
        (math_results(&request, measure)?, None)
    } else {
        metric_results(&request, measure, from, limit)
    };
    let token = next.map(|position| Value::Text(paging_token::write(&request, &position)));
    Ok(Structure::new()
        .with("Messages", Value::List(Vec::new()))
        .with("MetricDataResults", Value::List(results))
        .with_some("NextToken", token))
}

fn foreign_token() -> ApiError {
    ApiError::new(
        ErrorKind::InvalidNextToken,
        "The NextToken is not of this request.",
    )
}

/// One page of results of a request for metrics alone, and where the next one begins.
fn metric_results(
    request: &Request,
    mut measure: impl FnMut(&MetricQuery) -> Points,
    from: Position,
    limit: usize,
) -> (Vec<Value>, Option<Position>) {
    let labels = labels(request);
    let returned: Vec<bool> = request
        .queries
        .iter()
        .map(|query| query.return_data)
        .collect();
    let (parts, next) = page::page(
        &returned,
        request.ascending,
        from,
        limit,
        |index| match &request.queries[index].source {
            Source::Metric(query) => measure(query),
            Source::Math(_) => Points::default(),
        },
    );
    let results = parts.into_iter().map(|part| {
        let query = &request.queries[part.index];
        let label = query.label.clone().unwrap_or_else(|| match &query.source {
            Source::Metric(metric) => default_label(labels, metric),
            Source::Math(_) => query.id.clone(),
        });
        result(&query.id, label, &part.points, part.complete)
    });
    (results.collect(), next)
}

/// All results of a request with expressions.
fn math_results(
    request: &Request,
    measure: impl FnMut(&MetricQuery) -> Points,
) -> Result<Vec<Value>, ApiError> {
    let labels = labels(request);
    let found = math::evaluate(request, measure, |metric| default_label(labels, metric))?;
    let results = found.into_iter().map(|series| {
        let points = Points {
            values: if request.ascending {
                series.points.into_iter().collect()
            } else {
                series.points.into_iter().rev().collect()
            },
            units: series.units,
        };
        result(
            &request.queries[series.query].id,
            series.label,
            &points,
            true,
        )
    });
    Ok(results.collect())
}

fn labels(request: &Request) -> LabelParts {
    let metrics = request
        .queries
        .iter()
        .filter_map(|query| match &query.source {
            Source::Metric(metric) => Some((metric.statistic_name.as_str(), metric.period_s)),
            Source::Math(_) => None,
        });
    LabelParts::of(metrics)
}

fn default_label(labels: LabelParts, query: &MetricQuery) -> String {
    labels.label(&query.metric.name, &query.statistic_name, query.period_s)
}

fn result(id: &str, label: String, points: &Points, complete: bool) -> Value {
    let (mut times, mut values) = (Vec::new(), Vec::new());
    for (time_ms, value) in &points.values {
        times.push(Value::Timestamp(*time_ms));
        values.push(Value::Double(*value));
    }
    let status = if complete { "Complete" } else { "PartialData" };
    Structure::new()
        .with("Id", Value::text(id))
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
    let message = format!("Multiple units returned: '[{}]'", names.join(", "));
    let message = Structure::new()
        .with("Code", Value::text("MultipleUnits"))
        .with("Value", Value::Text(message));
    Some(Value::List(vec![message.into()]))
}
