//! Values without a Rust type: what the wire carries and what typed state is made from.
//!
//! Owns [`Dynamic`] and the refinements of unknown values. The wire forms are in `wire`, the way
//! to and from Rust types in `typed`.

use crate::number::Number;
use crate::types::Type;
use std::collections::BTreeMap;

/// A value of any type.
///
/// Its type stands beside it, in the schema: a list, a set and a tuple are all a
/// [`Dynamic::Sequence`], a map, an object and a block all a [`Dynamic::Mapping`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dynamic {
    /// No value.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text, in Unicode normalization form C.
    String(String),
    /// The elements of a list or tuple, or of a set in canonical order.
    Sequence(Vec<Dynamic>),
    /// The elements of a map, or the attributes of an object.
    Mapping(BTreeMap<String, Dynamic>),
    /// A value of the type `Type::Dynamic` together with the type it has.
    Typed(Box<(Type, Dynamic)>),
    /// Known only after the apply. What is known of it already is boxed.
    Unknown(Option<Box<Refinement>>),
}

/// What is known already of a value that is not known yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Refinement {
    /// Whether it will be null.
    pub null: Option<bool>,
    /// What the text will begin with.
    pub prefix: Option<String>,
    /// The number's lower bound and whether it is included.
    pub min: Option<(Number, bool)>,
    /// The number's upper bound and whether it is included.
    pub max: Option<(Number, bool)>,
    /// The least number of elements.
    pub min_length: Option<u64>,
    /// The largest number of elements.
    pub max_length: Option<u64>,
}

impl Dynamic {
    /// A value of which nothing is known.
    pub const UNKNOWN: Self = Self::Unknown(None);

    /// An object or map of these entries.
    ///
    /// ```
    /// use tfplugin::Dynamic;
    ///
    /// let object = Dynamic::mapping([("name", Dynamic::from("tree")), ("size", Dynamic::from(7))]);
    /// assert_eq!(object.get("size"), Some(&Dynamic::from(7)));
    /// ```
    pub fn mapping<N: Into<String>>(entries: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::Mapping(entries.into_iter().map(|(n, v)| (n.into(), v)).collect())
    }

    /// A list, set or tuple of these elements.
    pub fn sequence(elements: impl IntoIterator<Item = Self>) -> Self {
        Self::Sequence(elements.into_iter().collect())
    }

    /// The attribute or element of that name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Mapping(entries) => entries.get(name),
            _ => None,
        }
    }

    /// Whether it is null.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is unknown as a whole.
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Whether it and all its parts are known.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::Sequence(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Mapping(entries) => entries.values().all(Self::is_wholly_known),
            Self::Typed(typed) => typed.1.is_wholly_known(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
        }
    }
}

impl From<bool> for Dynamic {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Dynamic {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Dynamic {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Dynamic {
            fn from(value: $integer) -> Self {
                Self::Number(value.into())
            }
        }
    )*};
}

from_integer!(i32, i64, u32, u64);

/// The number's shortest text; one that is not finite has no counterpart and becomes null.
impl From<f64> for Dynamic {
    fn from(value: f64) -> Self {
        Number::from_f64(value).map_or(Self::Null, Self::Number)
    }
}

impl From<Number> for Dynamic {
    fn from(value: Number) -> Self {
        Self::Number(value)
    }
}
