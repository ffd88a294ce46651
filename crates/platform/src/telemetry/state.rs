//! Everything the telemetry store holds in memory.

use super::limits::Limits;
use super::logs::LogStore;
use super::metrics::MetricStore;
use super::mutation::Mutation;

/// Events of one journal entry in a snapshot, so that no entry grows with its stream.
const SNAPSHOT_EVENTS: usize = 1000;

/// Metrics and logs, with the limits that they keep.
#[derive(Debug, Default)]
pub struct State {
    /// All metrics.
    pub metrics: MetricStore,
    /// All logs.
    pub logs: LogStore,
    /// What both may hold.
    pub limits: Limits,
}

impl State {
    /// An empty state.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Enforces limits, retention and the coarsening of old data.
    pub fn maintain(&mut self, now_ms: i64) {
        self.metrics.maintain(now_ms, &self.limits);
        self.logs.maintain(now_ms, &self.limits);
    }

    /// The changes that make this state out of an empty one, handed to `write` one by one.
    pub fn replay<E>(&self, mut write: impl FnMut(&Mutation) -> Result<(), E>) -> Result<(), E> {
        for (metric, unit, series) in self.metrics.series() {
            let (metric, series) = (metric.clone(), series.clone());
            write(&Mutation::Series {
                metric,
                unit,
                series,
            })?;
        }
        for (name, group) in self.logs.groups() {
            let settings = super::logs::group::Group {
                created_ms: group.created_ms,
                retention_days: group.retention_days,
                tags: group.tags.clone(),
                ..Default::default()
            };
            write(&Mutation::Group {
                name: name.clone(),
                group: settings,
            })?;
            for (stream, content) in &group.streams {
                write(&Mutation::Stream {
                    group: name.clone(),
                    name: stream.clone(),
                    created_ms: content.created_ms,
                })?;
                self.replay_events(name, stream, &mut write)?;
            }
        }
        Ok(())
    }

    /// A stream's events, those that arrived together and stand together in one change.
    fn replay_events<E>(
        &self,
        group: &str,
        stream: &str,
        write: &mut impl FnMut(&Mutation) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(content) = self.logs.stream(group, stream) else {
            return Ok(());
        };
        let all: Vec<_> = content.events().iter().collect();
        let same_arrival =
            all.chunk_by(|(_, one), (_, next)| one.ingestion_ms == next.ingestion_ms);
        for events in same_arrival.flat_map(|together| together.chunks(SNAPSHOT_EVENTS)) {
            let Some((_, first)) = events.first() else {
                continue;
            };
            write(&Mutation::Events {
                group: group.to_owned(),
                stream: stream.to_owned(),
                ingestion_ms: first.ingestion_ms,
                events: events
                    .iter()
                    .map(|((timestamp_ms, _), event)| (*timestamp_ms, event.message.clone()))
                    .collect(),
            })?;
        }
        Ok(())
    }
}
