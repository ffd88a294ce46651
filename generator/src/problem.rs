//! What is wrong with a manifest or with code, told so that its author can mend it.
//!
//! A [`Problem`] says what is wrong, where, and what to write instead; [`Problems`] are all that
//! one reading found, together with the text they point into. Both implement
//! [`miette::Diagnostic`], so the command line decides about colours and layout.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, SourceCode};
use serde::Serialize;

/// A text file that problems point into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The file's name as the user knows it.
    pub file: String,
    /// Its whole content.
    pub text: String,
}

/// A place in a text; lines and columns count from one, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file's name as the user knows it.
    pub file: String,
    /// The line in which the place begins.
    pub line: usize,
    /// The column in which the place begins.
    pub column: usize,
    /// Offset of its first byte in the file.
    pub offset_bytes: usize,
    /// Its length, which may be 0.
    pub length_bytes: usize,
}

/// Whether a problem stops whoever meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be made of it.
    Error,
    /// It has a meaning, which is hardly the one that was meant.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether it stops the reader.
    pub severity: Severity,
    /// Its kind: constant, without the user's names, e.g. `unknown-task`.
    pub code: &'static str,
    /// What is wrong and why, as a sentence without a full stop.
    pub message: String,
    /// What stands at the place, in a few words.
    pub label: String,
    /// How to mend it.
    pub help: String,
    /// Where it is.
    pub place: Place,
}

/// Everything that is wrong with one text; never empty.
#[derive(Debug, Clone)]
pub struct Problems {
    /// The text that the problems point into.
    pub text: Arc<SourceText>,
    /// In the order of their places.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub more: usize,
    source: miette::NamedSource<String>,
}

impl Problems {
    /// Problems of one text, brought into the order of their places.
    pub fn new(text: Arc<SourceText>, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| (problem.place.offset_bytes, problem.place.length_bytes));
        let source = miette::NamedSource::new(&text.file, text.text.clone());
        Self {
            text,
            problems,
            more: 0,
            source,
        }
    }
}

impl SourceText {
    /// The place of a range of bytes, clamped to whole characters of the text.
    pub fn place(&self, span: Range<usize>) -> Place {
        let whole = |offset: usize| {
            let mut offset = offset.min(self.text.len());
            while !self.text.is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        let (start, end) = (whole(span.start), whole(span.end));
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place {
            file: self.file.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            offset_bytes: start,
            length_bytes: end.saturating_sub(start),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Place {
            offset_bytes,
            length_bytes,
            ..
        } = self.place;
        let label = LabeledSpan::new(Some(self.label.clone()), offset_bytes, length_bytes);
        Some(Box::new(std::iter::once(label)))
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len() + self.more;
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(f, "`{}` has {count} {noun}", self.text.file)
    }
}

impl std::error::Error for Problems {}

impl Diagnostic for Problems {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(
            self.problems
                .iter()
                .map(|problem| problem as &dyn Diagnostic),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_stay_inside_the_text() {
        let text = SourceText {
            file: "f".into(),
            text: "ä\nbcd".into(),
        };
        let place = text.place(4..6);
        assert_eq!((place.line, place.column, place.length_bytes), (2, 2, 2));
        assert_eq!(text.place(1..2).column, 1);
        assert_eq!(text.place(0..1).length_bytes, 0);
        assert_eq!(text.place(90..99).length_bytes, 0);
    }
}
