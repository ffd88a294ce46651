//! `PutLogEvents`: a batch for one stream that exists.

use super::Answer;
use super::common::model_violation;
use super::log_names::{existing, group, invalid, no_stream, required};
use crate::telemetry::ingestion::{self, TAKEN_AHEAD_MS, TAKEN_PAST_MS};
use crate::telemetry::logs::event::{EVENT_OVERHEAD_BYTES, LogEvent};
use crate::telemetry::store::Store;
use crate::telemetry::wire::error::ApiError;
use crate::telemetry::wire::input::Input;
use crate::telemetry::wire::value::{Structure, Value};

const MAX_EVENTS: usize = 10_000;
const MAX_BATCH_BYTES: usize = 1_048_576;
const MAX_EVENT_BYTES: usize = 1_048_576;
const MAX_SPAN_MS: i64 = 86_400_000;

/// Takes a batch. Events too old or too new are left out and named, and the rest is kept.
pub fn put(store: &Store, input: &Input<'_>) -> Answer {
    let (group, stream) = (group(input)?, required(input, "logStreamName")?);
    let events = read(input)?;
    let now_ms = store.now_ms();
    let mut stored = store.write();
    let found = existing(&stored, group)?;
    if !found.streams.contains_key(stream) {
        return Err(no_stream());
    }
    let accepted = Accepted {
        too_old: position(&events, now_ms - TAKEN_PAST_MS),
        expired: found
            .kept_from_ms(now_ms)
            .map_or(0, |from_ms| position(&events, from_ms)),
        too_new: position(&events, now_ms + TAKEN_AHEAD_MS + 1),
        count: events.len(),
    };
    let kept: Vec<LogEvent> = accepted
        .range()
        .map_or_else(Vec::new, |range| events[range].to_vec());
    if !kept.is_empty() {
        let mutations = ingestion::events(group, stream, kept, now_ms);
        stored.commit(mutations, now_ms)?;
    }
    let token = format!("{:056}", stored.state.logs.next_sequence());
    Ok(Structure::new()
        .with("nextSequenceToken", Value::Text(token))
        .with_some("rejectedLogEventsInfo", accepted.rejected()))
}

/// Which events of a batch in the order of time are taken, by index.
struct Accepted {
    /// The first that is not too old.
    too_old: usize,
    /// The first that is within the group's retention.
    expired: usize,
    /// The first that is too new.
    too_new: usize,
    count: usize,
}

impl Accepted {
    fn range(&self) -> Option<std::ops::Range<usize>> {
        let range = self.too_old.max(self.expired)..self.too_new;
        (range.start < range.end).then_some(range)
    }

    fn rejected(&self) -> Option<Value> {
        let index = |index: usize| Value::Integer(i64::try_from(index).unwrap_or(i64::MAX));
        let too_new = (self.too_new < self.count).then(|| index(self.too_new));
        let too_old = (self.too_old > 0).then(|| index(self.too_old));
        let expired = (self.expired > self.too_old).then(|| index(self.expired));
        if too_new.is_none() && too_old.is_none() && expired.is_none() {
            return None;
        }
        let info = Structure::new()
            .with_some("tooNewLogEventStartIndex", too_new)
            .with_some("tooOldLogEventEndIndex", too_old)
            .with_some("expiredLogEventEndIndex", expired);
        Some(info.into())
    }
}

/// How many events lie before a time.
fn position(events: &[LogEvent], from_ms: i64) -> usize {
    events.partition_point(|event| event.timestamp_ms < from_ms)
}

fn read(input: &Input<'_>) -> Result<Vec<LogEvent>, ApiError> {
    let items = input.structures("logEvents")?;
    let length = |constraint: &str| {
        let constraint = format!("Member must have length {constraint}");
        Err(invalid(model_violation(
            format_args!("{} events", items.len()),
            "logEvents",
            &constraint,
        )))
    };
    if items.is_empty() {
        return length("greater than or equal to 1");
    }
    if items.len() > MAX_EVENTS {
        return length("less than or equal to 10000");
    }
    let events = items.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    let bytes: usize = events
        .iter()
        .map(|event| event.message.len() + EVENT_OVERHEAD_BYTES)
        .sum();
    if bytes > MAX_BATCH_BYTES {
        let message = format!("Upload too large: {bytes} bytes exceeds limit of {MAX_BATCH_BYTES}");
        return Err(invalid(message));
    }
    if !events.is_sorted_by_key(|event| event.timestamp_ms) {
        return Err(invalid(
            "Log events in a single PutLogEvents request must be in chronological order.",
        ));
    }
    let span_ms = match (events.first(), events.last()) {
        (Some(first), Some(last)) => last.timestamp_ms.saturating_sub(first.timestamp_ms),
        _ => 0,
    };
    if span_ms > MAX_SPAN_MS {
        return Err(invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    Ok(events)
}

fn event(item: &Input<'_>) -> Result<LogEvent, ApiError> {
    let message = required(item, "message")?;
    if message.is_empty() {
        let constraint = "Member must have length greater than or equal to 1";
        return Err(invalid(model_violation(
            "",
            &item.path("message"),
            constraint,
        )));
    }
    let bytes = message.len() + EVENT_OVERHEAD_BYTES;
    if bytes > MAX_EVENT_BYTES {
        let message =
            format!("Log event too large: {bytes} bytes exceeds limit of {MAX_EVENT_BYTES}");
        return Err(invalid(message));
    }
    let timestamp_ms = item.integer("timestamp")?.filter(|time_ms| *time_ms >= 0);
    let timestamp_ms = timestamp_ms.ok_or_else(|| {
        let constraint = "Member must have value greater than or equal to 0";
        invalid(model_violation("null", &item.path("timestamp"), constraint))
    })?;
    Ok(LogEvent {
        timestamp_ms,
        message: message.to_owned(),
    })
}
