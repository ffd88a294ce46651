//! Values without a Rust type as parts of those with one.
//!
//! What other formats have too passes as itself; an unknown value and one with its own type pass
//! as their wire form, under a name that only this crate's serializer and deserializer know.

use super::TypedError;
use crate::dynamic::Dynamic;
use crate::types::Type;
use crate::wire::msgpack;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt;

/// The name by which this crate's serde forms recognise a packed [`Dynamic`].
pub(super) const PACKED: &str = "$tfplugin::Dynamic";

/// The wire form of a value that no other format has.
pub(super) fn pack(value: &Dynamic) -> Result<Vec<u8>, String> {
    msgpack::encode(value, &Type::Dynamic).map_err(|error| error.to_string())
}

/// The value of a wire form that [`pack`] made.
pub(super) fn unpack(packed: &[u8]) -> Result<Dynamic, TypedError> {
    msgpack::decode(packed, &Type::Dynamic).map_err(TypedError::custom)
}

/// A wire form; nothing that a person would read can hold it.
struct Packed(Vec<u8>);

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return Err(S::Error::custom(
                "a value that is unknown or of its own type can be written only to a host",
            ));
        }
        serializer.serialize_bytes(&self.0)
    }
}

impl Serialize for Dynamic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Sequence(elements) => serializer.collect_seq(elements),
            Self::Mapping(entries) => serializer.collect_map(entries),
            Self::Typed(_) | Self::Unknown(_) => {
                let packed = pack(self).map_err(S::Error::custom)?;
                serializer.serialize_newtype_struct(PACKED, &Packed(packed))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Dynamic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(PACKED, DynamicVisitor)
    }
}

fn of_json<E: serde::de::Error>(json: Json) -> Result<Dynamic, E> {
    Ok(match json {
        Json::Null => Dynamic::Null,
        Json::Bool(truth) => Dynamic::Bool(truth),
        Json::Number(number) => number
            .to_string()
            .parse()
            .map(Dynamic::Number)
            .map_err(E::custom)?,
        Json::String(text) => Dynamic::String(text),
        Json::Array(elements) => elements
            .into_iter()
            .map(of_json)
            .collect::<Result<_, _>>()
            .map(Dynamic::Sequence)?,
        Json::Object(entries) => entries
            .into_iter()
            .map(|(name, value)| Ok((name, of_json(value)?)))
            .collect::<Result<_, _>>()
            .map(Dynamic::Mapping)?,
    })
}

struct DynamicVisitor;

impl<'de> Visitor<'de> for DynamicVisitor {
    type Value = Dynamic;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    // Every other format: only JSON's own values take its numbers to the last digit.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Dynamic, D::Error> {
        Json::deserialize(inner).and_then(of_json)
    }

    fn visit_bytes<E: serde::de::Error>(self, packed: &[u8]) -> Result<Dynamic, E> {
        // A number comes as its text, which no unknown or typed value's wire form begins like.
        if let (Some(b'-' | b'0'..=b'9'), Ok(text)) = (packed.first(), str::from_utf8(packed)) {
            return text.parse().map(Dynamic::Number).map_err(E::custom);
        }
        msgpack::decode(packed, &Type::Dynamic).map_err(E::custom)
    }

    fn visit_unit<E>(self) -> Result<Dynamic, E> {
        Ok(Dynamic::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Dynamic, E> {
        Ok(Dynamic::Bool(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Dynamic, E> {
        Ok(Dynamic::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Dynamic, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = access.next_element()? {
            elements.push(element);
        }
        Ok(Dynamic::Sequence(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Dynamic, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((key, value)) = access.next_entry::<String, Dynamic>()? {
            entries.insert(key, value);
        }
        Ok(Dynamic::Mapping(entries))
    }
}
