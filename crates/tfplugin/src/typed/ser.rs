//! From Rust types to values.

use super::TypedError;
use super::dynamic::{PACKED, unpack};
use crate::dynamic::Dynamic;
use crate::number::{NUMBER, Number};
use crate::path::Step;
use crate::value::UNKNOWN;
use serde::ser::{self, Impossible, Serialize, Serializer};
use std::collections::BTreeMap;

/// The serializer whose output is a value.
#[derive(Default)]
pub(super) struct ToDynamic {
    /// Within a value that passes as its wire form.
    packed: bool,
}

type Result<T = Dynamic> = std::result::Result<T, TypedError>;

fn unsupported<T>(what: &str) -> Result<T> {
    Err(TypedError::new(format!(
        "{what} has no counterpart in the hosts' types"
    )))
}

macro_rules! integers {
    ($($method:ident $integer:ty),*) => {$(
        fn $method(self, value: $integer) -> Result {
            Ok(Dynamic::Number(value.into()))
        }
    )*};
}

impl Serializer for ToDynamic {
    type Ok = Dynamic;
    type Error = TypedError;
    type SerializeSeq = Elements;
    type SerializeTuple = Elements;
    type SerializeTupleStruct = Elements;
    type SerializeTupleVariant = Impossible<Dynamic, TypedError>;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Impossible<Dynamic, TypedError>;

    integers!(
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_i128 i128, serialize_u8 u8, serialize_u16 u16, serialize_u32 u32,
        serialize_u64 u64, serialize_u128 u128
    );

    fn serialize_bool(self, value: bool) -> Result {
        Ok(Dynamic::Bool(value))
    }

    fn serialize_f32(self, value: f32) -> Result {
        // Through its own shortest text, so that 0.1 stays 0.1.
        let number = value.to_string().parse::<Number>();
        number.map(Dynamic::Number).map_err(ser::Error::custom)
    }

    fn serialize_f64(self, value: f64) -> Result {
        Number::from_f64(value)
            .map(Dynamic::Number)
            .map_err(ser::Error::custom)
    }

    fn serialize_char(self, value: char) -> Result {
        Ok(Dynamic::String(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result {
        Ok(Dynamic::String(value.to_owned()))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result {
        if self.packed {
            unpack(bytes)
        } else {
            unsupported("a byte string")
        }
    }

    fn is_human_readable(&self) -> bool {
        !self.packed
    }

    fn serialize_none(self) -> Result {
        Ok(Dynamic::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result {
        Ok(Dynamic::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result {
        Ok(Dynamic::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result {
        Ok(Dynamic::String(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result {
        match name {
            UNKNOWN => Ok(Dynamic::UNKNOWN),
            NUMBER => match value.serialize(Self::default())? {
                Dynamic::String(text) => text
                    .parse()
                    .map(Dynamic::Number)
                    .map_err(ser::Error::custom),
                other => Ok(other),
            },
            PACKED => value.serialize(Self { packed: true }),
            _ => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result {
        unsupported("an enum variant with content")
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Elements> {
        // The length is a promise of the caller's; it only sizes the first allocation.
        Ok(Elements(Vec::with_capacity(length.unwrap_or(0).min(1024))))
    }

    fn serialize_tuple(self, length: usize) -> Result<Elements> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Elements> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        unsupported("an enum variant with content")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries> {
        Ok(Entries::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries> {
        Ok(Entries::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant> {
        unsupported("an enum variant with content")
    }
}

/// The elements of a sequence under way.
pub(super) struct Elements(Vec<Dynamic>);

impl Elements {
    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let value = value
            .serialize(ToDynamic::default())
            .map_err(|error| error.under(Step::Index(self.0.len())))?;
        self.0.push(value);
        Ok(())
    }
}

macro_rules! sequence {
    ($($trait:ident $method:ident),*) => {$(
        impl ser::$trait for Elements {
            type Ok = Dynamic;
            type Error = TypedError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.add(value)
            }

            fn end(self) -> Result {
                Ok(Dynamic::Sequence(self.0))
            }
        }
    )*};
}

sequence!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field
);

/// The entries of a mapping under way.
#[derive(Default)]
pub(super) struct Entries {
    done: BTreeMap<String, Dynamic>,
    key: String,
}

impl ser::SerializeMap for Entries {
    type Ok = Dynamic;
    type Error = TypedError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key = match key.serialize(ToDynamic::default())? {
            Dynamic::String(text) => text,
            Dynamic::Number(number) => number.to_string(),
            Dynamic::Bool(truth) => truth.to_string(),
            _ => return unsupported("a map key that is no text"),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let key = std::mem::take(&mut self.key);
        let value = value
            .serialize(ToDynamic::default())
            .map_err(|error| error.under(Step::Key(key.clone())))?;
        self.done.insert(key, value);
        Ok(())
    }

    fn end(self) -> Result {
        Ok(Dynamic::Mapping(self.done))
    }
}

impl ser::SerializeStruct for Entries {
    type Ok = Dynamic;
    type Error = TypedError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<()> {
        let value = value
            .serialize(ToDynamic::default())
            .map_err(|error| error.under(Step::Attribute(name.to_owned())))?;
        self.done.insert(name.to_owned(), value);
        Ok(())
    }

    fn end(self) -> Result {
        Ok(Dynamic::Mapping(self.done))
    }
}
