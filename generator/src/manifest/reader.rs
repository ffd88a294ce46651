//! Reads typed values out of HCL bodies and collects what is wrong on the way.
//!
//! Knows HCL's syntax tree, but not what an application is. A value of the wrong kind counts as
//! absent, so that one reading reports everything. A [`Scope`] learns its names by being asked
//! for them; whatever is left when it is closed is an unknown name.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Attribute, Block, Body, Structure};

use crate::manifest::names::did_you_mean;
use crate::manifest::syntax::{self, Bytes, Spanned, ident_span, key_span, kind, span};
use crate::problem::{Problem, Problems, Severity, SourceText};

/// The largest price, latency or cost that is taken for one.
const LARGEST: f64 = 1e9;

/// The most problems that are kept of one text: nobody reads more, and each has to be placed.
const MAX_PROBLEMS: usize = 100;

/// Collects the problems of one text.
pub(super) struct Reader {
    text: Arc<SourceText>,
    problems: Vec<Problem>,
    /// How many there are beyond those that are kept.
    more: usize,
}

impl Reader {
    /// A reader of the file that the user knows as `file`.
    pub(super) fn new(file: &str, text: &str) -> Self {
        let text = SourceText {
            file: file.to_owned(),
            text: text.to_owned(),
        };
        Self {
            text: Arc::new(text),
            problems: Vec::new(),
            more: 0,
        }
    }

    /// The text being read.
    pub(super) fn text(&self) -> &Arc<SourceText> {
        &self.text
    }

    /// The text between two offsets.
    pub(super) fn slice(&self, span: Bytes) -> &str {
        self.text.text.get(span).unwrap_or_default()
    }

    /// Whether a further problem would be kept.
    pub(super) fn has_room(&self) -> bool {
        self.problems.len() < MAX_PROBLEMS
    }

    /// Reports that something is wrong; see [`Problem`] for the meaning of the texts.
    pub(super) fn report(
        &mut self,
        code: &'static str,
        span: Bytes,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        if !self.has_room() {
            self.more += 1;
            return;
        }
        self.problems.push(Problem {
            severity: Severity::Error,
            code,
            message: message.into(),
            label: label.into(),
            help: help.into(),
            place: self.text.place(span),
        });
    }

    /// Reports the second key of an object that is like one before.
    pub(super) fn report_duplicate_key(&mut self, span: Bytes) {
        let key = self.slice(span.clone()).to_owned();
        self.report(
            "duplicate-key",
            span,
            format!(
                "the key `{}` is written twice in one object",
                key.trim_matches('"')
            ),
            "the second of them",
            "keep one of the two",
        );
    }

    /// Adds problems that were found in what was read.
    pub(super) fn add(&mut self, mut problems: Vec<Problem>) {
        let kept = MAX_PROBLEMS.saturating_sub(self.problems.len());
        self.more += problems.len().saturating_sub(kept);
        problems.truncate(kept);
        self.problems.append(&mut problems);
    }

    /// The value that was read, if nothing was wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Problems> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => {
                let mut problems = Problems::new(self.text, self.problems);
                problems.more = self.more;
                Err(problems)
            }
        }
    }

    fn wrong_kind(&mut self, scope: &str, name: &str, value: &Expression, wanted: &str) {
        self.report(
            "wrong-kind",
            span(value),
            format!(
                "`{name}` of {scope} has to be {wanted}, but is {}",
                kind(value)
            ),
            format!("{} stands here", kind(value)),
            format!("write {wanted} without variables or functions"),
        );
    }
}

/// One block's body, with the names that were asked for.
pub(super) struct Scope<'b> {
    /// What the block is, for messages, e.g. ``task `A` ``.
    title: String,
    body: &'b Body,
    attributes: Vec<&'static str>,
    blocks: Vec<&'static str>,
}

impl<'b> Scope<'b> {
    /// The body of the block that messages call `title`.
    pub(super) fn new(title: impl Into<String>, body: &'b Body) -> Self {
        Self {
            title: title.into(),
            body,
            attributes: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// What messages call the block.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// The value of an attribute, unless it is absent or null.
    pub(super) fn value(&mut self, name: &'static str) -> Option<&'b Expression> {
        self.attributes.push(name);
        let attribute = self
            .body
            .attributes()
            .find(|attribute| attribute.has_key(name))?;
        if attribute.value.is_null() {
            None
        } else {
            Some(&attribute.value)
        }
    }

    /// Where the name of an attribute stands.
    pub(super) fn name_span(&self, name: &str) -> Option<Bytes> {
        self.body
            .attributes()
            .find(|attribute| attribute.has_key(name))
            .map(key_span)
    }

    /// All blocks of a kind.
    pub(super) fn blocks(&mut self, name: &'static str) -> Vec<&'b Block> {
        self.blocks.push(name);
        self.body
            .blocks()
            .filter(|block| block.has_ident(name))
            .collect()
    }

    /// The only block of a kind, which has no labels.
    pub(super) fn block(&mut self, reader: &mut Reader, name: &'static str) -> Option<&'b Block> {
        let blocks = self.blocks(name);
        for second in blocks.iter().skip(1) {
            reader.report(
                "duplicate-block",
                ident_span(second),
                format!("{} has more than one block `{name}`", self.title),
                "this one is too many",
                format!("write all of it into one block `{name}`"),
            );
        }
        let block = blocks.into_iter().next()?;
        if let Some(label) = block.labels.first() {
            reader.report(
                "unexpected-label",
                label.span().unwrap_or_else(|| ident_span(block)),
                format!("a block `{name}` has no name"),
                "not expected here",
                format!("write `{name} {{`"),
            );
        }
        Some(block)
    }

    /// A string.
    pub(super) fn string(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
    ) -> Option<Spanned<String>> {
        let value = self.value(name)?;
        let string = syntax::string(value);
        if string.is_none() {
            reader.wrong_kind(&self.title, name, value, "a string");
        }
        string
    }

    /// A list of strings.
    pub(super) fn strings(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
    ) -> Option<Vec<Spanned<String>>> {
        let value = self.value(name)?;
        let strings = syntax::strings(value);
        if strings.is_none() {
            let odd = value
                .as_array()
                .and_then(|list| list.iter().find(|one| syntax::string(one).is_none()));
            match odd {
                Some(odd) => reader.wrong_kind(&self.title, name, odd, "a list of strings only"),
                None => reader.wrong_kind(&self.title, name, value, "a list of strings"),
            }
        }
        strings
    }

    /// A list, whose elements are the caller's matter.
    pub(super) fn list(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
    ) -> Option<&'b hcl_edit::expr::Array> {
        let value = self.value(name)?;
        if value.as_array().is_none() {
            reader.wrong_kind(&self.title, name, value, "a list");
        }
        value.as_array()
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, reader: &mut Reader, name: &'static str) -> Option<bool> {
        let value = self.value(name)?;
        if value.as_bool().is_none() {
            reader.wrong_kind(&self.title, name, value, "`true` or `false`");
        }
        value.as_bool()
    }

    /// One of a few words, translated.
    pub(super) fn word<T: Copy>(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let found = self.string(reader, name)?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == found.value) {
            return Some(*meaning);
        }
        let known: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        reader.report(
            "unknown-value",
            found.span,
            format!("`{name}` of {} cannot be `{}`", self.title, found.value),
            "not one of the known words",
            format!("write one of {}", known.join(", ")),
        );
        None
    }

    /// A whole number within limits.
    pub(super) fn integer<T>(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
        range: RangeInclusive<T>,
    ) -> Option<T>
    where
        T: Copy + PartialOrd + Display + TryFrom<u64>,
    {
        let value = self.value(name)?;
        integer(reader, &self.title, name, value, range)
    }

    /// A number within limits.
    pub(super) fn number(
        &mut self,
        reader: &mut Reader,
        name: &'static str,
        range: RangeInclusive<f64>,
    ) -> Option<f64> {
        let (number, value) = self.float(reader, name)?;
        within(reader, &self.title, name, value, number, range)
    }

    /// A number above zero.
    pub(super) fn positive(&mut self, reader: &mut Reader, name: &'static str) -> Option<f64> {
        let (number, value) = self.float(reader, name)?;
        let is_positive = number > 0.0 && number <= LARGEST;
        if !is_positive {
            let wanted = format!("a number above 0 and at most {LARGEST}");
            out_of_range(reader, &self.title, name, value, &number, &wanted);
        }
        is_positive.then_some(number)
    }

    fn float(&mut self, reader: &mut Reader, name: &'static str) -> Option<(f64, &'b Expression)> {
        let value = self.value(name)?;
        let number = value.as_number().and_then(hcl_edit::Number::as_f64);
        if number.is_none() {
            reader.wrong_kind(&self.title, name, value, "a number");
        }
        Some((number?, value))
    }

    /// Reports every name that nobody asked for.
    pub(super) fn close(self, reader: &mut Reader) {
        for structure in self.body {
            match structure {
                Structure::Attribute(attribute)
                    if !self.attributes.contains(&attribute.key.as_str()) =>
                {
                    self.unknown_attribute(reader, attribute);
                }
                Structure::Block(block) if !self.blocks.contains(&block.ident.as_str()) => {
                    self.unknown_block(reader, block);
                }
                Structure::Attribute(_) | Structure::Block(_) => {}
            }
        }
    }

    fn unknown_attribute(&self, reader: &mut Reader, attribute: &Attribute) {
        let name = attribute.key.as_str();
        let help = if self.blocks.contains(&name) {
            format!("`{name}` is a block: write `{name} {{ ... }}` without `=`")
        } else {
            did_you_mean(name, self.attributes.iter().copied())
        };
        reader.report(
            "unknown-attribute",
            key_span(attribute),
            format!("{} has no attribute `{name}`", self.title),
            "not known",
            help,
        );
    }

    fn unknown_block(&self, reader: &mut Reader, block: &Block) {
        let name = block.ident.as_str();
        let help = if self.attributes.contains(&name) {
            format!("`{name}` is an attribute: write `{name} = ...`")
        } else {
            did_you_mean(name, self.blocks.iter().copied())
        };
        reader.report(
            "unknown-block",
            ident_span(block),
            format!("{} has no block `{name}`", self.title),
            "not known",
            help,
        );
    }
}

/// A whole number within limits, out of an expression that messages call `name` of `title`.
pub(super) fn integer<T>(
    reader: &mut Reader,
    title: &str,
    name: &str,
    value: &Expression,
    range: RangeInclusive<T>,
) -> Option<T>
where
    T: Copy + PartialOrd + Display + TryFrom<u64>,
{
    let Some(number) = value.as_number() else {
        reader.wrong_kind(title, name, value, "a whole number");
        return None;
    };
    let whole = number.as_u64().and_then(|number| T::try_from(number).ok());
    if whole.is_none() {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        out_of_range(reader, title, name, value, number, &wanted);
    }
    within(reader, title, name, value, whole?, range)
}

fn within<T: Copy + PartialOrd + Display>(
    reader: &mut Reader,
    title: &str,
    name: &str,
    value: &Expression,
    number: T,
    range: RangeInclusive<T>,
) -> Option<T> {
    if range.contains(&number) {
        return Some(number);
    }
    let wanted = format!("a number from {} to {}", range.start(), range.end());
    out_of_range(reader, title, name, value, &number, &wanted);
    None
}

fn out_of_range(
    reader: &mut Reader,
    title: &str,
    name: &str,
    value: &Expression,
    number: &dyn Display,
    wanted: &str,
) {
    reader.report(
        "out-of-range",
        span(value),
        format!("`{name}` of {title} cannot be {number}"),
        "outside the limits",
        format!("write {wanted}"),
    );
}
