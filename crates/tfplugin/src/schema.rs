//! What an object looks like: attributes, nested attributes and blocks.
//!
//! Owns the description. What follows from it (defaults, shapes of values, wire form) is
//! elsewhere: `shape`, `server`.

mod attribute;
mod block;

pub use attribute::{Attribute, AttributeKind, Nested};
pub use block::{Block, BlockNesting};

use std::collections::BTreeMap;

/// How the elements of a nested attribute are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nesting {
    /// One object.
    Single,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// A map of objects.
    Map,
}

/// The schema of a resource, a data source or the provider's configuration.
///
/// ```
/// use tfplugin::{Attribute, Nesting, Schema, Type};
///
/// let schema = Schema::new("A bucket of colours.")
///     .attribute("name", Attribute::string("Its name.").required())
///     .attribute("size", Attribute::number("Colours it holds.").default(16))
///     .attribute("id", Attribute::string("What the service calls it.").computed())
///     .attribute(
///         "colours",
///         Attribute::nested(Nesting::Map, "The colours by name.", [
///             ("red", Attribute::number("From 0 to 255.").required()),
///             ("tags", Attribute::new(Type::set(Type::String), "Free words.").optional()),
///         ])
///         .optional(),
///     );
/// assert!(schema.attributes["size"].computed);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The version of what is stored; raised when stored objects must be upgraded.
    pub version: i64,
    /// What the object is, in Markdown.
    pub description: String,
    /// Why and since when it should not be used any more; `None` for what is current.
    pub deprecated: Option<String>,
    /// The attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// The nested blocks by name.
    pub blocks: BTreeMap<String, Block>,
}

impl Schema {
    /// An object without attributes, version 0.
    pub fn new(description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            ..Self::default()
        }
    }

    /// With the version of what is stored.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.version = version;
        self
    }

    /// With one more attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, attribute: Attribute) -> Self {
        self.attributes.insert(name.into(), attribute);
        self
    }

    /// With one more nested block. Prefer nested attributes; blocks are for old shapes.
    #[must_use]
    pub fn block(mut self, name: impl Into<String>, block: Block) -> Self {
        self.blocks.insert(name.into(), block);
        self
    }

    /// Marked as out of use, for this reason.
    #[must_use]
    pub fn deprecated(mut self, reason: impl Into<String>) -> Self {
        self.deprecated = Some(reason.into());
        self
    }
}
