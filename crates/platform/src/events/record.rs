//! What is told about an event that has run its course: the record that a destination gets, and the
//! dead letter where there is none.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::queue::Event;
use crate::clock::now_ms;
use crate::lambda::invoker::Executed;
use crate::lambda::names;
use crate::lambda::wire::iso_utc;

/// Why an event is not tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It succeeded.
    Success,
    /// It failed in every try.
    RetriesExhausted,
    /// Its next try would come too late.
    EventAgeExceeded,
    /// The function may not run.
    ZeroReservedConcurrency,
    /// There is no such function or alias any more.
    FunctionNotFound,
}

impl Condition {
    /// The word in records.
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::RetriesExhausted => "RetriesExhausted",
            Self::EventAgeExceeded => "EventAgeExceeded",
            Self::ZeroReservedConcurrency => "ZeroReservedConcurrency",
            Self::FunctionNotFound => "FunctionNotFound",
        }
    }
}

/// An event that failed for good, where no destination got its record or a queue or topic was to
/// get it too.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeadLetter {
    /// The function's name.
    pub function: String,
    /// Why it is not tried again.
    pub condition: &'static str,
    /// A target that is configured but not here: a queue or topic.
    pub target: Option<String>,
    /// The record of a destination.
    pub record: Value,
}

impl DeadLetter {
    /// Appends it as a line of JSON.
    pub fn append_to(&self, path: &Path) -> io::Result<()> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        let length = file.metadata()?.len();
        file.write_all(&line).inspect_err(|_| {
            // Half a line must not precede the next.
            let _ = file.set_len(length);
        })
    }
}

/// The record of an event; `last` is its last run, if it ever ran.
pub fn record(event: &Event, condition: Condition, last: Option<&Executed>) -> Value {
    let qualifier = event.qualifier.as_deref().unwrap_or(names::LATEST);
    let mut fields = Map::new();
    fields.insert("version".into(), "1.0".into());
    fields.insert("timestamp".into(), iso_utc(now_ms()).into());
    fields.insert(
        "requestContext".into(),
        json!({
            "requestId": event.request_id,
            "functionArn": names::qualified_arn(&event.function, qualifier),
            "condition": condition.word(),
            "approximateInvokeCount": event.attempts,
        }),
    );
    fields.insert("requestPayload".into(), parsed(event.payload.as_bytes()));
    if let Some(Executed { version, outcome }) = last {
        let mut context = Map::new();
        context.insert("statusCode".into(), 200.into());
        context.insert("executedVersion".into(), version.as_str().into());
        if outcome.failed {
            context.insert("functionError".into(), "Unhandled".into());
        }
        fields.insert("responseContext".into(), Value::Object(context));
        fields.insert("responsePayload".into(), parsed(&outcome.payload));
    }
    Value::Object(fields)
}

/// JSON, or what is no JSON as text.
fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}
