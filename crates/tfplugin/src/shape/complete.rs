//! Completing what a resource returns to a whole object.

use crate::dynamic::Dynamic;
use crate::schema::{Block, BlockNesting, Schema};
use crate::types::Type;

/// Puts in every attribute that the value lacks: as the reference has it, else null.
///
/// A resource's Rust type need not name each attribute; what it does not name it does not change.
pub(crate) fn complete(value: Dynamic, reference: Option<&Dynamic>, r#type: &Type) -> Dynamic {
    match (r#type, value) {
        (Type::Object { attributes, .. }, Dynamic::Mapping(mut entries)) => {
            for (name, r#type) in attributes {
                let reference = reference.and_then(|r| r.get(name));
                let part = match entries.remove(name) {
                    Some(part) => complete(part, reference, r#type),
                    None => reference.cloned().unwrap_or_default(),
                };
                entries.insert(name.clone(), part);
            }
            Dynamic::Mapping(entries)
        }
        (Type::Map(element), Dynamic::Mapping(entries)) => {
            Dynamic::mapping(entries.into_iter().map(|(key, value)| {
                let reference = reference.and_then(|r| r.get(&key));
                let value = complete(value, reference, element);
                (key, value)
            }))
        }
        (Type::List(element), Dynamic::Sequence(elements)) => {
            let references = match reference {
                Some(Dynamic::Sequence(references)) => references.as_slice(),
                _ => &[],
            };
            Dynamic::sequence(
                elements
                    .into_iter()
                    .enumerate()
                    .map(|(i, value)| complete(value, references.get(i), element)),
            )
        }
        (Type::Set(element), Dynamic::Sequence(elements)) => super::canonical_set(
            elements
                .into_iter()
                .map(|value| complete(value, None, element))
                .collect(),
        ),
        (_, value) => value,
    }
}

/// Makes blocks that are null what they are without content: empty, never null.
pub(crate) fn fill_blocks(value: Dynamic, schema: &Schema) -> Dynamic {
    let Dynamic::Mapping(mut entries) = value else {
        return value;
    };
    for (name, block) in &schema.blocks {
        let content = entries.remove(name).unwrap_or_default();
        entries.insert(name.clone(), fill_block(content, block));
    }
    Dynamic::Mapping(entries)
}

fn fill_block(content: Dynamic, block: &Block) -> Dynamic {
    let schema = &block.schema;
    match (block.nesting, content) {
        (BlockNesting::List | BlockNesting::Set, Dynamic::Null) => Dynamic::sequence([]),
        (BlockNesting::Map, Dynamic::Null) => Dynamic::mapping::<String>([]),
        (BlockNesting::Group, Dynamic::Null) => {
            let nothing = Dynamic::mapping::<String>([]);
            fill_blocks(complete(nothing, None, &schema.object_type()), schema)
        }
        (BlockNesting::List | BlockNesting::Set, Dynamic::Sequence(elements)) => {
            Dynamic::sequence(elements.into_iter().map(|e| fill_blocks(e, schema)))
        }
        (BlockNesting::Map, Dynamic::Mapping(entries)) => Dynamic::mapping(
            entries
                .into_iter()
                .map(|(k, e)| (k, fill_blocks(e, schema))),
        ),
        (_, content) => fill_blocks(content, schema),
    }
}
