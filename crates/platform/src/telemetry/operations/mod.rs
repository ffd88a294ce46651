//! The operations of both services over neutral values.
//!
//! Each reads its input, asks or changes the store, and builds its output. None knows a wire form.

mod common;
mod default_label;
mod get_metric_data;
mod get_metric_statistics;
mod list_metrics;
mod log_events;
mod log_groups;
mod log_names;
mod log_reading;
mod log_streams;
mod log_tags;
mod metric_input;
mod paging_token;
mod put_metric_data;

use super::store::{Store, TelemetryError};
use super::wire::Service;
use super::wire::error::{ApiError, ErrorKind};
use super::wire::input::Input;
use super::wire::value::Structure;

/// What an operation gives.
type Answer = Result<Structure, ApiError>;

/// An operation.
type Operation = fn(&Store, &Input<'_>) -> Answer;

const CLOUDWATCH: [(&str, Operation); 4] = [
    ("PutMetricData", put_metric_data::run),
    ("GetMetricData", get_metric_data::run),
    ("GetMetricStatistics", get_metric_statistics::run),
    ("ListMetrics", list_metrics::run),
];

const LOGS: [(&str, Operation); 16] = [
    ("CreateLogGroup", log_groups::create),
    ("DeleteLogGroup", log_groups::delete),
    ("DescribeLogGroups", log_groups::describe),
    ("PutRetentionPolicy", log_groups::put_retention),
    ("DeleteRetentionPolicy", log_groups::delete_retention),
    ("ListTagsForResource", log_tags::list),
    ("ListTagsLogGroup", log_tags::list_by_name),
    ("TagResource", log_tags::tag),
    ("UntagResource", log_tags::untag),
    ("CreateLogStream", log_streams::create),
    ("DeleteLogStream", log_streams::delete),
    ("DescribeLogStreams", log_streams::describe),
    ("PutLogEvents", log_events::put),
    ("GetLogEvents", log_reading::get),
    ("FilterLogEvents", log_reading::filter),
    ("TagLogGroup", log_tags::tag_by_name),
];

/// Runs an operation by name.
pub fn run(store: &Store, service: Service, operation: &str, input: &Input<'_>) -> Answer {
    let known: &[(&str, Operation)] = match service {
        Service::CloudWatch => &CLOUDWATCH,
        Service::Logs => &LOGS,
    };
    match known.iter().find(|(name, _)| *name == operation) {
        Some((_, run)) => run(store, input),
        None => Err(unknown(service, operation, known)),
    }
}

fn unknown(service: Service, operation: &str, known: &[(&str, Operation)]) -> ApiError {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let service = match service {
        Service::CloudWatch => "CloudWatch",
        Service::Logs => "CloudWatch Logs",
    };
    let message = format!(
        "This endpoint's {service} has no operation {operation}; it has {}.",
        names.join(", ")
    );
    ApiError::new(ErrorKind::UnknownOperation, message)
}

impl From<TelemetryError> for ApiError {
    fn from(error: TelemetryError) -> Self {
        let kind = match error {
            TelemetryError::Journal(_) => ErrorKind::Internal,
            TelemetryError::TooManyLogGroups(_) => ErrorKind::LimitExceeded,
        };
        Self::new(kind, error.to_string())
    }
}
