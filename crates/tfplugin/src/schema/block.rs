//! A nested block of an object.

use super::Schema;

/// How the elements of a nested block are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockNesting {
    /// One object or null.
    Single,
    /// One object, made of nulls where the configuration has none.
    Group,
    /// A list of objects; empty, never null.
    List,
    /// A set of objects; empty, never null.
    Set,
    /// A map of objects by label; empty, never null.
    Map,
}

/// A nested block: objects written without `=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// How many objects and how they are kept.
    pub nesting: BlockNesting,
    /// What each looks like. Its `version` has no meaning here.
    pub schema: Schema,
    /// The least number of elements of a list or set; 0 for no limit.
    pub min_items: i64,
    /// The largest number of elements of a list or set; 0 for no limit.
    pub max_items: i64,
}

impl Block {
    /// A block of any number of elements.
    pub fn new(nesting: BlockNesting, schema: Schema) -> Self {
        Self {
            nesting,
            schema,
            min_items: 0,
            max_items: 0,
        }
    }

    /// With limits of the number of elements; 0 for no limit.
    #[must_use]
    pub fn items(mut self, min_items: i64, max_items: i64) -> Self {
        (self.min_items, self.max_items) = (min_items, max_items);
        self
    }
}
