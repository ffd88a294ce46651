//! Filter patterns of `FilterLogEvents`: words, phrases, and conditions on JSON members.
//!
//! Words must all occur, in any place and by case; `?word` makes alternatives, `-word` excludes, and
//! quotes make a phrase of several words. A pattern in braces is a [`json_condition`](super::json_condition).
//! Patterns in brackets (fields between blanks) and `%regular expressions%` are refused, not guessed.

use super::json_condition::JsonCondition;

/// A pattern that a message matches or not.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// Words in the text.
    Words(Words),
    /// A condition on the message as JSON.
    Json(JsonCondition),
}

/// Words and phrases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    required: Vec<String>,
    alternatives: Vec<String>,
    excluded: Vec<String>,
}

/// Why a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid filter pattern: {0}")]
pub struct PatternError(pub String);

impl Pattern {
    /// Reads a pattern. One without words matches everything.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let text = text.trim();
        if text.starts_with('{') {
            return JsonCondition::parse(text).map(Self::Json);
        }
        let unsupported = |what: &str| {
            Err(PatternError(format!(
                "this endpoint does not support {what}; use words, \"phrases\", or {{ $.member = value }}"
            )))
        };
        if text.starts_with('[') {
            return unsupported("patterns in brackets");
        }
        if text.len() > 1 && text.starts_with('%') && text.ends_with('%') {
            return unsupported("regular expressions");
        }
        Words::parse(text).map(Self::Words)
    }

    /// Whether a message matches.
    pub fn matches(&self, message: &str) -> bool {
        match self {
            Self::Words(words) => words.matches(message),
            Self::Json(condition) => {
                serde_json::from_str(message).is_ok_and(|document| condition.matches(&document))
            }
        }
    }
}

impl Words {
    fn parse(text: &str) -> Result<Self, PatternError> {
        let mut words = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let (list, unmarked) = match rest.split_at_checked(1) {
                Some(("?", unmarked)) => (&mut words.alternatives, unmarked),
                Some(("-", unmarked)) => (&mut words.excluded, unmarked),
                _ => (&mut words.required, rest),
            };
            let (word, after) = next_word(unmarked)?;
            if !word.trim().is_empty() {
                list.push(word);
            }
            rest = after.trim_start();
        }
        Ok(words)
    }

    fn matches(&self, message: &str) -> bool {
        let holds = |word: &String| message.contains(word.as_str());
        let alternative = self.alternatives.is_empty()
            // Beside words that must occur, CloudWatch ignores the alternatives.
            || !self.required.is_empty()
            || self.alternatives.iter().any(holds);
        alternative && self.required.iter().all(holds) && !self.excluded.iter().any(holds)
    }
}

/// The word or quoted phrase at the beginning, and what follows it.
fn next_word(text: &str) -> Result<(String, &str), PatternError> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    quoted_text(quoted)
}

/// A phrase up to its closing quote, and what follows; a backslash takes the next character as it is.
pub(super) fn quoted_text(text: &str) -> Result<(String, &str), PatternError> {
    let mut phrase = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((phrase, &text[at + 1..])),
            '\\' => phrase.extend(characters.next().map(|(_, escaped)| escaped)),
            other => phrase.push(other),
        }
    }
    Err(PatternError("a quote is not closed".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, message: &str) -> bool {
        Pattern::parse(pattern).expect(pattern).matches(message)
    }

    #[test]
    fn words_phrases_alternatives_and_exclusions() {
        let message = "ERROR 42: no such key in table";
        let cases = [
            ("", true),
            ("\" \"", true),
            ("ERROR", true),
            ("error", false),
            ("ERROR key", true),
            ("ERROR lock", false),
            ("\"no such key\"", true),
            ("\"no key\"", false),
            ("?WARN ?ERROR", true),
            ("?WARN ?INFO", false),
            ("ERROR -table", false),
            ("ERROR -lock", true),
            ("-\"no such\"", false),
        ];
        for (pattern, expected) in cases {
            assert_eq!(matches(pattern, message), expected, "{pattern}");
        }
    }

    #[test]
    fn what_is_not_supported_is_refused() {
        for pattern in ["[a, b]", "%x.*%", "\"open", "{ $.a }"] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn no_pattern_makes_parsing_or_matching_panic(
            pattern in "(\\{)?[ -~é]{0,30}", message in "\\PC{0,20}",
        ) {
            if let Ok(pattern) = Pattern::parse(&pattern) {
                pattern.matches(&message);
            }
        }
    }
}
