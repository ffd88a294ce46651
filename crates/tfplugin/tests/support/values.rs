//! Messages as hosts write them.
//!
//! Values are written by hand here, byte by byte, so that the crate's own encoder does not judge
//! itself.

use tfplugin::proto::tfplugin6::{
    Diagnostic, DynamicValue, apply_resource_change, plan_resource_change, read_resource,
};

/// The wire form of null.
pub const NIL: &[u8] = b"\xc0";
/// The wire form of an unknown value.
pub const UNKNOWN: &[u8] = b"\xd4\x00\x00";
/// An empty list.
pub const EMPTY: &[u8] = b"\x90";

/// A text.
pub fn text(text: &str) -> Vec<u8> {
    let length = text.len();
    let mut bytes = match (u8::try_from(length), u32::try_from(length)) {
        (Ok(length @ ..32), _) => vec![0xa0 | length],
        (Ok(length), _) => vec![0xd9, length],
        (_, Ok(length)) => [&[0xdb][..], &length.to_be_bytes()].concat(),
        _ => panic!("a text of {length} bytes"),
    };
    bytes.extend(text.as_bytes());
    bytes
}

/// The attributes of a thing of the lab; all that is not named is null.
#[derive(Clone)]
pub struct Thing {
    pub name: Vec<u8>,
    pub behaviour: Vec<u8>,
    pub share: Vec<u8>,
    pub tags: Vec<u8>,
    pub any: Vec<u8>,
    pub forgotten: Vec<u8>,
    pub id: Vec<u8>,
    pub part: Vec<u8>,
}

impl Thing {
    pub fn new(behaviour: &str) -> Self {
        let nil = NIL.to_vec();
        Self {
            name: text("it"),
            behaviour: if behaviour.is_empty() {
                nil.clone()
            } else {
                text(behaviour)
            },
            share: nil.clone(),
            tags: nil.clone(),
            any: nil.clone(),
            forgotten: nil.clone(),
            id: nil,
            part: EMPTY.to_vec(),
        }
    }

    /// As this crate writes it: the attributes in order.
    pub fn bytes(&self) -> Vec<u8> {
        let attributes = [
            ("any", &self.any),
            ("behaviour", &self.behaviour),
            ("forgotten", &self.forgotten),
            ("id", &self.id),
            ("name", &self.name),
            ("part", &self.part),
            ("share", &self.share),
            ("tags", &self.tags),
        ];
        let mut bytes = vec![0x88];
        for (name, value) in attributes {
            bytes.extend(text(name));
            bytes.extend(value);
        }
        bytes
    }

    /// As a host sends it.
    pub fn value(&self) -> Option<DynamicValue> {
        value(&self.bytes())
    }

    /// The same with what the framework puts in: the default, and the id that only an apply tells.
    pub fn planned(&self) -> Self {
        Self {
            forgotten: text("kept"),
            id: UNKNOWN.to_vec(),
            ..self.clone()
        }
    }
}

/// A value of these bytes, as messages hold it.
#[allow(
    clippy::unnecessary_wraps,
    reason = "every field of a message that takes it is optional"
)]
pub fn value(msgpack: &[u8]) -> Option<DynamicValue> {
    Some(DynamicValue {
        msgpack: msgpack.to_vec(),
        json: Vec::new(),
    })
}

/// The bytes of a value.
pub fn bytes(value: Option<&DynamicValue>) -> &[u8] {
    value.map_or(&[], |value| &value.msgpack)
}

/// A refresh of the thing.
pub fn read(thing: &Thing) -> read_resource::Request {
    read_resource::Request {
        type_name: "lab_thing".to_owned(),
        current_state: thing.value(),
        private: b"7".to_vec(),
        ..Default::default()
    }
}

/// A plan that creates the thing.
pub fn plan(thing: &Thing) -> plan_resource_change::Request {
    plan_resource_change::Request {
        type_name: "lab_thing".to_owned(),
        prior_state: value(NIL),
        proposed_new_state: thing.value(),
        config: thing.value(),
        ..Default::default()
    }
}

/// An apply that creates the thing.
pub fn create(thing: &Thing) -> apply_resource_change::Request {
    apply_resource_change::Request {
        type_name: "lab_thing".to_owned(),
        prior_state: value(NIL),
        planned_state: thing.planned().value(),
        config: thing.value(),
        planned_private: b"1".to_vec(),
        ..Default::default()
    }
}

/// `error: Summary` of every diagnostic.
pub fn summaries(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|d| {
            format!(
                "{}: {}",
                d.severity().as_str_name().to_lowercase(),
                d.summary
            )
        })
        .collect()
}
