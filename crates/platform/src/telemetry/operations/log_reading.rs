//! `GetLogEvents` and `FilterLogEvents`.

use super::Answer;
use super::common::in_range;
use super::log_names::{existing, group, invalid, no_stream, required};
use super::paging_token;
use crate::telemetry::logs::event::{EventKey, StoredEvent};
use crate::telemetry::logs::group::Stream;
use crate::telemetry::logs::pattern::Pattern;
use crate::telemetry::store::Store;
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;
use crate::telemetry::wire::value::{Structure, Value};
use std::ops::Range;

const MAX_EVENTS: usize = 10_000;
const MAX_PAGE_BYTES: usize = 1_048_576;

/// From where, and in which direction, `GetLogEvents` reads: events from a key on, or those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    Forward(EventKey),
    Backward(EventKey),
}

impl Cursor {
    /// `f/<time>.<sequence>` or `b/...`, in the manner of CloudWatch's tokens.
    fn write(self) -> Value {
        let (direction, (time_ms, sequence)) = match self {
            Self::Forward(key) => ('f', key),
            Self::Backward(key) => ('b', key),
        };
        Value::Text(format!("{direction}/{time_ms:020}.{sequence:020}/s"))
    }

    fn read(token: &str) -> Option<Self> {
        let (direction, rest) = token.split_once('/')?;
        let (time_ms, sequence) = rest.strip_suffix("/s")?.split_once('.')?;
        let key = (time_ms.parse().ok()?, sequence.parse().ok()?);
        match direction {
            "f" => Some(Self::Forward(key)),
            "b" => Some(Self::Backward(key)),
            _ => None,
        }
    }
}

/// `GetLogEvents`: one stream, in either direction.
pub fn get(store: &Store, input: &Input<'_>) -> Answer {
    let (group, stream) = (group(input)?, required(input, "logStreamName")?);
    let limit = limit(input)?;
    let start = (input.integer("startTime")?.unwrap_or(0), 0);
    let end = (input.integer("endTime")?.unwrap_or(i64::MAX), 0);
    let from_head = input.boolean("startFromHead")?.unwrap_or(false);
    let cursor = match input.text("nextToken")? {
        Some(token) => {
            Cursor::read(token).ok_or_else(|| invalid("The specified nextToken is invalid."))?
        }
        None if from_head => Cursor::Forward(start),
        None => Cursor::Backward(end),
    };
    let stored = store.read();
    let stream = existing(&stored, group)?
        .streams
        .get(stream)
        .ok_or_else(no_stream)?;
    let page = match cursor {
        Cursor::Forward(from) => page(range(stream, from.max(start)..end), limit),
        Cursor::Backward(before) => {
            let mut page = page(range(stream, start..before.min(end)).rev(), limit);
            page.reverse();
            page
        }
    };
    let (forward, backward) = match (page.first(), page.last(), cursor) {
        (Some(((first_ms, first), _)), Some(((last_ms, last), _)), _) => {
            ((*last_ms, last + 1), (*first_ms, *first))
        }
        // At an end the token asked with comes back, by which clients know it.
        (_, _, Cursor::Forward(at) | Cursor::Backward(at)) => (at, at),
    };
    let events = page
        .iter()
        .map(|(key, event)| plain(key, event).into())
        .collect();
    Ok(Structure::new()
        .with("events", Value::List(events))
        .with("nextForwardToken", Cursor::Forward(forward).write())
        .with("nextBackwardToken", Cursor::Backward(backward).write()))
}

fn limit(input: &Input<'_>) -> Result<usize, ApiError> {
    let (range, kind) = (1..=MAX_EVENTS, ErrorKind::InvalidParameter);
    in_range(input.integer("limit")?, MAX_EVENTS, range, "limit", kind)
}

fn range(
    stream: &Stream,
    keys: Range<EventKey>,
) -> std::collections::btree_map::Range<'_, EventKey, StoredEvent> {
    let keys = if keys.start < keys.end {
        keys
    } else {
        keys.start..keys.start
    };
    stream.events().range(keys)
}

/// As many of the events as a page takes, by number and by bytes, and at least one.
fn page<'a>(
    events: impl Iterator<Item = (&'a EventKey, &'a StoredEvent)>,
    limit: usize,
) -> Vec<(&'a EventKey, &'a StoredEvent)> {
    let mut bytes = 0;
    events
        .take(limit)
        .take_while(|(_, event)| {
            let first = bytes == 0;
            bytes += event.size();
            first || bytes <= MAX_PAGE_BYTES
        })
        .collect()
}

fn plain((timestamp_ms, _): &EventKey, event: &StoredEvent) -> Structure {
    Structure::new()
        .with("timestamp", Value::Integer(*timestamp_ms))
        .with("message", Value::text(&event.message))
        .with("ingestionTime", Value::Integer(event.ingestion_ms))
}

/// What `FilterLogEvents` looks for; its description is what a paging token is bound to.
#[derive(Debug)]
struct Filter<'a> {
    group: &'a str,
    streams: Vec<&'a str>,
    prefix: Option<&'a str>,
    start_ms: i64,
    end_ms: i64,
    pattern: Pattern,
}

/// `FilterLogEvents`: all streams of a group, or some, in the order of time.
pub fn filter(store: &Store, input: &Input<'_>) -> Answer {
    let filter = read_filter(input)?;
    let limit = limit(input)?;
    let after: Option<EventKey> = match input.text("nextToken")? {
        None => None,
        Some(token) => {
            let position = paging_token::read(&filter, token);
            Some(position.ok_or_else(|| invalid("The specified nextToken is invalid."))?)
        }
    };
    let stored = store.read();
    let group = existing(&stored, filter.group)?;
    if filter
        .streams
        .iter()
        .any(|name| !group.streams.contains_key(*name))
    {
        return Err(no_stream());
    }
    let from = after.map_or((filter.start_ms, 0), |(time_ms, sequence)| {
        // A client can make a token up.
        (time_ms, sequence.saturating_add(1))
    });
    let to = (filter.end_ms.saturating_add(1), 0);
    let mut found: Vec<(&EventKey, &StoredEvent, &str)> = Vec::new();
    for (name, stream) in &group.streams {
        let asked = filter.streams.is_empty() || filter.streams.contains(&name.as_str());
        if asked && filter.prefix.is_none_or(|prefix| name.starts_with(prefix)) {
            let matching = range(stream, from..to)
                .filter(|(_, event)| filter.pattern.matches(&event.message))
                // One more than a page tells whether there is a next one.
                .take(limit + 1);
            found.extend(matching.map(|(key, event)| (key, event, name.as_str())));
        }
    }
    found.sort_by_key(|(key, ..)| **key);
    let taken = page(found.iter().map(|(key, event, _)| (*key, *event)), limit).len();
    let more = taken < found.len();
    found.truncate(taken);
    let token = found
        .last()
        .filter(|_| more)
        .map(|(last, ..)| paging_token::write(&filter, last));
    let events = found.into_iter().map(|(key, event, stream)| {
        plain(key, event)
            .with("logStreamName", Value::text(stream))
            .with(
                "eventId",
                Value::Text(format!("{:020}{:036}", key.0, key.1)),
            )
            .into()
    });
    Ok(Structure::new()
        .with("events", Value::List(events.collect()))
        .with("searchedLogStreams", Value::List(Vec::new()))
        .with_some("nextToken", token.map(Value::Text)))
}

fn read_filter<'a>(input: &Input<'a>) -> Result<Filter<'a>, ApiError> {
    let (streams, prefix) = (
        input.texts("logStreamNames")?,
        input.text("logStreamNamePrefix")?,
    );
    if !streams.is_empty() && prefix.is_some() {
        return Err(invalid(
            "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.",
        ));
    }
    let pattern = Pattern::parse(input.text("filterPattern")?.unwrap_or_default())
        .map_err(|error| invalid(error.to_string()))?;
    Ok(Filter {
        group: group(input)?,
        streams,
        prefix,
        start_ms: input.integer("startTime")?.unwrap_or(0),
        end_ms: input.integer("endTime")?.unwrap_or(i64::MAX - 1),
        pattern,
    })
}

#[cfg(test)]
#[path = "log_reading_tests.rs"]
mod tests;
