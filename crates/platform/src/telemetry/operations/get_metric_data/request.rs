//! Reading a request, with everything that is refused about it.

use super::expression::Expression;
use crate::telemetry::metrics::datum::MetricId;
use crate::telemetry::metrics::statistic::Statistic;
use crate::telemetry::metrics::unit::Unit;
use crate::telemetry::operations::common::not_in_enumeration;
use crate::telemetry::operations::metric_input::{dimensions, name, period_s, unit};
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;
use std::collections::BTreeSet;
use std::ops::Range;

const MAX_QUERIES: usize = 500;
const MAX_EXPRESSION_CHARS: usize = 2048;
const SCAN_ORDERS: [&str; 2] = ["TimestampDescending", "TimestampAscending"];

/// A request; its description is what a paging token is bound to.
#[derive(Debug)]
pub struct Request {
    /// What is asked, in order.
    pub queries: Vec<Query>,
    /// From and up to when, in milliseconds since the epoch.
    pub times_ms: Range<i64>,
    /// Whether the oldest points come first.
    pub ascending: bool,
}

/// One question.
#[derive(Debug)]
pub struct Query {
    /// Its name within the request.
    pub id: String,
    /// What to call its result.
    pub label: Option<String>,
    /// Whether it has a result, or serves expressions only.
    pub return_data: bool,
    /// Where its values come from.
    pub source: Source,
}

/// Where values come from.
#[derive(Debug)]
pub enum Source {
    /// From a metric.
    Metric(MetricQuery),
    /// From other queries.
    Math(Expression),
}

/// One statistic of one metric.
#[derive(Debug)]
pub struct MetricQuery {
    /// The metric.
    pub metric: MetricId,
    /// Length of a period in seconds.
    pub period_s: i64,
    /// The statistic as it was written.
    pub statistic_name: String,
    /// The statistic.
    pub statistic: Statistic,
    /// The only unit wanted, if any.
    pub unit: Option<Unit>,
}

impl Request {
    /// Whether it has an expression.
    pub fn has_math(&self) -> bool {
        self.queries
            .iter()
            .any(|query| matches!(query.source, Source::Math(_)))
    }
}

/// Reads a request.
pub fn read(input: &Input<'_>) -> Result<Request, ApiError> {
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
    let queries = items.iter().map(query).collect::<Result<Vec<_>, _>>()?;
    let ids: BTreeSet<&str> = queries.iter().map(|query| query.id.as_str()).collect();
    if ids.len() < queries.len() {
        return Err(validation(
            "The values for parameter id in MetricDataQueries are not unique.",
        ));
    }
    let ascending = match input.text("ScanBy")? {
        None | Some("TimestampDescending") => false,
        Some("TimestampAscending") => true,
        Some(other) => return Err(not_in_enumeration(other, "scanBy", &SCAN_ORDERS)),
    };
    Ok(Request {
        queries,
        times_ms: times_ms(input)?,
        ascending,
    })
}

fn times_ms(input: &Input<'_>) -> Result<Range<i64>, ApiError> {
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
    Ok(times_ms)
}

fn query(input: &Input<'_>) -> Result<Query, ApiError> {
    let id = checked_id(input)?;
    let source = match (input.structure("MetricStat")?, input.text("Expression")?) {
        (Some(stat), None) => Source::Metric(metric(&stat)?),
        (None, Some(text)) => Source::Math(expression(id, text, &input.path("Expression"))?),
        (None, None) => return Err(input.missing("MetricStat")),
        (Some(_), Some(_)) => {
            let (one, other) = (input.path("MetricStat"), input.path("Expression"));
            let message = format!(
                "The parameters {one} and {other} are mutually exclusive and you have specified both."
            );
            return Err(validation(message));
        }
    };
    Ok(Query {
        id: id.to_owned(),
        label: input.text("Label")?.map(str::to_owned),
        return_data: input.boolean("ReturnData")?.unwrap_or(true),
        source,
    })
}

fn checked_id<'a>(input: &Input<'a>) -> Result<&'a str, ApiError> {
    let id = input.required_text("Id")?;
    let mut characters = id.chars();
    let well_formed = characters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase())
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if well_formed {
        return Ok(id);
    }
    let path = input.path("Id");
    let pattern = "^[a-z][a-zA-Z0-9_]*$";
    Err(validation(format!(
        "The value {id} for parameter {path} is not matching the expected pattern {pattern}."
    )))
}

fn metric(stat: &Input<'_>) -> Result<MetricQuery, ApiError> {
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
    Ok(MetricQuery {
        metric: MetricId {
            namespace: name(&metric, "Namespace")?.to_owned(),
            name: name(&metric, "MetricName")?.to_owned(),
            dimensions: dimensions(&metric)?,
        },
        period_s: period_s(stat)?,
        statistic_name: statistic_name.to_owned(),
        statistic,
        unit: unit(stat)?,
    })
}

fn expression(id: &str, text: &str, path: &str) -> Result<Expression, ApiError> {
    if text.chars().count() > MAX_EXPRESSION_CHARS {
        let message = format!(
            "The parameter {path} must be shorter than {} characters.",
            MAX_EXPRESSION_CHARS + 1
        );
        return Err(validation(message));
    }
    Expression::parse(text)
        .map_err(|reason| validation(format!("Error in expression '{id}' [{reason}]")))
}

/// The error of a request that breaks a rule of this operation.
pub fn validation(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::Validation, message)
}
