//! From values to Rust types.

use super::TypedError;
use super::dynamic::{PACKED, pack};
use crate::dynamic::Dynamic;
use crate::number::{NUMBER, Number};
use crate::path::Step;
use crate::value::{UNKNOWN, VALUE};
use serde::de::{
    self, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};

/// The deserializer whose input is a value.
pub(super) struct FromDynamic(pub(super) Dynamic);

type Result<T> = std::result::Result<T, TypedError>;

impl FromDynamic {
    /// Says what was found where `wanted` was expected.
    fn mismatch<T>(&self, wanted: &str) -> Result<T> {
        let found = match &self.0 {
            Dynamic::Null => "null",
            Dynamic::Bool(_) => "a truth value",
            Dynamic::Number(_) => "a number",
            Dynamic::String(_) => "a text",
            Dynamic::Sequence(_) => "a list",
            Dynamic::Mapping(_) => "an object",
            Dynamic::Typed(_) => "a value of its own type",
            Dynamic::Unknown(_) => "a value known only after apply",
        };
        Err(TypedError::new(format!("expected {wanted}, found {found}")))
    }

    /// The value itself where it carries its own type.
    fn plain(self) -> Self {
        match self.0 {
            Dynamic::Typed(typed) => Self(typed.1).plain(),
            _ => self,
        }
    }

    fn visit_sequence<'de, V: Visitor<'de>>(self, wanted: &str, visitor: V) -> Result<V::Value> {
        match self.plain() {
            Self(Dynamic::Sequence(elements)) => visitor.visit_seq(Elements {
                rest: elements.into_iter(),
                position: 0,
            }),
            other => other.mismatch(wanted),
        }
    }

    fn visit_mapping<'de, V: Visitor<'de>>(self, named: bool, visitor: V) -> Result<V::Value> {
        match self.plain() {
            Self(Dynamic::Mapping(entries)) => visitor.visit_map(Entries {
                rest: entries.into_iter(),
                current: None,
                named,
            }),
            other => other.mismatch(if named { "an object" } else { "a map" }),
        }
    }
}

/// Visits a number as the integer it is, else as a float.
fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value> {
    match (number.to_i64(), number.to_u64()) {
        (Some(value), _) => visitor.visit_i64(value),
        (None, Some(value)) => visitor.visit_u64(value),
        (None, None) => visitor.visit_f64(number.to_f64()),
    }
}

macro_rules! integers {
    ($($method:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.plain() {
                Self(Dynamic::Number(number)) if number.is_whole() => {
                    visit_number(&number, visitor)
                }
                Self(Dynamic::Number(number)) => {
                    Err(TypedError::new(format!("expected a whole number, found `{number}`")))
                }
                other => other.mismatch("a whole number"),
            }
        }
    )*};
}

macro_rules! texts {
    ($($method:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.plain() {
                Self(Dynamic::String(text)) => visitor.visit_string(text),
                other => other.mismatch("a text"),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for FromDynamic {
    type Error = TypedError;

    integers!(
        deserialize_i8,
        deserialize_i16,
        deserialize_i32,
        deserialize_i64,
        deserialize_u8,
        deserialize_u16,
        deserialize_u32,
        deserialize_u64
    );
    texts!(
        deserialize_char,
        deserialize_str,
        deserialize_string,
        deserialize_identifier
    );

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.plain() {
            Self(Dynamic::Null) => visitor.visit_unit(),
            Self(Dynamic::Bool(truth)) => visitor.visit_bool(truth),
            Self(Dynamic::Number(number)) => visit_number(&number, visitor),
            Self(Dynamic::String(text)) => visitor.visit_string(text),
            sequence @ Self(Dynamic::Sequence(_)) => sequence.visit_sequence("a list", visitor),
            mapping @ Self(Dynamic::Mapping(_)) => mapping.visit_mapping(true, visitor),
            other => other.mismatch("a known value"),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.plain() {
            Self(Dynamic::Bool(truth)) => visitor.visit_bool(truth),
            other => other.mismatch("a truth value"),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.plain() {
            Self(Dynamic::Number(number)) => visitor.visit_f64(number.to_f64()),
            other => other.mismatch("a number"),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
        self.mismatch("bytes, which no host has")
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.plain() {
            Self(Dynamic::Null) => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.plain() {
            Self(Dynamic::Null) => visitor.visit_unit(),
            other => other.mismatch("null"),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        match (name, self.0) {
            (VALUE, Dynamic::Unknown(_)) => visitor.visit_bytes(UNKNOWN.as_bytes()),
            (VALUE, Dynamic::Null) => visitor.visit_none(),
            (VALUE, known) => visitor.visit_some(Self(known)),
            (NUMBER, Dynamic::Number(number)) => visitor.visit_string(number.to_string()),
            (NUMBER, other) => Self(other).mismatch("a number"),
            (PACKED, special @ (Dynamic::Unknown(_) | Dynamic::Typed(_))) => {
                visitor.visit_byte_buf(pack(&special).map_err(TypedError::custom)?)
            }
            (PACKED, Dynamic::Number(number)) => visitor.visit_bytes(number.to_string().as_bytes()),
            (PACKED, plain) => Self(plain).deserialize_any(visitor),
            (_, value) => visitor.visit_newtype_struct(Self(value)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.visit_sequence("a list", visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value> {
        self.visit_sequence(&format!("a list of {length} elements"), visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.visit_mapping(false, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.visit_mapping(true, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.plain() {
            Self(Dynamic::String(text)) => visitor.visit_enum(text.into_deserializer()),
            other => other.mismatch("a text"),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }
}

/// The elements of a sequence still to come.
struct Elements {
    rest: std::vec::IntoIter<Dynamic>,
    position: usize,
}

impl<'de> SeqAccess<'de> for Elements {
    type Error = TypedError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(element) = self.rest.next() else {
            return Ok(None);
        };
        let step = Step::Index(self.position);
        self.position += 1;
        seed.deserialize(FromDynamic(element))
            .map(Some)
            .map_err(|error| error.under(step))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// The entries of a mapping still to come. `named`: its keys are names of attributes.
struct Entries {
    rest: std::collections::btree_map::IntoIter<String, Dynamic>,
    current: Option<(String, Dynamic)>,
    named: bool,
}

impl<'de> MapAccess<'de> for Entries {
    type Error = TypedError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        self.current = self.rest.next();
        match &self.current {
            None => Ok(None),
            Some((key, _)) => {
                let key: de::value::StringDeserializer<TypedError> =
                    key.clone().into_deserializer();
                seed.deserialize(key).map(Some)
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let Some((key, value)) = self.current.take() else {
            return Err(TypedError::new("a value was asked for before its key"));
        };
        seed.deserialize(FromDynamic(value)).map_err(|error| {
            error.under(if self.named {
                Step::Attribute(key)
            } else {
                Step::Key(key)
            })
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}
