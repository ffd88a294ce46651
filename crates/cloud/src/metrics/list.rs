//! Which metrics a release has: calls that nobody declared are found here.

use aws_sdk_cloudwatch::types::{Dimension, DimensionFilter, Metric as CloudWatchMetric};
use fusion_model::release::ReleaseId;
use fusion_model::telemetry::{Metric, NAMESPACE};
use futures::{StreamExt, TryStreamExt, stream};

use crate::connect::Clients;
use crate::error::{Error, Kind};

const OPERATION: &str = "ListMetrics";

/// Releases that are listed at a time.
const CALLS_AT_A_TIME: usize = 4;

/// Pages of 500 metrics for one release.
const MAX_PAGES: usize = 100;

/// The metrics that CloudWatch knows of these releases of an application, sorted.
///
/// New ones may lag 15 minutes: what is not listed may exist. What is no metric of the contract
/// is left out.
pub async fn list(
    clients: &Clients,
    application: &str,
    releases: &[ReleaseId],
) -> Result<Vec<Metric>, Error> {
    // Collected, since a stream that borrows its closure is not known to be `Send`.
    let calls: Vec<_> = releases
        .iter()
        .map(|release| of_release(clients, application, release))
        .collect();
    let found: Vec<Vec<Metric>> = stream::iter(calls)
        .buffer_unordered(CALLS_AT_A_TIME)
        .try_collect()
        .await?;
    let mut metrics: Vec<Metric> = found.into_iter().flatten().collect();
    metrics.sort();
    metrics.dedup();
    Ok(metrics)
}

async fn of_release(
    clients: &Clients,
    application: &str,
    release: &ReleaseId,
) -> Result<Vec<Metric>, Error> {
    let filter =
        |name: &str, value: &str| DimensionFilter::builder().name(name).value(value).build();
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let answer = clients
            .cloudwatch
            .list_metrics()
            .namespace(NAMESPACE)
            .dimensions(filter("Application", application))
            .dimensions(filter("Release", release.as_str()))
            .set_next_token(token)
            .send()
            .await;
        let page = answer.map_err(|error| Error::sdk(OPERATION, release.as_str(), &error))?;
        found.extend(page.metrics().iter().filter_map(contract_metric));
        token = page.next_token;
        if token.as_deref().is_none_or(str::is_empty) {
            return Ok(found);
        }
    }
    let reason = format!("the answer has more than {MAX_PAGES} pages");
    Err(Error::new(
        Kind::Partial,
        OPERATION,
        release.as_str(),
        reason,
    ))
}

fn contract_metric(metric: &CloudWatchMetric) -> Option<Metric> {
    let pair = |dimension: &'_ Dimension| {
        Some((dimension.name()?.to_owned(), dimension.value()?.to_owned()))
    };
    let dimensions: Option<Vec<(String, String)>> = metric.dimensions().iter().map(pair).collect();
    let dimensions = dimensions?;
    let borrowed = dimensions
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Metric::parse(metric.namespace()?, metric.metric_name()?, borrowed).ok()
}
