//! Log groups and their streams.

use super::event::{EventKey, StoredEvent};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const DAY_MS: i64 = 86_400_000;

/// The numbers of days that `PutRetentionPolicy` takes.
pub const RETENTION_DAYS: [i64; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// A log group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Group {
    /// When it was made, in milliseconds since the epoch.
    pub created_ms: i64,
    /// Days for which events are kept; without, for ever.
    pub retention_days: Option<i64>,
    /// Tags of the group.
    pub tags: BTreeMap<String, String>,
    /// Streams by name; a snapshot writes them apart.
    #[serde(skip)]
    pub streams: BTreeMap<String, Stream>,
}

impl Group {
    /// A group without streams.
    pub fn new(created_ms: i64) -> Self {
        Self {
            created_ms,
            ..Self::default()
        }
    }

    /// The time before which events have expired, if they do.
    pub fn kept_from_ms(&self, now_ms: i64) -> Option<i64> {
        self.retention_days.map(|days| now_ms - days * DAY_MS)
    }
}

/// A log stream.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    /// When it was made, in milliseconds since the epoch.
    pub created_ms: i64,
    /// When the last event arrived, in milliseconds since the epoch; 0 before the first.
    pub last_ingestion_ms: i64,
    /// What its events count for.
    pub bytes: usize,
    events: BTreeMap<EventKey, StoredEvent>,
}

impl Stream {
    /// A stream without events.
    pub fn new(created_ms: i64) -> Self {
        Self {
            created_ms,
            ..Self::default()
        }
    }

    /// The events in their order.
    pub fn events(&self) -> &BTreeMap<EventKey, StoredEvent> {
        &self.events
    }

    /// Adds an event.
    pub(super) fn insert(&mut self, key: EventKey, event: StoredEvent) {
        self.bytes += event.size();
        self.last_ingestion_ms = self.last_ingestion_ms.max(event.ingestion_ms);
        self.events.insert(key, event);
    }

    /// Drops events before a time; returns the bytes freed.
    pub(super) fn drop_before(&mut self, from_ms: i64) -> usize {
        let kept = self.events.split_off(&(from_ms, 0));
        self.replace(kept)
    }

    /// Drops the older quarter of the events, at least one; returns the bytes freed.
    pub(super) fn drop_oldest_quarter(&mut self) -> usize {
        let keep_from = self
            .events
            .keys()
            .nth((self.events.len() / 4).max(1))
            .copied();
        let kept = keep_from
            .map(|key| self.events.split_off(&key))
            .unwrap_or_default();
        self.replace(kept)
    }

    fn replace(&mut self, kept: BTreeMap<EventKey, StoredEvent>) -> usize {
        let freed = self.events.values().map(StoredEvent::size).sum();
        self.events = kept;
        self.bytes -= freed;
        freed
    }
}
