//! Metric math: what expressions mean.
//!
//! A missing point counts as 0 in arithmetic and comparisons, and a division by zero drops the point. Of
//! CloudWatch's functions there are those of [`FUNCTIONS`]; any other is refused by name.

mod functions;
mod worth;

use super::expression::Expression;
use super::points::Points;
use super::request::{MetricQuery, Request, Source, validation};
use crate::telemetry::wire::error::ApiError;
use functions::{aggregate, choose, deviation, differences, each, mean, running_sum};
use std::collections::{BTreeMap, BTreeSet};
use worth::{Series, Worth, combine};

/// The functions there are.
const FUNCTIONS: [&str; 17] = [
    "ABS",
    "AVG",
    "CEIL",
    "DIFF",
    "FILL",
    "FLOOR",
    "IF",
    "MAX",
    "METRICS",
    "MIN",
    "PERIOD",
    "RATE",
    "REMOVE_EMPTY",
    "RUNNING_SUM",
    "STDDEV",
    "SUM",
    "TIME_SERIES",
];

/// How deep expressions may nest, over those that they refer to.
const MAX_DEPTH: usize = 128;

/// The most points that all steps of a request's expressions give together.
const MAX_COMPUTED: usize = 10_000_000;

/// The most points that a filled or constant series has.
const MAX_POINTS: usize = 100_800;

/// Computes all results of a request, in the order of its queries. An expression that is worth an array
/// has several.
pub fn evaluate(
    request: &Request,
    mut measure: impl FnMut(&MetricQuery) -> Points,
    default_label: impl Fn(&MetricQuery) -> String,
) -> Result<Vec<Series>, ApiError> {
    let mut known = BTreeMap::new();
    for (index, query) in request.queries.iter().enumerate() {
        if let Source::Metric(metric) = &query.source {
            let points = measure(metric);
            let series = Series {
                query: index,
                label: query.label.clone().unwrap_or_else(|| default_label(metric)),
                points: points.values.into_iter().collect(),
                units: points.units,
                period_s: metric.period_s,
            };
            known.insert(query.id.as_str(), Worth::Series(series));
        }
    }
    let mut machine = Machine {
        request,
        known,
        open: BTreeSet::new(),
        points_left: MAX_COMPUTED,
        depth: 0,
    };
    let mut results = Vec::new();
    for (index, query) in request.queries.iter().enumerate() {
        let worth = machine.of_id(&query.id).map_err(|reason| {
            validation(format!("Error in expression '{}' [{reason}]", query.id))
        })?;
        if !query.return_data {
            continue;
        }
        let is_metric = matches!(query.source, Source::Metric(_));
        match worth {
            Worth::Series(series) => {
                let own = query.label.clone().unwrap_or_else(|| query.id.clone());
                let label = if is_metric { series.label.clone() } else { own };
                results.push(Series {
                    query: index,
                    label,
                    ..series
                });
            }
            Worth::Array(items) => results.extend(items.into_iter().map(|series| {
                let own = query.label.as_ref().unwrap_or(&query.id);
                Series {
                    query: index,
                    label: format!("{own} {}", series.label),
                    ..series
                }
            })),
            Worth::Scalar(_) | Worth::Text(_) => {
                let message = format!(
                    "Error in expression '{}' [the result must be a time series or an array of them; TIME_SERIES makes one of a number]",
                    query.id
                );
                return Err(validation(message));
            }
        }
    }
    Ok(results)
}

fn too_much() -> String {
    format!("the request computes more than {MAX_COMPUTED} points; ask for fewer or longer periods")
}

/// Milliseconds as seconds.
#[expect(clippy::cast_precision_loss, reason = "the time between two points")]
fn seconds(span_ms: i64) -> f64 {
    span_ms as f64 / 1000.0
}

struct Machine<'a> {
    request: &'a Request,
    known: BTreeMap<&'a str, Worth>,
    /// The expressions being computed, so that one that needs itself is found out.
    open: BTreeSet<&'a str>,
    points_left: usize,
    depth: usize,
}

impl<'a> Machine<'a> {
    fn of_id(&mut self, id: &str) -> Result<Worth, String> {
        if let Some(worth) = self.known.get(id) {
            return Ok(worth.clone());
        }
        let query = self.request.queries.iter().find(|query| query.id == id);
        let Some((query, Source::Math(expression))) = query.map(|query| (query, &query.source))
        else {
            return Err(format!("no query has the Id '{id}'"));
        };
        if !self.open.insert(&query.id) {
            return Err(format!("'{id}' needs its own result"));
        }
        let worth = self.of(expression)?;
        self.open.remove(query.id.as_str());
        self.known.insert(&query.id, worth.clone());
        Ok(worth)
    }

    /// What an expression is worth, its points counting against what a request may compute.
    fn of(&mut self, expression: &'a Expression) -> Result<Worth, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("expressions need one another too deep".to_owned());
        }
        let worth = self.of_parts(expression)?;
        self.depth -= 1;
        self.points_left = self
            .points_left
            .checked_sub(worth.points())
            .ok_or_else(too_much)?;
        Ok(worth)
    }

    fn of_parts(&mut self, expression: &'a Expression) -> Result<Worth, String> {
        match expression {
            Expression::Number(number) => Ok(Worth::Scalar(*number)),
            Expression::Text(text) => Ok(Worth::Text(text.clone())),
            Expression::Id(id) => self.of_id(id),
            Expression::Array(items) => {
                let mut all = Vec::new();
                for item in items {
                    all.extend(self.of(item)?.into_array()?);
                }
                Ok(Worth::Array(all))
            }
            Expression::Binary(..) => self.of_chain(expression),
            Expression::Call(name, arguments) => {
                let worths = arguments.iter().map(|argument| self.of(argument));
                let worths = worths.collect::<Result<Vec<_>, _>>()?;
                self.call(name, worths)
            }
        }
    }

    /// Operands joined by operators. The left ones are taken in a loop, since a sum of many metrics is as
    /// deep as it is long.
    fn of_chain(&mut self, expression: &'a Expression) -> Result<Worth, String> {
        let (mut first, mut joined) = (expression, Vec::new());
        while let Expression::Binary(operator, left, right) = first {
            joined.push((*operator, right.as_ref()));
            first = left;
        }
        let mut worth = self.of(first)?;
        for (operator, right) in joined.into_iter().rev() {
            worth = combine(worth, self.of(right)?, |left, right| {
                operator.apply(left, right)
            })?;
        }
        Ok(worth)
    }

    fn call(&self, name: &str, mut arguments: Vec<Worth>) -> Result<Worth, String> {
        let third = (arguments.len() > 2).then(|| arguments.remove(2));
        let second = (arguments.len() > 1).then(|| arguments.remove(1));
        let first = arguments.pop();
        match (name, first, second, third) {
            ("METRICS", None, ..) => Ok(self.metrics("")),
            ("METRICS", Some(Worth::Text(part)), None, _) => Ok(self.metrics(&part)),
            ("SUM", Some(of), None, _) => aggregate(of, |values| values.iter().sum()),
            ("AVG", Some(of), None, _) => aggregate(of, mean),
            ("MIN", Some(of), None, _) => aggregate(of, |values| {
                values.iter().copied().fold(f64::INFINITY, f64::min)
            }),
            ("MAX", Some(of), None, _) => aggregate(of, |values| {
                values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
            }),
            ("STDDEV", Some(of), None, _) => aggregate(of, deviation),
            ("ABS", Some(of), None, _) => each(of, f64::abs),
            ("CEIL", Some(of), None, _) => each(of, f64::ceil),
            ("FLOOR", Some(of), None, _) => each(of, f64::floor),
            ("DIFF", Some(of), None, _) => of.per_series(|series| differences(series, |_| 1.0)),

            ("RATE", Some(of), None, _) => of.per_series(|series| differences(series, seconds)),
            ("RUNNING_SUM", Some(of), None, _) => of.per_series(running_sum),
            ("REMOVE_EMPTY", Some(of), None, _) => {
                let kept = of
                    .into_array()?
                    .into_iter()
                    .filter(|series| !series.points.is_empty());
                Ok(Worth::Array(kept.collect()))
            }
            #[expect(clippy::cast_precision_loss, reason = "a period in seconds")]
            ("PERIOD", Some(Worth::Series(series)), None, _) => {
                Ok(Worth::Scalar(series.period_s as f64))
            }
            ("TIME_SERIES", Some(Worth::Scalar(number)), None, _) => Ok(self.constant(number)),
            ("FILL", Some(of), Some(with), None) => self.fill(of, &with),
            ("IF", Some(condition), Some(then), otherwise) => choose(condition, then, otherwise),
            (name, ..) if FUNCTIONS.contains(&name) => {
                Err(format!("the arguments of {name} are not those it takes"))
            }
            (name, ..) => Err(format!(
                "this endpoint has no function {name}; it has {}",
                FUNCTIONS.join(", ")
            )),
        }
    }

    /// The request's metrics whose Id contains a text.
    fn metrics(&self, part: &str) -> Worth {
        let metrics = self
            .request
            .queries
            .iter()
            .filter_map(|query| match &query.source {
                Source::Metric(_) if query.id.contains(part) => self.known.get(query.id.as_str()),
                _ => None,
            });
        Worth::Array(
            metrics
                .filter_map(|worth| match worth {
                    Worth::Series(series) => Some(series.clone()),
                    _ => None,
                })
                .collect(),
        )
    }

    /// A value at every period of the request, the shortest period of its metrics counting.
    fn constant(&self, number: f64) -> Worth {
        let periods_s = self
            .request
            .queries
            .iter()
            .filter_map(|query| match &query.source {
                Source::Metric(metric) => Some(metric.period_s),
                Source::Math(_) => None,
            });
        let period_s = periods_s.min().unwrap_or(60);
        let points = self
            .times(period_s, None)
            .map(|time_ms| (time_ms, number))
            .collect();
        let label = number.to_string();
        Worth::Series(Series {
            query: 0,
            label,
            points,
            units: Vec::new(),
            period_s,
        })
    }

    /// The starts of the request's periods, in step with a series' own where it has points.
    fn times(&self, period_s: i64, like_ms: Option<i64>) -> impl Iterator<Item = i64> + use<> {
        let (start_ms, end_ms) = (self.request.times_ms.start, self.request.times_ms.end);
        let period_ms = period_s.saturating_mul(1000);
        let offset_ms = like_ms.unwrap_or(start_ms).rem_euclid(period_ms);
        let first_ms = start_ms - (start_ms - offset_ms).rem_euclid(period_ms);
        let in_time = move |time_ms: &i64| *time_ms < end_ms;
        let next = move |time_ms: &i64| time_ms.checked_add(period_ms);
        std::iter::successors(Some(first_ms), next)
            .take_while(in_time)
            .take(MAX_POINTS)
    }

    fn fill(&self, of: Worth, with: &Worth) -> Result<Worth, String> {
        let repeat = *with == Worth::Text("REPEAT".to_owned());
        let number = match with {
            Worth::Scalar(number) => Some(*number),
            Worth::Text(_) if repeat => None,
            _ => return Err("FILL takes a number or REPEAT".to_owned()),
        };
        let span_ms = self.request.times_ms.end - self.request.times_ms.start;
        let periods =
            |series: &Series| usize::try_from(span_ms / 1000 / series.period_s + 1).unwrap_or(0);
        if of.series().iter().map(periods).sum::<usize>() > self.points_left {
            return Err(too_much());
        }
        of.per_series(|mut series| {
            let like_ms = series.points.keys().next().copied();
            let mut last = number;
            for time_ms in self.times(series.period_s, like_ms) {
                match (series.points.get(&time_ms), last) {
                    (Some(value), _) if repeat => last = Some(*value),
                    (None, Some(value)) => {
                        series.points.insert(time_ms, value);
                    }
                    _ => {}
                }
            }
            series
        })
    }
}

#[cfg(test)]
mod tests;
