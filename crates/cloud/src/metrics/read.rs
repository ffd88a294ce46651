//! Reading many metrics over one window.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_cloudwatch::types::{MetricDataQuery, MetricDataResult, StatusCode};
use fusion_model::telemetry::{Figure, Metric};
use futures::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::query::{Gathered, Statistic, query, read_query_id};
use super::window::Window;
use crate::connect::Clients;
use crate::error::{Error, Kind};

const OPERATION: &str = "GetMetricData";

/// Queries that one call takes: CloudWatch's limit.
const QUERIES_A_CALL: usize = 500;

/// Calls under way at a time. CloudWatch allows 50 a second, other readers in the account need
/// theirs too.
const CALLS_AT_A_TIME: usize = 4;

/// Pages of one call. A call has at most 500 queries of one or two points: more are a fault.
const MAX_PAGES: usize = 50;

/// What could be read, and what could not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Metrics that have data in the window, in the order they were asked for.
    pub figures: Vec<Figure>,
    /// Metrics of which nothing was learnt.
    pub missing: Vec<Missing>,
}

/// A metric that could not be read. It may have data.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// The metric.
    pub metric: Metric,
    /// Why.
    pub why: Error,
}

/// Reads metrics over a window: sum and count of each, percentiles of latencies.
///
/// Takes no longer than `deadline`; what was not read until then is missing. Fails only if
/// nothing at all could be read.
pub async fn read(
    clients: &Clients,
    metrics: &[Metric],
    window: Window,
    deadline: Duration,
) -> Result<Reading, Error> {
    let end = Instant::now() + deadline;
    let asked = plan(metrics);
    let queries: Vec<MetricDataQuery> = asked
        .iter()
        .enumerate()
        .map(|(id, (metric, statistic))| query(id, &metrics[*metric], *statistic, &window))
        .collect();
    // Collected, since a stream that borrows its closure is not known to be `Send`.
    let calls: Vec<_> =
        queries
            .chunks(QUERIES_A_CALL)
            .map(<[MetricDataQuery]>::to_vec)
            .enumerate()
            .map(|(index, queries)| async move {
                (index, call_until(clients, queries, window, end).await)
            })
            .collect();
    let calls = stream::iter(calls).buffer_unordered(CALLS_AT_A_TIME);
    let answers: Vec<_> = calls.collect().await;
    let mut collected = Collected::default();
    for (index, answer) in answers {
        let first = index * QUERIES_A_CALL;
        let chunk = first..(first + QUERIES_A_CALL).min(asked.len());
        match answer {
            Ok(results) => collected.take(&asked, &results, metrics),
            Err(error) => collected.lose(&asked[chunk], &error),
        }
    }
    collected.reading(metrics)
}

/// Every statistic of every metric, as (index of the metric, statistic).
fn plan(metrics: &[Metric]) -> Vec<(usize, Statistic)> {
    let each = metrics.iter().enumerate();
    each.flat_map(|(index, metric)| {
        Statistic::of(metric)
            .iter()
            .map(move |statistic| (index, *statistic))
    })
    .collect()
}

async fn call_until(
    clients: &Clients,
    queries: Vec<MetricDataQuery>,
    window: Window,
    end: Instant,
) -> Result<Vec<MetricDataResult>, Error> {
    let late = |_| {
        let reason = "CloudWatch did not answer in time".to_owned();
        Err(Error::new(Kind::Timeout, OPERATION, "", reason))
    };
    timeout_at(end, call(clients, queries, window))
        .await
        .unwrap_or_else(late)
}

/// One call with all its pages.
async fn call(
    clients: &Clients,
    queries: Vec<MetricDataQuery>,
    window: Window,
) -> Result<Vec<MetricDataResult>, Error> {
    let mut results = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let answer = clients
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(queries.clone()))
            .start_time(window.start())
            .end_time(window.end())
            .set_next_token(token)
            .send()
            .await;
        let page = answer.map_err(|error| Error::sdk(OPERATION, "", &error))?;
        results.extend(page.metric_data_results.unwrap_or_default());
        token = page.next_token;
        if token.as_deref().is_none_or(str::is_empty) {
            return Ok(results);
        }
    }
    let reason = format!("the answer has more than {MAX_PAGES} pages");
    Err(Error::new(Kind::Partial, OPERATION, "", reason))
}

#[derive(Default)]
struct Collected {
    gathered: BTreeMap<usize, Gathered>,
    missing: BTreeMap<usize, Error>,
}

impl Collected {
    /// Takes all pages of one call: a result may come in parts, and the last part's status counts.
    fn take(
        &mut self,
        asked: &[(usize, Statistic)],
        results: &[MetricDataResult],
        metrics: &[Metric],
    ) {
        let mut states = BTreeMap::new();
        let mut points = BTreeSet::new();
        for result in results {
            let Some(id) = result.id().and_then(read_query_id) else {
                continue;
            };
            let Some((metric, statistic)) = asked.get(id).copied() else {
                continue;
            };
            self.gathered
                .entry(metric)
                .or_default()
                .add(statistic, result.values());
            states.insert(id, (metric, result.status_code().cloned()));
            let mut times = result.timestamps().iter();
            if !times.all(|time| points.insert((id, time.secs()))) {
                self.missing.insert(metric, repeated(&metrics[metric]));
            }
        }
        for (metric, status) in states.into_values() {
            if let Some(why) = incomplete(&metrics[metric], status.as_ref()) {
                self.missing.insert(metric, why);
            }
        }
    }

    fn lose(&mut self, asked: &[(usize, Statistic)], error: &Error) {
        self.missing
            .extend(asked.iter().map(|(metric, _)| (*metric, error.clone())));
    }

    fn reading(self, metrics: &[Metric]) -> Result<Reading, Error> {
        if let Some((_, error)) = self.missing.iter().next()
            && self.missing.len() == metrics.len()
        {
            return Err(error.clone());
        }
        let known = self
            .gathered
            .iter()
            .filter(|(index, _)| !self.missing.contains_key(index));
        let figures = known
            .filter_map(|(index, found)| found.figure(&metrics[*index]))
            .collect();
        let missing = self.missing.into_iter();
        let missing = missing.map(|(index, why)| Missing {
            metric: metrics[index].clone(),
            why,
        });
        Ok(Reading {
            figures,
            missing: missing.collect(),
        })
    }
}

/// Parts of a result never share a point: which of two is meant, or whether they add up, nobody
/// can say.
fn repeated(metric: &Metric) -> Error {
    let reason = "CloudWatch gave the same point twice".to_owned();
    Error::new(Kind::Partial, OPERATION, metric.name(), reason)
}

/// Why a result cannot be believed; `None` if it is whole.
fn incomplete(metric: &Metric, status: Option<&StatusCode>) -> Option<Error> {
    let (kind, reason) = match status {
        None | Some(StatusCode::Complete) => return None,
        Some(StatusCode::Forbidden) => (Kind::Denied, "CloudWatch forbids reading it"),
        Some(StatusCode::PartialData) => (Kind::Partial, "CloudWatch gave only a part of it"),
        Some(_) => (Kind::Other, "CloudWatch had an internal error with it"),
    };
    Some(Error::new(
        kind,
        OPERATION,
        metric.name(),
        reason.to_owned(),
    ))
}
