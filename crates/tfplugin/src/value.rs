//! A value of the user's configuration or state that may be null or not known yet.
//!
//! Owns [`Value`] and how it travels through serde. The (de)serializers of this crate recognise
//! it by name; with any other format it is an optional value, and an unknown one cannot be written.

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// The name by which this crate's deserializer recognises a [`Value`].
pub(crate) const VALUE: &str = "$tfplugin::Value";
/// The name by which this crate's serializer recognises an unknown value.
pub(crate) const UNKNOWN: &str = "$tfplugin::Unknown";

/// A value that is known, null, or known only after the apply.
///
/// ```
/// use tfplugin::Value;
///
/// let memory_mb: Value<u32> = Value::Known(128);
/// assert_eq!(memory_mb.known(), Some(&128));
/// assert_eq!(Value::<u32>::Unknown.map(|mb| mb * 2), Value::Unknown);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value<T> {
    /// This value.
    Known(T),
    /// No value.
    #[default]
    Null,
    /// Some value or null, known only after the apply.
    Unknown,
}

impl<T> Value<T> {
    /// Whether it is known and not null.
    pub const fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// Whether it is null.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is known only after the apply.
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The value if it is known and not null.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value if it is known and not null.
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value, or `fallback` where it is null or unknown.
    pub fn known_or(self, fallback: T) -> T {
        self.into_known().unwrap_or(fallback)
    }

    /// Applies `f` to a known value; null stays null, unknown stays unknown.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Value<U> {
        match self {
            Self::Known(value) => Value::Known(f(value)),
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
        }
    }

    /// The same, borrowed.
    pub const fn as_ref(&self) -> Value<&T> {
        match self {
            Self::Known(value) => Value::Known(value),
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
        }
    }
}

impl Value<String> {
    /// The text if it is known and not null.
    pub fn as_str(&self) -> Option<&str> {
        self.known().map(String::as_str)
    }
}

impl<T> From<T> for Value<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T> From<Option<T>> for Value<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

impl From<&str> for Value<String> {
    fn from(value: &str) -> Self {
        Self::Known(value.to_owned())
    }
}

impl<T: Serialize> Serialize for Value<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Null => serializer.serialize_none(),
            Self::Unknown => serializer.serialize_newtype_struct(UNKNOWN, &Unwritable),
        }
    }
}

/// What stands for an unknown value in a format that has none.
pub(crate) struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom(
            "an unknown value can be written only to a host",
        ))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Value<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(VALUE, ValueVisitor(PhantomData))
    }
}

struct ValueVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ValueVisitor<T> {
    type Value = Value<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, null or unknown")
    }

    // This crate's deserializer: unknown. No text format has bytes, so nothing else comes here.
    fn visit_bytes<E: serde::de::Error>(self, name: &[u8]) -> Result<Value<T>, E> {
        if name == UNKNOWN.as_bytes() {
            Ok(Value::Unknown)
        } else {
            Err(E::custom("not an unknown value"))
        }
    }

    // This crate's deserializer: null.
    fn visit_none<E>(self) -> Result<Value<T>, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value<T>, E> {
        Ok(Value::Null)
    }

    // This crate's deserializer: a known value.
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Value<T>, D::Error> {
        T::deserialize(inner).map(Value::Known)
    }

    // Every other format: null or a value.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Value<T>, D::Error> {
        Option::<T>::deserialize(inner).map(Value::from)
    }
}
