//! The way between values without a Rust type and types with serde.
//!
//! Owns the serializer and the deserializer over [`Dynamic`]. Does not know schemas: whether a
//! value has the shape its schema wants is decided in `shape`.

mod de;
mod dynamic;
mod ser;

use crate::dynamic::Dynamic;
use crate::path::{AttributePath, Step};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// Why a value does not fit a Rust type, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedError {
    /// The part that does not fit.
    pub path: AttributePath,
    /// Why it does not fit.
    pub message: String,
}

impl TypedError {
    fn new(message: impl Into<String>) -> Self {
        Self {
            path: AttributePath::root(),
            message: message.into(),
        }
    }

    fn under(self, step: Step) -> Self {
        Self {
            path: self.path.under(step),
            message: self.message,
        }
    }
}

impl fmt::Display for TypedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for TypedError {}

impl serde::ser::Error for TypedError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

impl serde::de::Error for TypedError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

/// Makes a value without a Rust type.
///
/// ```
/// use tfplugin::{Dynamic, Value, to_dynamic};
///
/// #[derive(serde::Serialize)]
/// struct Group {
///     memory_mb: u32,
///     version: Value<i64>,
/// }
///
/// let group = Group { memory_mb: 128, version: Value::Unknown };
/// let expected = Dynamic::mapping([
///     ("memory_mb", Dynamic::from(128)),
///     ("version", Dynamic::UNKNOWN),
/// ]);
/// assert_eq!(to_dynamic(&group)?, expected);
/// # Ok::<(), tfplugin::TypedError>(())
/// ```
pub fn to_dynamic<T: Serialize + ?Sized>(value: &T) -> Result<Dynamic, TypedError> {
    value.serialize(ser::ToDynamic::default())
}

/// Makes a Rust value.
///
/// An unknown part fits only a [`Value`](crate::Value) or a [`Dynamic`], null only one of these
/// or an `Option`.
pub fn from_dynamic<T: DeserializeOwned>(value: Dynamic) -> Result<T, TypedError> {
    T::deserialize(de::FromDynamic(value))
}

#[cfg(test)]
mod tests;
