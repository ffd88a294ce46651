//! From bytes to values.

use super::REFINED;
use super::reader::{Reader, Token};
use super::refinement;
use crate::dynamic::Dynamic;
use crate::number::Number;
use crate::path::Step;
use crate::shape::canonical_set;
use crate::types::Type;
use crate::wire::text::normalized;
use crate::wire::{MAX_DEPTH, WireError, shown};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, WireError>;

/// Reads a value of a type. No bytes at all are null.
pub(crate) fn decode(bytes: &[u8], r#type: &Type) -> Result<Dynamic> {
    if bytes.is_empty() {
        return Ok(Dynamic::Null);
    }
    let mut reader = Reader::new(bytes);
    let value = value(&mut reader, r#type, MAX_DEPTH)?;
    if reader.is_at_end() {
        Ok(value)
    } else {
        Err(WireError::new("bytes follow the value"))
    }
}

fn value(reader: &mut Reader<'_>, r#type: &Type, depth: usize) -> Result<Dynamic> {
    let depth = WireError::descend(depth)?;
    match (r#type, reader.token()?) {
        (_, Token::Nil) => Ok(Dynamic::Null),
        (_, Token::Ext(code, payload)) => unknown(code, payload),
        (Type::Bool, Token::Bool(truth)) => Ok(Dynamic::Bool(truth)),
        (Type::String, Token::Str(text)) => Ok(Dynamic::String(normalized(text).into_owned())),
        (Type::Number, token) => number(token).map(Dynamic::Number),
        (Type::Dynamic, Token::Array(2)) => typed(reader, depth),
        (Type::List(element), Token::Array(length)) => {
            sequence(reader, length, |_| element, depth).map(Dynamic::Sequence)
        }
        (Type::Set(element), Token::Array(length)) => {
            sequence(reader, length, |_| element, depth).map(canonical_set)
        }
        (Type::Tuple(types), Token::Array(length)) if length == types.len() => {
            sequence(reader, length, |position| &types[position], depth).map(Dynamic::Sequence)
        }
        (Type::Map(element), Token::Map(length)) => mapping(
            reader,
            length,
            |key| (Some(element), Step::Key(key.to_owned())),
            depth,
        ),
        (Type::Object { attributes, .. }, Token::Map(length)) => {
            object(reader, length, attributes, depth)
        }
        (r#type, token) => Err(WireError::new(format!(
            "{} is not of type {}",
            describe(token),
            shown(&r#type.to_json().to_string())
        ))),
    }
}

fn describe(token: Token<'_>) -> &'static str {
    match token {
        Token::Nil => "null",
        Token::Bool(_) => "a truth value",
        Token::Signed(_) | Token::Unsigned(_) | Token::Float(_) => "a number",
        Token::Str(_) => "a text",
        Token::Bin(_) => "a byte string",
        Token::Array(_) => "an array",
        Token::Map(_) => "a map",
        Token::Ext(..) => "an extension",
    }
}

fn unknown(code: i8, payload: &[u8]) -> Result<Dynamic> {
    match code {
        REFINED => Ok(Dynamic::Unknown(refinement::read(payload))),
        0 => Ok(Dynamic::UNKNOWN),
        _ if payload.len() <= 1 => Ok(Dynamic::UNKNOWN),
        _ => Err(WireError::new(format!("extension {code} is no value"))),
    }
}

/// A number in any of the forms that hosts write: the exact binary value of a float, a decimal
/// text where neither integer nor float is exact.
pub(super) fn number(token: Token<'_>) -> Result<Number> {
    match token {
        Token::Signed(value) => Ok(value.into()),
        Token::Unsigned(value) => Ok(value.into()),
        Token::Float(value) => {
            Number::from_f64_exact(value).map_err(|error| WireError::new(error.to_string()))
        }
        Token::Str(text) => text
            .parse()
            .map_err(|error: crate::NumberError| WireError::new(error.to_string())),
        other => Err(WireError::new(format!("{} is no number", describe(other)))),
    }
}

fn typed(reader: &mut Reader<'_>, depth: usize) -> Result<Dynamic> {
    let r#type = match reader.token()? {
        Token::Bin(json) => Type::from_bytes(json),
        Token::Str(json) => Type::from_bytes(json.as_bytes()),
        _ => return Err(WireError::new("a dynamic value lacks its type")),
    }
    .map_err(|error| WireError::new(error.to_string()))?;
    let value = value(reader, &r#type, depth)?;
    Ok(Dynamic::Typed(Box::new((r#type, value))))
}

fn sequence<'t>(
    reader: &mut Reader<'_>,
    length: usize,
    type_at: impl Fn(usize) -> &'t Type,
    depth: usize,
) -> Result<Vec<Dynamic>> {
    (0..length)
        .map(|position| {
            value(reader, type_at(position), depth)
                .map_err(|error| error.under(Step::Index(position)))
        })
        .collect()
}

fn mapping<'t>(
    reader: &mut Reader<'_>,
    length: usize,
    part: impl Fn(&str) -> (Option<&'t Type>, Step),
    depth: usize,
) -> Result<Dynamic> {
    let mut entries = BTreeMap::new();
    for _ in 0..length {
        let Token::Str(key) = reader.token()? else {
            return Err(WireError::new("a map's key is no text"));
        };
        let key = &*normalized(key);
        let (Some(r#type), step) = part(key) else {
            return Err(WireError::new(format!(
                "no attribute `{}` is declared",
                shown(key)
            )));
        };
        let value = value(reader, r#type, depth).map_err(|error| error.under(step))?;
        if entries.insert(key.to_owned(), value).is_some() {
            return Err(WireError::new(format!("`{}` stands twice", shown(key))));
        }
    }
    Ok(Dynamic::Mapping(entries))
}

/// An object has exactly its type's attributes, so each once and none else.
fn object(
    reader: &mut Reader<'_>,
    length: usize,
    attributes: &BTreeMap<String, Type>,
    depth: usize,
) -> Result<Dynamic> {
    if length != attributes.len() {
        return Err(WireError::new(format!(
            "an object of {} attributes has {length}",
            attributes.len()
        )));
    }
    mapping(
        reader,
        length,
        |name| (attributes.get(name), Step::Attribute(name.to_owned())),
        depth,
    )
}
