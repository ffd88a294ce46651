//! The neutral tree between the wire forms and the operations.
//!
//! A request is decoded into it without knowledge of types, so a decoder leaves what its form cannot
//! tell (a query's numbers are texts), and [`super::input::Input`] reads liberally. An answer is built
//! with types, so that an encoder knows a double or a timestamp without a schema.

use std::fmt;

/// A value of a request or an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing; a member that is null counts as absent.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number, which stays one in every form.
    Double(f64),
    /// A text.
    Text(String),
    /// A time in milliseconds since the epoch, written in seconds or as ISO 8601.
    Timestamp(i64),
    /// Values in order.
    List(Vec<Value>),
    /// Named members.
    Structure(Structure),
    /// Values by keys that are data; only answers tell it from a structure, for XML's sake.
    Map(Structure),
}

impl Value {
    /// A text.
    pub fn text(text: impl fmt::Display) -> Self {
        Self::Text(text.to_string())
    }
}

impl From<Structure> for Value {
    fn from(structure: Structure) -> Self {
        Self::Structure(structure)
    }
}

/// Named members in the order in which they were added.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Structure(Vec<(String, Value)>);

impl Structure {
    /// No members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.push(name.to_owned(), value);
        self
    }

    /// Adds a member if there is one.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a member.
    pub fn push(&mut self, name: String, value: Value) {
        self.0.push((name, value));
    }

    /// The member of this name unless it is null; the last, where a name repeats.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let found = self
            .0
            .iter()
            .rev()
            .find(|(member, _)| member == name)
            .map(|(_, value)| value);
        found.filter(|value| !matches!(value, Value::Null))
    }

    /// The members in order.
    pub fn members(&self) -> &[(String, Value)] {
        &self.0
    }
}

#[cfg(test)]
pub(super) mod arbitrary {
    //! Random structures, for the codecs' property tests.

    use super::{Structure, Value};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Integer),
            prop::num::f64::NORMAL.prop_map(Value::Double),
            "\\PC{0,12}".prop_map(Value::Text),
            (0..4_000_000_000_000_i64).prop_map(Value::Timestamp),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                prop::collection::btree_map("[A-Za-z]{1,6}", inner, 0..6)
                    .prop_map(|members| Value::Structure(collect(members))),
            ]
        })
    }

    fn collect(members: BTreeMap<String, Value>) -> Structure {
        let mut structure = Structure::new();
        for (name, value) in members {
            structure.push(name, value);
        }
        structure
    }

    /// A structure with distinct member names.
    pub fn structure() -> impl Strategy<Value = Structure> {
        prop::collection::btree_map("[A-Za-z]{1,6}", value(), 0..6).prop_map(collect)
    }
}
