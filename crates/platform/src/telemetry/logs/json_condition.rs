//! Conditions on JSON messages: `{ $.level = "ERR*" && ($.ms >= 300 || $.user NOT EXISTS) }`.

use super::pattern::{PatternError, quoted_text};
use serde_json::Value;
use std::cmp::Ordering;

/// How deep parentheses may nest.
const MAX_DEPTH: usize = 32;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum JsonCondition {
    /// All of them.
    And(Vec<JsonCondition>),
    /// At least one of them.
    Or(Vec<JsonCondition>),
    /// A test of one member.
    Member(Vec<Step>, Test),
}

/// One step from a document to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `.name`
    Name(String),
    /// `[0]`
    Index(usize),
}

/// What is asked of a member. All but `NOT EXISTS` want it to be there.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `IS TRUE`, `IS FALSE`
    Is(bool),
    /// `IS NULL`
    IsNull,
    /// `NOT EXISTS`
    NotExists,
    /// `=` a text with wildcards, or `!=` if negated.
    Text {
        /// The text, in which `*` stands for any characters.
        pattern: String,
        /// Whether the test is `!=`.
        negated: bool,
    },
    /// A comparison with a number.
    Number(Comparison, f64),
}

/// How a number is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// The operators, those first of which another is the beginning.
const OPERATORS: [(&str, Comparison); 6] = [
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("=", Comparison::Equal),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl JsonCondition {
    /// Reads a condition in braces.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let inner = text
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .ok_or_else(|| PatternError("a condition stands in braces".to_owned()))?;
        let mut parser = Parser {
            rest: inner,
            depth: 0,
        };
        let condition = parser.any()?;
        parser.skip_blanks();
        if parser.rest.is_empty() {
            Ok(condition)
        } else {
            Err(parser.unexpected("&& or ||"))
        }
    }

    /// Whether a document meets the condition.
    pub fn matches(&self, document: &Value) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(document)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(document)),
            Self::Member(path, test) => {
                let member = path.iter().try_fold(document, |value, step| match step {
                    Step::Name(name) => value.get(name),
                    Step::Index(index) => value.get(index),
                });
                test.holds(member)
            }
        }
    }
}

impl Test {
    fn holds(&self, member: Option<&Value>) -> bool {
        let Some(member) = member else {
            return *self == Self::NotExists;
        };
        match self {
            Self::NotExists => false,
            Self::IsNull => member.is_null(),
            Self::Is(truth) => member.as_bool() == Some(*truth),
            Self::Text { pattern, negated } => {
                let text = match member {
                    Value::String(text) => text.clone(),
                    Value::Number(number) => number.to_string(),
                    _ => return false,
                };
                wildcard(pattern, &text) != *negated
            }
            Self::Number(comparison, wanted) => {
                let order = member.as_f64().and_then(|found| found.partial_cmp(wanted));
                order.is_some_and(|order| comparison.holds(order))
            }
        }
    }
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Whether a text matches a pattern in which `*` stands for any characters.
fn wildcard(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<JsonCondition, PatternError> {
        let mut parts = vec![self.all()?];
        while self.take("||") {
            parts.push(self.all()?);
        }
        Ok(single(parts, JsonCondition::Or))
    }

    fn all(&mut self) -> Result<JsonCondition, PatternError> {
        let mut parts = vec![self.one()?];
        while self.take("&&") {
            parts.push(self.one()?);
        }
        Ok(single(parts, JsonCondition::And))
    }

    fn one(&mut self) -> Result<JsonCondition, PatternError> {
        if !self.take("(") {
            let path = self.path()?;
            return Ok(JsonCondition::Member(path, self.test()?));
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(PatternError("parentheses nest too deep".to_owned()));
        }
        let inner = self.any()?;
        self.depth -= 1;
        if self.take(")") {
            Ok(inner)
        } else {
            Err(self.unexpected("a closing parenthesis"))
        }
    }

    fn path(&mut self) -> Result<Vec<Step>, PatternError> {
        if !self.take("$") {
            return Err(self.unexpected("a member such as $.name"));
        }
        let mut path = Vec::new();
        loop {
            if let Some(rest) = self.rest.strip_prefix('.') {
                let ends = |c: char| c.is_whitespace() || ".[]=!<>()&|".contains(c);
                let end = rest.find(ends).unwrap_or(rest.len());
                path.push(Step::Name(rest[..end].to_owned()));
                self.rest = &rest[end..];
            } else if let Some(rest) = self.rest.strip_prefix('[') {
                let step = rest
                    .split_once(']')
                    .and_then(|(inside, after)| Some((bracketed(inside.trim())?, after)));
                let Some((step, after)) = step else {
                    return Err(self.unexpected("an index in brackets"));
                };
                path.push(step);
                self.rest = after;
            } else if path.is_empty() {
                return Err(self.unexpected("a member such as $.name"));
            } else {
                return Ok(path);
            }
        }
    }

    fn test(&mut self) -> Result<Test, PatternError> {
        for (words, test) in [
            (["IS", "TRUE"], Test::Is(true)),
            (["IS", "FALSE"], Test::Is(false)),
            (["IS", "NULL"], Test::IsNull),
            (["NOT", "EXISTS"], Test::NotExists),
        ] {
            let before = self.rest;
            if self.take(words[0]) && self.take(words[1]) {
                return Ok(test);
            }
            self.rest = before;
        }
        for (operator, comparison) in OPERATORS {
            if self.take(operator) {
                return self.value(comparison);
            }
        }
        Err(self.unexpected("a comparison"))
    }

    fn value(&mut self, comparison: Comparison) -> Result<Test, PatternError> {
        self.skip_blanks();
        let text = if let Some(quoted) = self.rest.strip_prefix('"') {
            let (text, after) = quoted_text(quoted)?;
            self.rest = after;
            text
        } else {
            let ends = |c: char| c.is_whitespace() || "()&|".contains(c);
            let end = self.rest.find(ends).unwrap_or(self.rest.len());
            let word = &self.rest[..end];
            if word.is_empty() {
                return Err(self.unexpected("a value"));
            }
            self.rest = &self.rest[end..];
            if let Ok(number) = word.parse() {
                return Ok(Test::Number(comparison, number));
            }
            word.to_owned()
        };
        let negated = match comparison {
            Comparison::Equal => false,
            Comparison::NotEqual => true,
            _ => return Err(PatternError("texts compare with = and != only".to_owned())),
        };
        Ok(Test::Text {
            pattern: text,
            negated,
        })
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip_blanks();
        match self.rest.strip_prefix(token) {
            Some(after) => {
                self.rest = after;
                true
            }
            None => false,
        }
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn unexpected(&self, wanted: &str) -> PatternError {
        let found: String = self.rest.chars().take(20).collect();
        PatternError(format!("expected {wanted} at `{found}`"))
    }
}

/// What stands between brackets: an index, or a name in quotes.
fn bracketed(inside: &str) -> Option<Step> {
    match inside.strip_prefix('"') {
        Some(quoted) => quoted
            .strip_suffix('"')
            .map(|name| Step::Name(name.to_owned())),
        None => inside.parse().ok().map(Step::Index),
    }
}

/// The only part itself, or all parts together.
fn single(
    mut parts: Vec<JsonCondition>,
    together: fn(Vec<JsonCondition>) -> JsonCondition,
) -> JsonCondition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            together(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_on_a_document() {
        let document: Value = serde_json::from_str(
            r#"{"level":"ERROR","ms":312.5,"user":{"id":7,"names":["a","b"]},"ok":false,"none":null,"a b":1}"#,
        )
        .expect("JSON");
        let cases = [
            (r#"{ $.level = "ERROR" }"#, true),
            (r#"{ $.level = "ERR*" }"#, true),
            (r"{ $.level = *RR* }", true),
            (r#"{ $.level != "ERROR" }"#, false),
            (r#"{ $.missing != "x" }"#, false),
            (r"{ $.ms >= 312.5 }", true),
            (r"{ $.ms < 312.5 }", false),
            (r"{ $.ms = 31* }", true),
            (r"{$.user.id=7}", true),
            (r#"{ $.user.names[1] = "b" }"#, true),
            (r#"{ $.["a b"] = 1 }"#, false),
            (r#"{ $["a b"] = 1 }"#, true),
            (r"{ $.ok IS FALSE && $.none IS NULL }", true),
            (r"{ $.ok NOT EXISTS || $.gone NOT EXISTS }", true),
            (
                r"{ ($.ms > 400 || $.user.id = 7) && $.level = ERROR }",
                true,
            ),
            (r"{ $.ms > 400 || $.user.id = 8 && $.level = ERROR }", false),
        ];
        for (text, expected) in cases {
            let condition = JsonCondition::parse(text).expect(text);
            assert_eq!(condition.matches(&document), expected, "{text}");
        }
    }

    #[test]
    fn what_does_not_parse_says_where() {
        let error = |text: &str| JsonCondition::parse(text).expect_err(text).0;
        assert_eq!(error("{ $.a ~ 1 }"), "expected a comparison at `~ 1 `");
        assert_eq!(
            error("{ $.a = 1 $.b = 2 }"),
            "expected && or || at `$.b = 2 `"
        );
        assert_eq!(
            error("{ a = 1 }"),
            "expected a member such as $.name at `a = 1 `"
        );
        assert_eq!(error("{ $.a > \"x\" }"), "texts compare with = and != only");
        assert_eq!(
            error(&format!("{{ {} }}", "(".repeat(100))),
            "parentheses nest too deep"
        );
    }
}
