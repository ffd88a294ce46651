//! The language of metric math: how an expression is read.
//!
//! Operators bind as in arithmetic: `^`, then `* /`, `+ -`, comparisons, `AND`, `OR`. What the functions
//! mean is the matter of [`math`](super::math).

/// How deep parentheses and calls may nest.
const MAX_DEPTH: usize = 32;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A number.
    Number(f64),
    /// A text in quotes, or a bare word such as `REPEAT`.
    Text(String),
    /// The result of another query.
    Id(String),
    /// Several in brackets.
    Array(Vec<Expression>),
    /// A function with its arguments.
    Call(String, Vec<Expression>),
    /// Two operands.
    Binary(Operator, Box<Expression>, Box<Expression>),
}

/// What stands between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `^`
    Power,
    /// `==`
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
    /// `AND` or `&&`
    And,
    /// `OR` or `||`
    Or,
}

/// The operators by how they bind, the loosest first; within a level, longer ones first.
const LEVELS: [&[(&str, Operator)]; 6] = [
    &[("||", Operator::Or), ("OR", Operator::Or)],
    &[("&&", Operator::And), ("AND", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide)],
    &[("^", Operator::Power)],
];

impl Expression {
    /// Reads an expression; the error says what was expected where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser {
            rest: text.trim(),
            depth: 0,
        };
        let expression = parser.level(0)?;
        if parser.rest.is_empty() {
            Ok(expression)
        } else {
            Err(parser.unexpected("an operator"))
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl Parser<'_> {
    /// Operands joined by the operators of a level and those that bind tighter.
    fn level(&mut self, level: usize) -> Result<Expression, String> {
        let Some(operators) = LEVELS.get(level) else {
            return self.operand();
        };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.level(level + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operator(&mut self, operators: &[(&str, Operator)]) -> Option<Operator> {
        for (symbol, operator) in operators {
            if let Some(rest) = self.rest.strip_prefix(symbol) {
                let word = symbol.starts_with(|c: char| c.is_ascii_alphabetic());
                if !(word && rest.starts_with(is_name)) {
                    self.rest = rest.trim_start();
                    return Some(*operator);
                }
            }
        }
        None
    }

    fn operand(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("the expression nests too deep".to_owned());
        }
        let operand = self.operand_inside();
        self.depth -= 1;
        operand
    }

    fn operand_inside(&mut self) -> Result<Expression, String> {
        if self.take("(") {
            let inner = self.level(0)?;
            return if self.take(")") {
                Ok(inner)
            } else {
                Err(self.unexpected("`)`"))
            };
        }
        if self.take("[") {
            return Ok(Expression::Array(self.list("]")?));
        }
        if self.take("-") {
            let (zero, operand) = (Expression::Number(0.0), self.operand()?);
            return Ok(Expression::Binary(
                Operator::Subtract,
                Box::new(zero),
                Box::new(operand),
            ));
        }
        if let Some(quoted) = self.rest.strip_prefix(['"', '\'']) {
            let quote = &self.rest[..1];
            let (text, after) = quoted
                .split_once(quote)
                .ok_or_else(|| "a quote is not closed".to_owned())?;
            self.rest = after.trim_start();
            return Ok(Expression::Text(text.to_owned()));
        }
        let end = self
            .rest
            .find(|c: char| !is_name(c) && c != '.')
            .unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            let number = word.parse().map_err(|_| self.unexpected("a number"))?;
            self.rest = self.rest[end..].trim_start();
            return Ok(Expression::Number(number));
        }
        if word.is_empty() || word.contains('.') {
            return Err(self.unexpected("an operand"));
        }
        self.rest = self.rest[end..].trim_start();
        if self.take("(") {
            return Ok(Expression::Call(word.to_owned(), self.list(")")?));
        }
        // Ids begin with a small letter, so any other bare word is an option such as REPEAT.
        if word.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Ok(Expression::Text(word.to_owned()));
        }
        Ok(Expression::Id(word.to_owned()))
    }

    /// Expressions between commas, up to what closes them.
    fn list(&mut self, close: &str) -> Result<Vec<Expression>, String> {
        let mut items = Vec::new();
        if self.take(close) {
            return Ok(items);
        }
        loop {
            items.push(self.level(0)?);
            if self.take(close) {
                return Ok(items);
            }
            if !self.take(",") {
                return Err(self.unexpected(&format!("`,` or `{close}`")));
            }
        }
    }

    fn take(&mut self, token: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(token) else {
            return false;
        };
        self.rest = rest.trim_start();
        true
    }

    fn unexpected(&self, wanted: &str) -> String {
        let found: String = self.rest.chars().take(20).collect();
        format!("expected {wanted} at '{found}'")
    }
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The expression with all parentheses written.
    fn shown(expression: &Expression) -> String {
        let all = |items: &[Expression]| items.iter().map(shown).collect::<Vec<_>>().join(",");
        match expression {
            Expression::Number(number) => number.to_string(),
            Expression::Text(text) => format!("{text:?}"),
            Expression::Id(id) => id.clone(),
            Expression::Array(items) => format!("[{}]", all(items)),
            Expression::Call(name, arguments) => format!("{name}({})", all(arguments)),
            Expression::Binary(operator, left, right) => {
                format!("({} {operator:?} {})", shown(left), shown(right))
            }
        }
    }

    #[test]
    fn operators_bind_as_in_arithmetic() {
        let cases = [
            ("a + b * c ^ 2", "(a Add (b Multiply (c Power 2)))"),
            ("(a + b) * 1.5", "((a Add b) Multiply 1.5)"),
            ("a - b - c", "((a Subtract b) Subtract c)"),
            (
                "a > 1 AND b <= -2 OR c",
                "(((a Greater 1) And (b LessOrEqual (0 Subtract 2))) Or c)",
            ),
            (
                "SUM(METRICS(\"err\")) / IF(a, [b, c], 0)",
                "(SUM(METRICS(\"err\")) Divide IF(a,[b,c],0))",
            ),
            ("aORb", "aORb"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                Expression::parse(text)
                    .map(|found| shown(&found))
                    .as_deref(),
                Ok(expected)
            );
        }
    }

    #[test]
    fn what_does_not_parse_says_where() {
        let error = |text: &str| Expression::parse(text).expect_err(text);
        assert_eq!(error("a +"), "expected an operand at ''");
        assert_eq!(error("a b"), "expected an operator at 'b'");
        assert_eq!(error("SUM(a"), "expected `,` or `)` at ''");
        assert_eq!(error(&"(".repeat(99)), "the expression nests too deep");
        assert_eq!(error(&"-".repeat(99)), "the expression nests too deep");
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "[a-cA-C0-9.(),\\[\\]\"'+*/^<>=!&|é -]{0,40}") {
            let _ = Expression::parse(&text);
        }
    }
}
