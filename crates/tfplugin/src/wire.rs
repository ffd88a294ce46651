//! The wire forms of values: `MessagePack` in both directions, JSON for stored objects.
//!
//! Both are read by the value's type and never trusted: what does not fit the type is an error
//! with its path, nesting is bounded, and memory stays within a constant factor of the input.

pub(crate) mod json;
pub(crate) mod msgpack;
mod text;

use crate::path::{AttributePath, Step};
use std::fmt;

/// Values nest at most this deep. The hosts' own types stay far below.
const MAX_DEPTH: usize = 128;

/// What a message quotes of a text at most, in characters.
const MAX_SHOWN: usize = 100;

/// The beginning of a text that may be of any length.
fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Why bytes are not a value of a type, or a value not of a type, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireError {
    /// The part that is wrong.
    pub path: AttributePath,
    /// What is wrong with it.
    pub message: String,
}

impl WireError {
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

    /// One level deeper, or too deep.
    fn descend(depth: usize) -> Result<usize, Self> {
        depth
            .checked_sub(1)
            .ok_or_else(|| Self::new(format!("values nested deeper than {MAX_DEPTH} levels")))
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for WireError {}

#[cfg(test)]
mod tests;
