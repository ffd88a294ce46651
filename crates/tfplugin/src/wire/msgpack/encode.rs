//! From values to bytes.

use super::REFINED;
use super::refinement;
use super::writer::Writer;
use crate::dynamic::Dynamic;
use crate::number::Number;
use crate::path::Step;
use crate::shape::{canonical_set, implied_type};
use crate::types::Type;
use crate::wire::text::{normalized, with_normalized_texts};
use crate::wire::{MAX_DEPTH, WireError, shown};
use std::collections::{BTreeMap, BTreeSet};

type Result<T> = std::result::Result<T, WireError>;

/// Writes a value of a type.
///
/// Attributes that an object lacks are written as null; sets are written in canonical order
/// without duplicates; texts in normalization form C.
pub(crate) fn encode(value: &Dynamic, r#type: &Type) -> Result<Vec<u8>> {
    let mut writer = Writer::default();
    write(&mut writer, value, r#type, MAX_DEPTH)?;
    Ok(writer.into_bytes())
}

fn write(writer: &mut Writer, value: &Dynamic, r#type: &Type, depth: usize) -> Result<()> {
    let depth = WireError::descend(depth)?;
    match (r#type, value) {
        (_, Dynamic::Null) => writer.nil(),
        (_, Dynamic::Unknown(known)) => match known.as_deref().and_then(refinement::write) {
            Some(payload) => writer.ext(REFINED, &payload),
            None => writer.ext(0, &[0]),
        },
        (Type::Dynamic, Dynamic::Typed(typed)) => {
            return write_typed(writer, &typed.0, &typed.1, depth);
        }
        (Type::Dynamic, plain) => {
            return write_typed(writer, &implied_type(plain), plain, depth);
        }
        (r#type, Dynamic::Typed(typed)) => return write(writer, &typed.1, r#type, depth),
        (Type::Bool, Dynamic::Bool(truth)) => writer.bool(*truth),
        (Type::Number, Dynamic::Number(number)) => write_number(writer, number),
        (Type::String, Dynamic::String(text)) => writer.string(&normalized(text)),
        (Type::List(element), Dynamic::Sequence(elements)) => {
            return write_elements(writer, elements, |_| element, depth);
        }
        (Type::Set(element), Dynamic::Sequence(elements)) => {
            let elements = elements.iter().cloned().map(with_normalized_texts);
            let Dynamic::Sequence(elements) = canonical_set(elements.collect()) else {
                return Ok(());
            };
            return write_elements(writer, &elements, |_| element, depth);
        }
        (Type::Tuple(types), Dynamic::Sequence(elements)) if types.len() == elements.len() => {
            return write_elements(writer, elements, |position| &types[position], depth);
        }
        (Type::Map(element), Dynamic::Mapping(entries)) => {
            return write_map(writer, entries, element, depth);
        }
        (Type::Object { attributes, .. }, Dynamic::Mapping(entries)) => {
            return write_object(writer, entries, attributes, depth);
        }
        (r#type, value) => {
            return Err(WireError::new(format!(
                "a value of type {} was returned where {} is declared",
                shown(&implied_type(value).to_json().to_string()),
                shown(&r#type.to_json().to_string()),
            )));
        }
    }
    Ok(())
}

/// The hosts read an integer, a float and a decimal text alike, as long as it is exact.
pub(super) fn write_number(writer: &mut Writer, number: &Number) {
    if let Some(value) = number.to_i64() {
        writer.signed(value);
    } else if let Some(value) = number.to_f64_exact().filter(|_| !number.is_whole()) {
        writer.float(value);
    } else {
        writer.string(&number.to_string());
    }
}

fn write_typed(writer: &mut Writer, r#type: &Type, value: &Dynamic, depth: usize) -> Result<()> {
    writer.array(2);
    writer.bin(&r#type.to_bytes());
    write(writer, value, r#type, depth)
}

fn write_elements<'t>(
    writer: &mut Writer,
    elements: &[Dynamic],
    type_at: impl Fn(usize) -> &'t Type,
    depth: usize,
) -> Result<()> {
    writer.array(elements.len());
    for (position, element) in elements.iter().enumerate() {
        write(writer, element, type_at(position), depth)
            .map_err(|error| error.under(Step::Index(position)))?;
    }
    Ok(())
}

fn write_map(
    writer: &mut Writer,
    entries: &BTreeMap<String, Dynamic>,
    element: &Type,
    depth: usize,
) -> Result<()> {
    writer.map(entries.len());
    let mut written = BTreeSet::new();
    for (key, value) in entries {
        let name = normalized(key);
        writer.string(&name);
        if !written.insert(name) {
            return Err(WireError::new(format!("`{}` stands twice", shown(key))));
        }
        write(writer, value, element, depth)
            .map_err(|error| error.under(Step::Key(key.clone())))?;
    }
    Ok(())
}

fn write_object(
    writer: &mut Writer,
    entries: &BTreeMap<String, Dynamic>,
    attributes: &BTreeMap<String, Type>,
    depth: usize,
) -> Result<()> {
    if let Some(name) = entries.keys().find(|name| !attributes.contains_key(*name)) {
        return Err(WireError::new(format!(
            "no attribute `{}` is declared",
            shown(name)
        )));
    }
    writer.map(attributes.len());
    for (name, r#type) in attributes {
        writer.string(&normalized(name));
        write(
            writer,
            entries.get(name).unwrap_or(&Dynamic::Null),
            r#type,
            depth,
        )
        .map_err(|error| error.under(Step::Attribute(name.clone())))?;
    }
    Ok(())
}
