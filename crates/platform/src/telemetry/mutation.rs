//! Every change of the telemetry store, as a value: what is applied is what the journal holds.

use super::logs::group::Group;
use super::metrics::datum::{Datum, MetricId};
use super::metrics::series::Series;
use super::metrics::unit::Unit;
use super::state::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One change. Applying it cannot fail; whoever makes one has checked it against the state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Mutation {
    /// Metric data arrived.
    Metrics(Vec<Datum>),
    /// A whole series, as a snapshot writes it.
    Series {
        /// The metric.
        metric: MetricId,
        /// Its unit.
        unit: Unit,
        /// What the series holds.
        series: Series,
    },
    /// A log group was made.
    Group {
        /// Its name.
        name: String,
        /// Its settings.
        group: Group,
    },
    /// A log group was deleted.
    DeleteGroup(String),
    /// A group's retention was set, or with none removed.
    Retention {
        /// The group's name.
        group: String,
        /// Days.
        days: Option<i64>,
    },
    /// A group's tags were replaced.
    Tags {
        /// The group's name.
        group: String,
        /// All of its tags.
        tags: BTreeMap<String, String>,
    },
    /// A log stream was made.
    Stream {
        /// The group's name.
        group: String,
        /// The stream's name.
        name: String,
        /// When, in milliseconds since the epoch.
        created_ms: i64,
    },
    /// A log stream was deleted.
    DeleteStream {
        /// The group's name.
        group: String,
        /// The stream's name.
        name: String,
    },
    /// Log events arrived.
    Events {
        /// The group's name.
        group: String,
        /// The stream's name.
        stream: String,
        /// When they arrived, in milliseconds since the epoch.
        ingestion_ms: i64,
        /// Time in milliseconds since the epoch, and message.
        events: Vec<(i64, String)>,
    },
}

impl Mutation {
    /// Changes the state.
    pub fn apply(self, state: &mut State) {
        let logs = &mut state.logs;
        match self {
            Self::Metrics(data) => state.metrics.add(data),
            Self::Series {
                metric,
                unit,
                series,
            } => state.metrics.restore(metric, unit, series),
            Self::Group { name, group } => logs.create_group(name, group),
            Self::DeleteGroup(name) => logs.delete_group(&name),
            Self::Retention { group, days } => {
                if let Some(group) = logs.group_mut(&group) {
                    group.retention_days = days;
                }
            }
            Self::Tags { group, tags } => {
                if let Some(group) = logs.group_mut(&group) {
                    group.tags = tags;
                }
            }
            Self::Stream {
                group,
                name,
                created_ms,
            } => {
                logs.create_stream(&group, name, created_ms, &state.limits);
            }
            Self::DeleteStream { group, name } => logs.delete_stream(&group, &name),
            Self::Events {
                group,
                stream,
                ingestion_ms,
                events,
            } => {
                logs.append(&group, &stream, ingestion_ms, events);
            }
        }
    }
}
