//! The log store: groups, streams and events, within limits of memory and each group's retention.
//!
//! It owns storage and order. It knows no clock, no wire form, no file, and nothing of EMF.

pub mod event;
pub mod group;
pub mod json_condition;
pub mod pattern;

use super::limits::Limits;
use event::StoredEvent;
use group::{Group, Stream};
use std::collections::BTreeMap;

/// Milliseconds between two passes that drop expired events.
const EXPIRE_EVERY_MS: i64 = 60_000;

/// All log groups.
#[derive(Debug, Default)]
pub struct LogStore {
    groups: BTreeMap<String, Group>,
    next_sequence: u64,
    bytes: usize,
    expired_at_ms: i64,
}

impl LogStore {
    /// The groups by name, in byte order.
    pub fn groups(&self) -> &BTreeMap<String, Group> {
        &self.groups
    }

    /// The number that the next event gets.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// One group.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(name)
    }

    /// One stream.
    pub fn stream(&self, group: &str, stream: &str) -> Option<&Stream> {
        self.groups.get(group)?.streams.get(stream)
    }

    /// A group to change its settings; events are added by [`Self::append`] only.
    pub fn group_mut(&mut self, name: &str) -> Option<&mut Group> {
        self.groups.get_mut(name)
    }

    /// Makes a group, unless it exists.
    pub fn create_group(&mut self, name: String, group: Group) {
        self.groups.entry(name).or_insert(group);
    }

    /// Removes a group with all it holds.
    pub fn delete_group(&mut self, name: &str) {
        if let Some(group) = self.groups.remove(name) {
            self.bytes -= group
                .streams
                .values()
                .map(|stream| stream.bytes)
                .sum::<usize>();
        }
    }

    /// Makes a stream, unless it exists; beyond the limit, the one silent for longest goes.
    pub fn create_stream(&mut self, group: &str, name: String, created_ms: i64, limits: &Limits) {
        let Some(group) = self.groups.get_mut(group) else {
            return;
        };
        if group.streams.contains_key(&name) {
            return;
        }
        if group.streams.len() >= limits.log_streams {
            let silent = group
                .streams
                .iter()
                .min_by_key(|(_, stream)| stream.last_ingestion_ms.max(stream.created_ms))
                .map(|(name, _)| name.clone());
            if let Some(stream) = silent.and_then(|name| group.streams.remove(&name)) {
                self.bytes -= stream.bytes;
            }
        }
        group.streams.insert(name, Stream::new(created_ms));
    }

    /// Removes a stream.
    pub fn delete_stream(&mut self, group: &str, name: &str) {
        let removed = self
            .groups
            .get_mut(group)
            .and_then(|group| group.streams.remove(name));
        self.bytes -= removed.map_or(0, |stream| stream.bytes);
    }

    /// Adds events to a stream that exists, in the order given.
    pub fn append(
        &mut self,
        group: &str,
        stream: &str,
        ingestion_ms: i64,
        events: Vec<(i64, String)>,
    ) {
        let Some(stream) = self
            .groups
            .get_mut(group)
            .and_then(|group| group.streams.get_mut(stream))
        else {
            return;
        };
        for (timestamp_ms, message) in events {
            let event = StoredEvent {
                ingestion_ms,
                message,
            };
            self.bytes += event.size();
            stream.insert((timestamp_ms, self.next_sequence), event);
            self.next_sequence += 1;
        }
    }

    /// Drops expired events, and the oldest of the largest stream while all take more than they may.
    pub fn maintain(&mut self, now_ms: i64, limits: &Limits) {
        if now_ms - self.expired_at_ms >= EXPIRE_EVERY_MS {
            self.expired_at_ms = now_ms;
            for group in self.groups.values_mut() {
                let Some(from_ms) = group.kept_from_ms(now_ms) else {
                    continue;
                };
                for stream in group.streams.values_mut() {
                    self.bytes -= stream.drop_before(from_ms);
                }
            }
        }
        while self.bytes > limits.log_bytes {
            let largest = self
                .groups
                .values_mut()
                .flat_map(|group| group.streams.values_mut())
                .max_by_key(|stream| stream.bytes);
            match largest.map(Stream::drop_oldest_quarter) {
                Some(freed) if freed > 0 => self.bytes -= freed,
                _ => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(limits: &Limits) -> LogStore {
        let mut store = LogStore::default();
        store.create_group("g".to_owned(), Group::new(0));
        store.create_stream("g", "s".to_owned(), 0, limits);
        store
    }

    fn messages(store: &LogStore) -> Vec<String> {
        let stream = store.stream("g", "s").expect("stream");
        stream
            .events()
            .values()
            .map(|event| event.message.clone())
            .collect()
    }

    #[test]
    fn the_oldest_events_give_way() {
        let limits = Limits {
            log_bytes: 10 * 27,
            ..Limits::default()
        };
        let mut store = store(&limits);
        for time_ms in 0..12 {
            store.append("g", "s", time_ms, vec![(time_ms, "x".to_owned())]);
        }
        store.maintain(0, &limits);
        assert_eq!(messages(&store).len(), 9);
        assert_eq!(store.bytes, 9 * 27);
    }

    #[test]
    fn retention_drops_what_is_older() {
        let limits = Limits::default();
        let mut store = store(&limits);
        store.group_mut("g").expect("group").retention_days = Some(1);
        store.append(
            "g",
            "s",
            0,
            vec![(0, "old".to_owned()), (86_400_000, "new".to_owned())],
        );
        store.maintain(86_400_001, &limits);
        assert_eq!(messages(&store), ["new"]);
    }

    #[test]
    fn the_stream_silent_for_longest_gives_way() {
        let limits = Limits {
            log_streams: 2,
            ..Limits::default()
        };
        let mut store = store(&limits);
        store.create_stream("g", "t".to_owned(), 5, &limits);
        store.append("g", "s", 9, vec![(9, "x".to_owned())]);
        store.create_stream("g", "u".to_owned(), 10, &limits);
        let names: Vec<&String> = store.group("g").expect("group").streams.keys().collect();
        assert_eq!(names, ["s", "u"]);
    }

    #[test]
    fn deleting_gives_the_memory_back() {
        let mut store = store(&Limits::default());
        store.append("g", "s", 0, vec![(0, "x".to_owned())]);
        store.delete_group("g");
        assert_eq!(store.bytes, 0);
    }
}
