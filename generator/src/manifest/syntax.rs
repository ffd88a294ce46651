//! What HCL's syntax tree says at one place: literals, keys, kinds of values, positions.

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Block};

/// A range of bytes in the manifest.
pub(super) type Bytes = std::ops::Range<usize>;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spanned<T> {
    pub(super) value: T,
    pub(super) span: Bytes,
}

/// A string literal, also one whose quotes hold a template without any expression.
pub(super) fn string(value: &Expression) -> Option<Spanned<String>> {
    let text = match value {
        Expression::String(text) => text.as_str().to_owned(),
        Expression::HeredocTemplate(heredoc) => literal_text(&heredoc.template)?,
        Expression::StringTemplate(_) => literal_text(value.as_template()?)?,
        Expression::Parenthesis(inner) => return string(inner.inner()),
        _ => return None,
    };
    Some(Spanned {
        value: text,
        span: span(value),
    })
}

fn literal_text(template: &hcl_edit::template::Template) -> Option<String> {
    template
        .iter()
        .map(|element| element.as_literal().map(|text| text.as_str()))
        .collect()
}

/// A list of string literals.
pub(super) fn strings(value: &Expression) -> Option<Vec<Spanned<String>>> {
    value.as_array()?.iter().map(string).collect()
}

/// The name that an object's key spells out, and where it stands.
pub(super) fn key_name(key: &ObjectKey) -> Option<(String, Bytes)> {
    match key {
        ObjectKey::Ident(name) => Some((name.as_str().to_owned(), name.span()?)),
        ObjectKey::Expression(Expression::Variable(name)) => {
            Some((name.as_str().to_owned(), name.span()?))
        }
        // As a key, a word that is a value elsewhere is a word.
        ObjectKey::Expression(key @ Expression::Null(_)) => Some(("null".to_owned(), span(key))),
        ObjectKey::Expression(key @ Expression::Bool(word)) => Some((word.to_string(), span(key))),
        ObjectKey::Expression(key) => string(key).map(|key| (key.value, key.span)),
    }
}

/// Where an object's key stands.
pub(super) fn object_key_span(key: &ObjectKey) -> Bytes {
    match key {
        ObjectKey::Ident(name) => name.span().unwrap_or_default(),
        ObjectKey::Expression(key) => span(key),
    }
}

/// Where an expression stands.
pub(super) fn span(value: &Expression) -> Bytes {
    value.span().unwrap_or_default()
}

/// Where the name of an attribute stands.
pub(super) fn key_span(attribute: &Attribute) -> Bytes {
    attribute.key.span().unwrap_or_default()
}

/// Where the kind of a block stands.
pub(super) fn ident_span(block: &Block) -> Bytes {
    block.ident.span().unwrap_or_default()
}

/// What an expression is, for people.
pub(super) fn kind(value: &Expression) -> &'static str {
    match value {
        Expression::Null(_) => "null",
        Expression::Bool(_) => "true or false",
        Expression::Number(_) => "a number",
        Expression::String(_) => "a string",
        Expression::Array(_) => "a list",
        Expression::Object(_) => "an object",
        Expression::StringTemplate(_) | Expression::HeredocTemplate(_) => "a template",
        Expression::Variable(_) | Expression::Traversal(_) => "a reference",
        Expression::FuncCall(_) => "a function call",
        _ => "an expression",
    }
}
