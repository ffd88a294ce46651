//! The envelope of remote calls, `{"$fusion":{...},"event":...}`.
//!
//! Nothing in it is trusted: whoever may invoke a function can send one. Its
//! form is checked; what does not have the form is a client's event as it is.

use serde_json::{Map, Value};

use crate::hash::is_hex;
use crate::task::TaskName;

/// The key that makes an event an envelope.
pub const KEY: &str = "$fusion";
/// Bytes that an envelope may add to an event, kept free below the payload limit.
pub const MAX_ADDED_BYTES: usize = 512;
const TRACE_DIGITS: usize = 32;

/// What a remote call tells its callee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The trace, 32 hexadecimal digits.
    pub trace: String,
    /// The task that calls.
    pub caller: TaskName,
    /// Whether the trace is measured.
    pub sampled: bool,
}

impl Envelope {
    /// `event` in this envelope.
    pub fn wrap(&self, event: Value) -> Value {
        let mut header = Map::new();
        header.insert("trace".into(), self.trace.clone().into());
        header.insert("caller".into(), self.caller.as_str().into());
        header.insert("sampled".into(), self.sampled.into());
        let mut payload = Map::new();
        payload.insert(KEY.into(), header.into());
        payload.insert("event".into(), event);
        payload.into()
    }

    /// The envelope and the event in it; no envelope where `payload` does not
    /// have the form exactly.
    pub fn unwrap(payload: Value) -> (Option<Self>, Value) {
        match Self::read(&payload) {
            Some(envelope) => match payload {
                Value::Object(mut fields) => (
                    Some(envelope),
                    fields.remove("event").unwrap_or(Value::Null),
                ),
                other => (None, other),
            },
            None => (None, payload),
        }
    }

    fn read(payload: &Value) -> Option<Self> {
        let fields = payload.as_object().filter(|fields| fields.len() == 2)?;
        fields.get("event")?;
        let header = fields
            .get(KEY)?
            .as_object()
            .filter(|header| header.len() == 3)?;
        let trace = header
            .get("trace")?
            .as_str()
            .filter(|text| is_hex(text, TRACE_DIGITS))?;
        Some(Self {
            trace: trace.to_owned(),
            caller: TaskName::new(header.get("caller")?.as_str()?).ok()?,
            sampled: header.get("sampled")?.as_bool()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: &str = include_str!("../../../testdata/contract/envelope/cases.json");

    #[test]
    fn every_case_of_the_contract_holds() {
        let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
        assert!(cases.len() >= 8);
        for case in cases {
            let (envelope, event) = Envelope::unwrap(case["payload"].clone());
            assert_eq!(event, case["event"], "{}", case["name"]);
            assert_eq!(
                envelope.is_some(),
                case["enveloped"].as_bool().unwrap(),
                "{}",
                case["name"]
            );
            if let Some(envelope) = envelope {
                assert_eq!(envelope.wrap(event), case["payload"], "{}", case["name"]);
            }
        }
    }

    #[test]
    fn an_envelope_is_smaller_than_the_room_kept_for_it() {
        let caller = TaskName::new("a".repeat(40)).unwrap();
        let envelope = Envelope {
            trace: "0".repeat(32),
            caller,
            sampled: false,
        };
        let added = envelope.wrap(Value::Null).to_string().len() - Value::Null.to_string().len();
        assert!(added <= MAX_ADDED_BYTES, "{added}");
    }
}
