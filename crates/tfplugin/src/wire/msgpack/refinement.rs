//! What is known of unknown values, as an extension's payload.

use super::reader::{Reader, Token};
use super::writer::Writer;
use super::{MAX_REFINEMENT_BYTES, encode::write_number};
use crate::dynamic::Refinement;
use crate::number::Number;

/// Reads a payload. One that is not understood says nothing: refinements may be ignored.
pub(super) fn read(payload: &[u8]) -> Option<Box<Refinement>> {
    if payload.len() > MAX_REFINEMENT_BYTES {
        return None;
    }
    let mut reader = Reader::new(payload);
    let Ok(Token::Map(length)) = reader.token() else {
        return None;
    };
    let mut refinement = Refinement::default();
    for _ in 0..length {
        let Ok(Token::Unsigned(key)) = reader.token() else {
            return None;
        };
        match (key, reader.token().ok()?) {
            (1, Token::Bool(null)) => refinement.null = Some(null),
            (2, Token::Str(prefix)) => refinement.prefix = Some(prefix.to_owned()),
            (3, Token::Array(2)) => refinement.min = Some(read_bound(&mut reader)?),
            (4, Token::Array(2)) => refinement.max = Some(read_bound(&mut reader)?),
            (5, Token::Unsigned(length)) => refinement.min_length = Some(length),
            (6, Token::Unsigned(length)) => refinement.max_length = Some(length),
            _ => return None,
        }
    }
    (refinement != Refinement::default()).then(|| Box::new(refinement))
}

fn read_bound(reader: &mut Reader<'_>) -> Option<(Number, bool)> {
    let number = super::decode::number(reader.token().ok()?).ok()?;
    match reader.token().ok()? {
        Token::Bool(inclusive) => Some((number, inclusive)),
        _ => None,
    }
}

/// Writes a payload; `None` where there is nothing to say, or too much.
pub(super) fn write(refinement: &Refinement) -> Option<Vec<u8>> {
    let Refinement {
        null,
        prefix,
        min,
        max,
        min_length,
        max_length,
    } = refinement;
    let length = [
        null.is_some(),
        prefix.is_some(),
        min.is_some(),
        max.is_some(),
        min_length.is_some(),
        max_length.is_some(),
    ];
    let mut writer = Writer::default();
    writer.map(length.into_iter().filter(|set| *set).count());
    if let Some(null) = null {
        writer.unsigned(1);
        writer.bool(*null);
    }
    if let Some(prefix) = prefix {
        writer.unsigned(2);
        writer.string(prefix);
    }
    for (key, bound) in [(3, min), (4, max)] {
        if let Some((number, inclusive)) = bound {
            writer.unsigned(key);
            writer.array(2);
            write_number(&mut writer, number);
            writer.bool(*inclusive);
        }
    }
    for (key, bound) in [(5, min_length), (6, max_length)] {
        if let Some(length) = bound {
            writer.unsigned(key);
            writer.unsigned(*length);
        }
    }
    let payload = writer.into_bytes();
    // A payload of one byte would read as nothing known.
    (2..=MAX_REFINEMENT_BYTES)
        .contains(&payload.len())
        .then_some(payload)
}
