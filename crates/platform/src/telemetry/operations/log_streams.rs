//! Log streams: making, describing, deleting.

use super::Answer;
use super::common::{in_range, not_in_enumeration};
use super::log_names::{existing, group, invalid, new_stream, no_stream, required};
use super::paging_token;
use crate::telemetry::logs::group::Stream;
use crate::telemetry::mutation::Mutation;
use crate::telemetry::store::Store;
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;
use crate::telemetry::wire::value::{Structure, Value};

const PAGE: usize = 50;
const ORDERS: [&str; 2] = ["LogStreamName", "LastEventTime"];

/// `CreateLogStream`
pub fn create(store: &Store, input: &Input<'_>) -> Answer {
    let (group, name) = (group(input)?, new_stream(input)?);
    let now_ms = store.now_ms();
    let mut stored = store.write();
    if existing(&stored, group)?.streams.contains_key(name) {
        let message = "The specified log stream already exists";
        return Err(ApiError::new(ErrorKind::ResourceAlreadyExists, message));
    }
    let (group, name) = (group.to_owned(), name.to_owned());
    stored.commit(
        vec![Mutation::Stream {
            group,
            name,
            created_ms: now_ms,
        }],
        now_ms,
    )?;
    Ok(Structure::new())
}

/// `DeleteLogStream`
pub fn delete(store: &Store, input: &Input<'_>) -> Answer {
    let (group, name) = (group(input)?, required(input, "logStreamName")?);
    let mut stored = store.write();
    if !existing(&stored, group)?.streams.contains_key(name) {
        return Err(no_stream());
    }
    let (group, name) = (group.to_owned(), name.to_owned());
    stored.commit(vec![Mutation::DeleteStream { group, name }], store.now_ms())?;
    Ok(Structure::new())
}

/// What to describe; its description is what a paging token is bound to.
#[derive(Debug)]
struct Filter<'a> {
    group: &'a str,
    prefix: Option<&'a str>,
    by_time: bool,
    descending: bool,
}

/// Where a stream stands in the order asked for: the time of its last event if that orders, and its name.
type Position = (i64, String);

/// `DescribeLogStreams`
pub fn describe(store: &Store, input: &Input<'_>) -> Answer {
    let filter = read(input)?;
    let limit = in_range(
        input.integer("limit")?,
        PAGE,
        1..=PAGE,
        "limit",
        ErrorKind::InvalidParameter,
    )?;
    let after: Option<Position> = match input.text("nextToken")? {
        None => None,
        Some(token) => {
            let position = paging_token::read(&filter, token);
            Some(position.ok_or_else(|| invalid("The specified nextToken is invalid."))?)
        }
    };
    let stored = store.read();
    let mut found: Vec<(Position, &Stream)> = existing(&stored, filter.group)?
        .streams
        .iter()
        .filter(|(name, _)| filter.prefix.is_none_or(|prefix| name.starts_with(prefix)))
        .map(|(name, stream)| {
            let time_ms = if filter.by_time {
                last_event_ms(stream).unwrap_or(0)
            } else {
                0
            };
            ((time_ms, name.clone()), stream)
        })
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    if filter.descending {
        found.reverse();
    }
    if let Some(after) = after {
        found.retain(|(at, _)| {
            if filter.descending {
                *at < after
            } else {
                *at > after
            }
        });
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let token = found
        .last()
        .filter(|_| more)
        .map(|(last, _)| paging_token::write(&filter, last));
    let arn = store.log_group_arn(filter.group);
    let streams = found
        .iter()
        .map(|((_, name), stream)| description(&arn, name, stream))
        .collect();
    Ok(Structure::new()
        .with("logStreams", Value::List(streams))
        .with_some("nextToken", token.map(Value::Text)))
}

fn read<'a>(input: &Input<'a>) -> Result<Filter<'a>, ApiError> {
    let by_time = match input.text("orderBy")? {
        None | Some("LogStreamName") => false,
        Some("LastEventTime") => true,
        Some(other) => {
            let refusal = not_in_enumeration(other, "orderBy", &ORDERS);
            return Err(invalid(refusal.message));
        }
    };
    let prefix = input.text("logStreamNamePrefix")?;
    if by_time && prefix.is_some() {
        return Err(invalid(
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        ));
    }
    let descending = input.boolean("descending")?.unwrap_or(false);
    Ok(Filter {
        group: group(input)?,
        prefix,
        by_time,
        descending,
    })
}

fn last_event_ms(stream: &Stream) -> Option<i64> {
    stream
        .events()
        .keys()
        .next_back()
        .map(|(time_ms, _)| *time_ms)
}

/// A stream as it is described; before its first event it has no times of events.
fn description(group_arn: &str, name: &str, stream: &Stream) -> Value {
    let first_ms = stream.events().keys().next().map(|(time_ms, _)| *time_ms);
    let ingested = (stream.last_ingestion_ms > 0).then_some(stream.last_ingestion_ms);
    Structure::new()
        .with("logStreamName", Value::text(name))
        .with("creationTime", Value::Integer(stream.created_ms))
        .with_some("firstEventTimestamp", first_ms.map(Value::Integer))
        .with_some(
            "lastEventTimestamp",
            last_event_ms(stream).map(Value::Integer),
        )
        .with_some("lastIngestionTime", ingested.map(Value::Integer))
        .with("arn", Value::Text(format!("{group_arn}:log-stream:{name}")))
        .with("storedBytes", Value::Integer(0))
        .into()
}
