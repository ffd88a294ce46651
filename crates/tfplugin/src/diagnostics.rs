//! What a provider tells its user: errors and warnings, each at the attribute it is about.
//!
//! Owns the diagnostics and their rendering as text. Does not know the wire form.

use crate::path::AttributePath;
use std::fmt;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation went on; the user should know.
    Warning,
}

/// One message to the user.
///
/// The summary is constant and terse, without names of the user's; the detail says in full
/// sentences what happened, why, and how to mend it.
///
/// ```
/// use tfplugin::Diagnostic;
///
/// let diagnostic = Diagnostic::error(
///     "Unknown memory size",
///     "`100` is no memory size of a function. Choose a whole number from 128 to 10240.",
/// )
/// .at("memory_mb");
/// assert_eq!(diagnostic.path.to_string(), "memory_mb");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The constant headline.
    pub summary: String,
    /// What, why, and how to mend it.
    pub detail: String,
    /// The attribute this is about; the root where it is about the whole object.
    pub path: AttributePath,
}

impl Diagnostic {
    /// An error about the whole object.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary, detail)
    }

    /// A warning about the whole object.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary, detail)
    }

    fn new(severity: Severity, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity,
            summary: summary.into(),
            detail: detail.into(),
            path: AttributePath::root(),
        }
    }

    /// The same message, about one attribute.
    #[must_use]
    pub fn at(mut self, path: impl Into<AttributePath>) -> Self {
        self.path = path.into();
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {}", self.summary)?;
        if !self.path.is_root() {
            write!(f, " (at {})", self.path)?;
        }
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// The messages of one operation, in the order they came up.
///
/// An operation with an error in here has failed, whatever it returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No messages.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a message.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds an error about one attribute; `AttributePath::root()` for the whole object.
    pub fn error(
        &mut self,
        path: impl Into<AttributePath>,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.push(Diagnostic::error(summary, detail).at(path));
    }

    /// Adds a warning about one attribute; `AttributePath::root()` for the whole object.
    pub fn warning(
        &mut self,
        path: impl Into<AttributePath>,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.push(Diagnostic::warning(summary, detail).at(path));
    }

    /// Whether an error is among the messages.
    pub fn has_errors(&self) -> bool {
        self.iter().any(|d| d.severity == Severity::Error)
    }

    /// Stops here if an error was found: `diagnostics.stop_on_errors()?`.
    ///
    /// Fails with the last error, which leaves the list so that it is shown once.
    pub fn stop_on_errors(&mut self) -> Result<(), Diagnostic> {
        match self.0.iter().rposition(|d| d.severity == Severity::Error) {
            Some(last) => Err(self.0.remove(last)),
            None => Ok(()),
        }
    }

    /// The messages in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Whether there is no message at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, messages: I) {
        self.0.extend(messages);
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_do_not_stop() {
        let mut diagnostics = Diagnostics::new();
        diagnostics.warning("a", "Odd", "It is odd.");
        assert!(!diagnostics.has_errors());
        assert_eq!(diagnostics.stop_on_errors(), Ok(()));
    }

    #[test]
    fn stopping_takes_the_last_error_and_leaves_the_rest() {
        let mut diagnostics = Diagnostics::new();
        diagnostics.error("a", "First", "");
        diagnostics.error("b", "Second", "");
        diagnostics.warning("c", "Odd", "");
        let stopped = diagnostics.stop_on_errors().unwrap_err();
        assert_eq!(stopped.to_string(), "error: Second (at b)");
        assert_eq!(diagnostics.len(), 2);
    }
}
