//! One attribute of an object.

use super::Nesting;
use crate::dynamic::Dynamic;
use crate::types::Type;
use std::collections::BTreeMap;

/// An attribute: its type, who sets it, and what it means.
///
/// A new attribute is optional until [`required`](Self::required) or
/// [`computed`](Self::computed) says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the protocol's independent flags"
)]
pub struct Attribute {
    /// Its type, or its nested attributes.
    pub kind: AttributeKind,
    /// What it means, in Markdown.
    pub description: String,
    /// The configuration must set it.
    pub required: bool,
    /// The configuration may set it.
    pub optional: bool,
    /// The provider sets it where the configuration does not.
    pub computed: bool,
    /// The hosts do not print it.
    pub sensitive: bool,
    /// Why and since when it should not be used any more; `None` for what is current.
    pub deprecated: Option<String>,
    /// Its value where the configuration sets none.
    pub default: Option<Dynamic>,
}

/// What an attribute holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeKind {
    /// A value of a type.
    Value(Type),
    /// Objects with attributes of their own.
    Nested(Nested),
}

/// Objects with attributes of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nested {
    /// How many objects and how they are kept.
    pub nesting: Nesting,
    /// The attributes of each, by name.
    pub attributes: BTreeMap<String, Attribute>,
}

impl Attribute {
    /// An optional attribute of any type.
    pub fn new(r#type: Type, description: impl Into<String>) -> Self {
        Self::of(AttributeKind::Value(r#type), description)
    }

    /// An optional truth value.
    pub fn bool(description: impl Into<String>) -> Self {
        Self::new(Type::Bool, description)
    }

    /// An optional number.
    pub fn number(description: impl Into<String>) -> Self {
        Self::new(Type::Number, description)
    }

    /// An optional text.
    pub fn string(description: impl Into<String>) -> Self {
        Self::new(Type::String, description)
    }

    /// An optional attribute of objects with attributes of their own.
    pub fn nested<N: Into<String>>(
        nesting: Nesting,
        description: impl Into<String>,
        attributes: impl IntoIterator<Item = (N, Self)>,
    ) -> Self {
        let attributes = attributes.into_iter().map(|(n, a)| (n.into(), a)).collect();
        Self::of(
            AttributeKind::Nested(Nested {
                nesting,
                attributes,
            }),
            description,
        )
    }

    fn of(kind: AttributeKind, description: impl Into<String>) -> Self {
        Self {
            kind,
            description: description.into(),
            required: false,
            optional: true,
            computed: false,
            sensitive: false,
            deprecated: None,
            default: None,
        }
    }

    /// The configuration must set it.
    #[must_use]
    pub fn required(mut self) -> Self {
        (self.required, self.optional, self.computed) = (true, false, false);
        self
    }

    /// The configuration may set it (what a new attribute is).
    #[must_use]
    pub fn optional(mut self) -> Self {
        (self.required, self.optional) = (false, true);
        self
    }

    /// Only the provider sets it.
    #[must_use]
    pub fn computed(mut self) -> Self {
        (self.required, self.optional, self.computed) = (false, false, true);
        self
    }

    /// The configuration may set it, else the provider does.
    #[must_use]
    pub fn optional_computed(mut self) -> Self {
        (self.required, self.optional, self.computed) = (false, true, true);
        self
    }

    /// The configuration may set it, else it has this value: before any code of the resource runs.
    #[must_use]
    pub fn default(self, value: impl Into<Dynamic>) -> Self {
        let mut attribute = self.optional_computed();
        attribute.default = Some(value.into());
        attribute
    }

    /// The hosts do not print it.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Marked as out of use, for this reason.
    #[must_use]
    pub fn deprecated(mut self, reason: impl Into<String>) -> Self {
        self.deprecated = Some(reason.into());
        self
    }
}
