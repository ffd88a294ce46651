//! Values as JSON, as the hosts store them.
//!
//! Reads leniently what older versions may have written: attributes that are gone are dropped,
//! missing ones are null, numbers and truth values may stand as text.

use super::text::normalized;
use super::{MAX_DEPTH, WireError, shown};
use crate::dynamic::Dynamic;
use crate::path::Step;
use crate::shape::canonical_set;
use crate::types::Type;
use serde_json::Value as Json;
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, WireError>;

/// Reads a value of a type from JSON text.
pub(crate) fn decode_bytes(bytes: &[u8], r#type: &Type) -> Result<Dynamic> {
    decode(&parse(bytes)?, r#type)
}

/// Reads JSON text, numbers of any size included.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json> {
    serde_json::from_slice(bytes).map_err(|error| WireError::new(format!("not JSON: {error}")))
}

/// Reads a value of a type.
pub(crate) fn decode(json: &Json, r#type: &Type) -> Result<Dynamic> {
    value(json, r#type, MAX_DEPTH)
}

fn value(json: &Json, r#type: &Type, depth: usize) -> Result<Dynamic> {
    let depth = WireError::descend(depth)?;
    match (r#type, json) {
        (_, Json::Null) => Ok(Dynamic::Null),
        (Type::Bool, Json::Bool(truth)) => Ok(Dynamic::Bool(*truth)),
        (Type::Bool, Json::String(text)) => match text.as_str() {
            "true" | "1" => Ok(Dynamic::Bool(true)),
            "false" | "0" => Ok(Dynamic::Bool(false)),
            _ => mismatch(json, r#type),
        },
        (Type::Number, Json::Number(number)) => parse_number(&number.to_string()),
        (Type::Number, Json::String(text)) => parse_number(text),
        (Type::String, Json::String(text)) => Ok(Dynamic::String(normalized(text).into_owned())),
        (Type::String, Json::Number(number)) => Ok(Dynamic::String(number.to_string())),
        (Type::String, Json::Bool(truth)) => Ok(Dynamic::String(truth.to_string())),
        (Type::Dynamic, Json::Object(fields)) => typed(fields, depth),
        (Type::List(element), Json::Array(elements)) => {
            sequence(elements, |_| element, depth).map(Dynamic::Sequence)
        }
        (Type::Set(element), Json::Array(elements)) => {
            sequence(elements, |_| element, depth).map(canonical_set)
        }
        (Type::Tuple(types), Json::Array(elements)) if types.len() == elements.len() => {
            sequence(elements, |position| &types[position], depth).map(Dynamic::Sequence)
        }
        (Type::Map(element), Json::Object(fields)) => fields
            .iter()
            .map(|(key, json)| {
                let value = value(json, element, depth)
                    .map_err(|error| error.under(Step::Key(key.clone())))?;
                Ok((normalized(key).into_owned(), value))
            })
            .collect::<Result<_>>()
            .map(Dynamic::Mapping),
        (Type::Object { attributes, .. }, Json::Object(fields)) => {
            object(fields, attributes, depth)
        }
        _ => mismatch(json, r#type),
    }
}

fn mismatch(json: &Json, r#type: &Type) -> Result<Dynamic> {
    let found = match json {
        Json::Null => "null",
        Json::Bool(_) => "a truth value",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    };
    Err(WireError::new(format!(
        "{found} is not of type {}",
        shown(&r#type.to_json().to_string())
    )))
}

fn parse_number(text: &str) -> Result<Dynamic> {
    text.parse()
        .map(Dynamic::Number)
        .map_err(|error: crate::NumberError| WireError::new(error.to_string()))
}

fn typed(fields: &serde_json::Map<String, Json>, depth: usize) -> Result<Dynamic> {
    let (Some(r#type), Some(json)) = (fields.get("type"), fields.get("value")) else {
        return Err(WireError::new("a dynamic value lacks its type"));
    };
    let r#type = Type::from_json(r#type).map_err(|error| WireError::new(error.to_string()))?;
    let value = value(json, &r#type, depth)?;
    Ok(Dynamic::Typed(Box::new((r#type, value))))
}

fn sequence<'t>(
    elements: &[Json],
    type_at: impl Fn(usize) -> &'t Type,
    depth: usize,
) -> Result<Vec<Dynamic>> {
    elements
        .iter()
        .enumerate()
        .map(|(position, json)| {
            value(json, type_at(position), depth)
                .map_err(|error| error.under(Step::Index(position)))
        })
        .collect()
}

fn object(
    fields: &serde_json::Map<String, Json>,
    attributes: &BTreeMap<String, Type>,
    depth: usize,
) -> Result<Dynamic> {
    attributes
        .iter()
        .map(|(name, r#type)| {
            let value = value(fields.get(name).unwrap_or(&Json::Null), r#type, depth)
                .map_err(|error| error.under(Step::Attribute(name.clone())))?;
            Ok((name.clone(), value))
        })
        .collect::<Result<_>>()
        .map(Dynamic::Mapping)
}
