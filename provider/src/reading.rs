//! Reading arguments: from values that may be null or unknown to what they mean.
//!
//! Owns the checks that every argument shares (ranges, choices) and the memory of what was
//! unknown. Which arguments there are is known by the resources.

use std::fmt::Display;
use std::ops::RangeInclusive;

use tfplugin::{AttributePath, Diagnostics, Number, Value};

/// Reads arguments one by one; collects what is wrong, and remembers what is unknown.
pub struct Reader<'a> {
    diagnostics: &'a mut Diagnostics,
    unknown: Option<AttributePath>,
    wrong: bool,
}

/// What reading came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Read<T> {
    /// All of it is known and right.
    Known(T),
    /// Something is known only after the apply: the first of it.
    Unknown(AttributePath),
    /// Something is wrong; the diagnostics say what.
    Wrong,
}

impl<'a> Reader<'a> {
    /// A reader that reports here.
    pub fn new(diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            diagnostics,
            unknown: None,
            wrong: false,
        }
    }

    /// Ends reading: `value` is what was read, if all of it was there.
    pub fn finish<T>(self, value: Option<T>) -> Read<T> {
        match (self.unknown, value) {
            (Some(path), _) if !self.wrong => Read::Unknown(path),
            (None, Some(value)) if !self.wrong => Read::Known(value),
            _ => Read::Wrong,
        }
    }

    /// Whether all that was read so far is known and right.
    pub fn is_whole(&self) -> bool {
        !self.wrong && self.unknown.is_none()
    }

    /// Reports what is wrong with an argument.
    pub fn wrong(&mut self, path: AttributePath, summary: &str, detail: impl Into<String>) {
        self.wrong = true;
        self.diagnostics.error(path, summary, detail);
    }

    /// Reports something that works and is probably not meant.
    pub fn doubtful(&mut self, path: AttributePath, summary: &str, detail: impl Into<String>) {
        self.diagnostics.warning(path, summary, detail);
    }

    /// A value that may be left out.
    pub fn optional<'v, T>(&mut self, path: &AttributePath, value: &'v Value<T>) -> Option<&'v T> {
        if value.is_unknown() && self.unknown.is_none() {
            self.unknown = Some(path.clone());
        }
        value.known()
    }

    /// A value that has to be there.
    pub fn required<'v, T>(&mut self, path: &AttributePath, value: &'v Value<T>) -> Option<&'v T> {
        if value.is_null() {
            // Hosts show no more of a place within an argument than the resource it is in.
            let detail =
                format!("`{path}` is null, and there is no default for it. Give it a value.");
            self.wrong(path.clone(), "Missing value", detail);
        }
        self.optional(path, value)
    }

    /// The application's name, with which names of functions and files begin.
    pub fn application(&mut self, value: &Value<String>) -> Option<String> {
        let name = self.required(&"application".into(), value)?;
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(is_allowed) {
            let detail = format!(
                "`{name}` cannot begin the names of functions. Use 1 to 64 letters, digits, `_` and `-`."
            );
            self.wrong("application".into(), "Invalid application name", detail);
        }
        Some(name.clone())
    }

    /// A text, or `default`.
    pub fn text(&mut self, path: &AttributePath, value: &Value<String>, default: &str) -> String {
        self.optional(path, value)
            .map_or_else(|| default.to_owned(), Clone::clone)
    }

    /// A truth value, false where there is none.
    pub fn truth(&mut self, path: &AttributePath, value: &Value<bool>) -> bool {
        self.optional(path, value).copied().unwrap_or(false)
    }

    /// One of a few words; the first where there is none.
    pub fn choice(
        &mut self,
        path: &AttributePath,
        value: &Value<String>,
        choices: &[&'static str],
    ) -> &'static str {
        let first = choices.first().copied().unwrap_or_default();
        let Some(text) = self.optional(path, value) else {
            return first;
        };
        if let Some(choice) = choices.iter().find(|choice| *choice == text) {
            return choice;
        }
        let list = choices
            .iter()
            .map(|choice| format!("`{choice}`"))
            .collect::<Vec<_>>()
            .join(", ");
        self.wrong(
            path.clone(),
            "Unknown choice",
            format!("`{text}` is none of the values that `{path}` can have. Choose one of {list}."),
        );
        first
    }

    /// A whole number within bounds; `unit` is what is counted, in words, or empty.
    pub fn whole(
        &mut self,
        path: &AttributePath,
        value: &Value<Number>,
        bounds: &RangeInclusive<u64>,
        unit: &str,
    ) -> Option<u64> {
        let number = self.optional(path, value)?;
        let whole = number.to_u64().filter(|whole| bounds.contains(whole));
        if whole.is_none() {
            let (low, high) = (bounds.start(), bounds.end());
            let of = if unit.is_empty() {
                String::new()
            } else {
                format!(" of {unit}")
            };
            let to = if *high == u64::MAX {
                String::new()
            } else {
                format!(" to {high}")
            };
            let limits = format!("a whole number{of} from {low}{to}");
            self.out_of_range(path, number, &limits);
        }
        whole
    }

    /// A number within bounds, fractions allowed.
    pub fn number(
        &mut self,
        path: &AttributePath,
        value: &Value<Number>,
        bounds: &RangeInclusive<f64>,
        meaning: &str,
    ) -> Option<f64> {
        let number = self.optional(path, value)?;
        let read = Some(number.to_f64()).filter(|read| read.is_finite() && bounds.contains(read));
        if read.is_none() {
            self.out_of_range(path, number, meaning);
        }
        read
    }

    fn out_of_range(&mut self, path: &AttributePath, found: &dyn Display, wanted: &str) {
        self.wrong(
            path.clone(),
            "Number out of range",
            format!("`{found}` cannot be used for `{path}`. Write {wanted}."),
        );
    }

    /// The elements of a list or set of texts; unknown elements are left out.
    pub fn texts(
        &mut self,
        path: &AttributePath,
        value: &Value<Vec<Value<String>>>,
    ) -> Vec<String> {
        let items = self.optional(path, value).into_iter().flatten();
        let read = items.filter_map(|item| self.optional(path, item).cloned());
        read.collect()
    }
}

/// Turns a clause such as ``the task `a` is unknown; correct the name`` into sentences.
pub fn sentences(clause: impl Display) -> String {
    let clause = clause.to_string();
    let parts = clause.split("; ").map(|part| sentence(part.trim()));
    parts.collect::<Vec<_>>().join(" ")
}

/// Turns a hint such as `check the network` into a sentence.
pub fn sentence(hint: &str) -> String {
    let mut letters = hint.trim_end_matches('.').chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(with: impl FnOnce(&mut Reader<'_>) -> T) -> (Read<T>, Vec<String>) {
        let mut diagnostics = Diagnostics::new();
        let mut reader = Reader::new(&mut diagnostics);
        let value = with(&mut reader);
        let outcome = reader.finish(Some(value));
        (
            outcome,
            diagnostics.iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn unknown_values_are_remembered_and_no_error() {
        let (outcome, messages) = read(|reader| {
            reader.whole(&"b".into(), &Value::Unknown, &(1..=2), "MB");
            reader.text(&"c".into(), &Value::Unknown, "x")
        });
        assert_eq!(outcome, Read::Unknown("b".into()));
        assert!(messages.is_empty());
    }

    #[test]
    fn wrong_values_say_what_is_right() {
        let (outcome, messages) = read(|reader| {
            reader.whole(
                &"a".into(),
                &Value::Known("1.5".parse().unwrap()),
                &(1..=2),
                "seconds",
            );
            reader.choice(&"b".into(), &Value::from("x"), &["auto", "hold"]);
            reader.number(
                &"c".into(),
                &Value::Known(2.into()),
                &(0.0..=1.0),
                "a share from 0 to 1",
            );
            reader.required(&"d".into(), &Value::<bool>::Null);
        });
        assert_eq!(outcome, Read::Wrong);
        insta::assert_snapshot!(messages.join("\n"));
    }

    #[test]
    fn clauses_become_sentences() {
        assert_eq!(sentences("`a` is odd; mend it"), "`a` is odd. Mend it.");
    }
}
