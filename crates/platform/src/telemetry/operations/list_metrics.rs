//! ListMetrics: which metrics had data in the last two weeks.

use super::Answer;
use super::common::not_in_enumeration;
use super::metric_input::{invalid, name};
use super::paging_token;
use crate::telemetry::metrics::datum::MetricId;
use crate::telemetry::metrics::series::LISTED_S;
use crate::telemetry::store::Store;
use crate::telemetry::wire::error::ApiError;
use crate::telemetry::wire::input::Input;
use crate::telemetry::wire::value::{Structure, Value};

const PAGE: usize = 500;
const MAX_DIMENSIONS: usize = 10;
const RECENT_S: i64 = 3 * 3600;

/// What to list; its description is what a paging token is bound to.
#[derive(Debug)]
struct Filter {
    namespace: Option<String>,
    metric_name: Option<String>,
    /// Each with a value, or with any.
    dimensions: Vec<(String, Option<String>)>,
    silent_s: i64,
}

impl Filter {
    fn matches(&self, metric: &MetricId) -> bool {
        let equals = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        equals(&self.namespace, &metric.namespace)
            && equals(&self.metric_name, &metric.name)
            && self.dimensions.iter().all(|(name, wanted)| {
                metric
                    .dimensions
                    .get(name)
                    .is_some_and(|found| equals(wanted, found))
            })
    }
}

/// Lists.
pub fn run(store: &Store, input: &Input<'_>) -> Answer {
    let filter = read(input)?;
    let after: Option<MetricId> = match input.text("NextToken")? {
        None => None,
        Some(token) => {
            let position = paging_token::read(&filter, token);
            Some(position.ok_or_else(|| invalid("Request parameter NextToken is invalid"))?)
        }
    };
    let oldest_s = store.now_ms().div_euclid(1000) - filter.silent_s;
    let stored = store.read();
    let mut found = stored
        .state
        .metrics
        .list(after.as_ref())
        .filter(|(metric, last_s)| *last_s >= oldest_s && filter.matches(metric))
        .map(|(metric, _)| metric);
    let page: Vec<&MetricId> = found.by_ref().take(PAGE).collect();
    let more = found.next().is_some();
    let token = page
        .last()
        .filter(|_| more)
        .map(|last| paging_token::write(&filter, last));
    Ok(Structure::new()
        .with(
            "Metrics",
            Value::List(page.into_iter().map(describe).collect()),
        )
        .with_some("NextToken", token.map(Value::Text)))
}

fn read(input: &Input<'_>) -> Result<Filter, ApiError> {
    let items = input.structures("Dimensions")?;
    if items.len() > MAX_DIMENSIONS {
        let message = format!(
            "The collection Dimensions must not have a size greater than {MAX_DIMENSIONS}."
        );
        return Err(invalid(message));
    }
    let mut dimensions = Vec::new();
    for item in items {
        let value = item.text("Value")?.map(str::to_owned);
        dimensions.push((name(&item, "Name")?.to_owned(), value));
    }
    let silent_s = match input.text("RecentlyActive")? {
        None => LISTED_S,
        Some("PT3H") => RECENT_S,
        Some(other) => return Err(not_in_enumeration(other, "recentlyActive", &["PT3H"])),
    };
    let text = |member| Ok::<_, ApiError>(input.text(member)?.map(str::to_owned));
    Ok(Filter {
        namespace: text("Namespace")?,
        metric_name: text("MetricName")?,
        dimensions,
        silent_s,
    })
}

fn describe(metric: &MetricId) -> Value {
    let dimension = |(name, value): (&String, &String)| {
        Structure::new()
            .with("Name", Value::text(name))
            .with("Value", Value::text(value))
            .into()
    };
    Structure::new()
        .with("Namespace", Value::text(&metric.namespace))
        .with("MetricName", Value::text(&metric.name))
        .with(
            "Dimensions",
            Value::List(metric.dimensions.iter().map(dimension).collect()),
        )
        .into()
}
