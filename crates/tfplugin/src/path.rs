//! Where in an object something is: the path of an attribute.
//!
//! Owns the path and its text. Does not know the wire form, which is the server's.

use std::fmt;

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// An attribute of an object, or a nested block, by its name.
    Attribute(String),
    /// An element of a map, by its key.
    Key(String),
    /// An element of a list or tuple, by its position from 0.
    Index(usize),
}

/// A path from an object to one of its parts.
///
/// Elements of sets have no address: a path that would go through one ends at the set.
///
/// ```
/// use tfplugin::AttributePath;
///
/// let path = AttributePath::of("tasks").key("A").attribute("memory_mb");
/// assert_eq!(path.to_string(), r#"tasks["A"].memory_mb"#);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributePath(Vec<Step>);

impl AttributePath {
    /// The whole object.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// A top-level attribute.
    pub fn of(name: impl Into<String>) -> Self {
        Self::root().attribute(name)
    }

    /// Goes on to an attribute of the object here.
    #[must_use]
    pub fn attribute(self, name: impl Into<String>) -> Self {
        self.step(Step::Attribute(name.into()))
    }

    /// Goes on to the element of the map here.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        self.step(Step::Key(key.into()))
    }

    /// Goes on to the element of the list here, counted from 0.
    #[must_use]
    pub fn index(self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// Goes on by one step of any kind.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether this is the whole object.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts a step in front: what was a path from a part is one from its owner.
    pub(crate) fn under(mut self, step: Step) -> Self {
        self.0.insert(0, step);
        self
    }
}

impl From<&str> for AttributePath {
    fn from(name: &str) -> Self {
        Self::of(name)
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => write!(f, "{name}")?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
