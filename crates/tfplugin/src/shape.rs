//! What values have to do with schemas: the generic work around every operation.
//!
//! Owns the shapes that follow from a schema, the completion of what a resource returns, the
//! defaults, and the small corrections that keep a value equal to the one it came from. So no
//! resource can get them wrong. Knows no wire form and no Rust type.

mod complete;
mod propose;
mod settle;

pub(crate) use complete::{complete, fill_blocks};
pub(crate) use propose::{Absent, propose};
pub(crate) use settle::settle;

use crate::dynamic::Dynamic;
use crate::path::{AttributePath, Step};
use crate::schema::{Attribute, AttributeKind, Block, BlockNesting, Nested, Nesting, Schema};
use crate::types::Type;

impl Schema {
    /// The type of an object of this schema.
    pub fn object_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|(n, a)| (n, a.value_type()));
        let blocks = self.blocks.iter().map(|(n, b)| (n, b.value_type()));
        Type::object(attributes.chain(blocks).map(|(n, t)| (n.clone(), t)))
    }
}

impl Attribute {
    /// The type of the attribute's value.
    pub fn value_type(&self) -> Type {
        match &self.kind {
            AttributeKind::Value(r#type) => r#type.clone(),
            AttributeKind::Nested(nested) => nested.value_type(),
        }
    }
}

impl Nested {
    fn value_type(&self) -> Type {
        let object = Type::object(
            self.attributes
                .iter()
                .map(|(n, a)| (n.clone(), a.value_type())),
        );
        match self.nesting {
            Nesting::Single => object,
            Nesting::List => Type::list(object),
            Nesting::Set => Type::set(object),
            Nesting::Map => Type::map(object),
        }
    }
}

impl Block {
    fn value_type(&self) -> Type {
        let object = self.schema.object_type();
        match self.nesting {
            BlockNesting::Single | BlockNesting::Group => object,
            BlockNesting::List => Type::list(object),
            BlockNesting::Set => Type::set(object),
            BlockNesting::Map => Type::map(object),
        }
    }
}

/// The type that a value has by itself: sequences are tuples, mappings are objects.
pub(crate) fn implied_type(value: &Dynamic) -> Type {
    match value {
        Dynamic::Null | Dynamic::Unknown(_) => Type::Dynamic,
        Dynamic::Bool(_) => Type::Bool,
        Dynamic::Number(_) => Type::Number,
        Dynamic::String(_) => Type::String,
        Dynamic::Sequence(elements) => Type::Tuple(elements.iter().map(implied_type).collect()),
        Dynamic::Mapping(entries) => {
            Type::object(entries.iter().map(|(n, v)| (n.clone(), implied_type(v))))
        }
        Dynamic::Typed(typed) => typed.0.clone(),
    }
}

/// A set's elements in canonical order, each once. Elements that are not wholly known may turn
/// out different, so all of them stay.
pub(crate) fn canonical_set(mut elements: Vec<Dynamic>) -> Dynamic {
    elements.sort();
    elements.dedup_by(|a, b| a == b && a.is_wholly_known());
    Dynamic::Sequence(elements)
}

/// Where the first unknown part is.
pub(crate) fn first_unknown(value: &Dynamic) -> Option<AttributePath> {
    match value {
        Dynamic::Unknown(_) => Some(AttributePath::root()),
        Dynamic::Sequence(elements) => elements
            .iter()
            .enumerate()
            .find_map(|(i, v)| Some(first_unknown(v)?.under(Step::Index(i)))),
        Dynamic::Mapping(entries) => entries
            .iter()
            .find_map(|(n, v)| Some(first_unknown(v)?.under(Step::Attribute(n.clone())))),
        Dynamic::Typed(typed) => first_unknown(&typed.1),
        Dynamic::Null | Dynamic::Bool(_) | Dynamic::Number(_) | Dynamic::String(_) => None,
    }
}

/// Makes every unknown part null: what can be stored of an object that should be known.
pub(crate) fn unknown_as_null(value: Dynamic) -> Dynamic {
    match value {
        Dynamic::Unknown(_) => Dynamic::Null,
        Dynamic::Sequence(elements) => Dynamic::sequence(elements.into_iter().map(unknown_as_null)),
        Dynamic::Mapping(entries) => {
            Dynamic::mapping(entries.into_iter().map(|(n, v)| (n, unknown_as_null(v))))
        }
        Dynamic::Typed(typed) => Dynamic::Typed(Box::new((typed.0, unknown_as_null(typed.1)))),
        known => known,
    }
}

#[cfg(test)]
mod tests;
