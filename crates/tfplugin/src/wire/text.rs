//! Texts in normalization form C, which is the only one that hosts have.
//!
//! Two texts that only their composition tells apart are one text to them: as a set's element, as
//! a map's key, and in every comparison.

use crate::dynamic::Dynamic;
use std::borrow::Cow;
use std::collections::BTreeMap;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text as hosts have it.
pub(crate) fn normalized(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// The value with every text as hosts have it. Of keys that become the same the last one stays.
pub(crate) fn with_normalized_texts(value: Dynamic) -> Dynamic {
    match value {
        Dynamic::String(text) => Dynamic::String(normalized(&text).into_owned()),
        Dynamic::Sequence(elements) => {
            Dynamic::sequence(elements.into_iter().map(with_normalized_texts))
        }
        Dynamic::Mapping(entries) => {
            let entries: BTreeMap<_, _> = entries
                .into_iter()
                .map(|(key, value)| (normalized(&key).into_owned(), with_normalized_texts(value)))
                .collect();
            Dynamic::Mapping(entries)
        }
        Dynamic::Typed(typed) => {
            Dynamic::Typed(Box::new((typed.0, with_normalized_texts(typed.1))))
        }
        plain => plain,
    }
}
