//! Numbers in serde: this crate's own form, and those of other formats.

use super::Number;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;

/// The name by which this crate's serde forms recognise a [`Number`].
pub(crate) const NUMBER: &str = "$tfplugin::Number";

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NUMBER, &self.to_string())
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NUMBER, NumberVisitor)
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    // This crate's deserializer, and formats that hold a number as a text.
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Number, E> {
        text.parse().map_err(E::custom)
    }

    // Every other format.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Number, D::Error> {
        inner.deserialize_any(Self)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_u128<E>(self, value: u128) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Number, E> {
        Number::from_f64(value).map_err(E::custom)
    }

    // A number of JSON, of which `serde_json` makes a map of its own form to lose no digit.
    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Number, A::Error> {
        let json = serde_json::Number::deserialize(MapAccessDeserializer::new(entries))?;
        self.visit_str(&json.to_string())
    }
}
