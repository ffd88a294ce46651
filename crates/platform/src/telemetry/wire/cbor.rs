//! rpcv2Cbor: reading liberally, writing as AWS does.
//!
//! Doubles are always written as 64-bit floats: the SDK for Rust refuses a double that comes as an
//! integer. Times are tag 1 over a 64-bit float of seconds.

use super::error::{ApiError, ErrorKind};
use super::input::milliseconds;
use super::value::{Structure, Value};

/// How deep a request may nest.
const MAX_DEPTH: usize = 32;

const EPOCH_TIME_TAG: u64 = 1;

/// Reads a request; an empty body is an empty structure.
pub fn decode(body: &[u8]) -> Result<Structure, ApiError> {
    if body.is_empty() {
        return Ok(Structure::new());
    }
    let mut rest = body;
    let decoded = ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_DEPTH)
        .map_err(|error| malformed(&error.to_string()))?;
    if !rest.is_empty() {
        return Err(malformed("something follows the outer map"));
    }
    match neutral(decoded)? {
        Value::Structure(structure) => Ok(structure),
        _ => Err(malformed("the outer value is no map")),
    }
}

fn neutral(value: ciborium::Value) -> Result<Value, ApiError> {
    use ciborium::Value as Cbor;
    Ok(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(truth) => Value::Bool(truth),
        Cbor::Integer(number) => Value::Integer(
            i64::try_from(number).map_err(|_| malformed("a whole number has more than 64 bits"))?,
        ),
        Cbor::Float(number) => Value::Double(number),
        Cbor::Text(text) => Value::Text(text),
        Cbor::Tag(EPOCH_TIME_TAG, inside) => Value::Timestamp(time_ms(&inside)?),
        Cbor::Array(items) => {
            Value::List(items.into_iter().map(neutral).collect::<Result<_, _>>()?)
        }
        Cbor::Map(members) => {
            let mut structure = Structure::new();
            for (name, value) in members {
                let Cbor::Text(name) = name else {
                    return Err(malformed("a key is no text"));
                };
                structure.push(name, neutral(value)?);
            }
            Value::Structure(structure)
        }
        Cbor::Bytes(_) => return Err(malformed("no member is a blob")),
        _ => return Err(malformed("a tag has no meaning here")),
    })
}

fn time_ms(inside: &ciborium::Value) -> Result<i64, ApiError> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a time beyond 2^53 seconds is refused"
    )]
    let seconds = match inside {
        ciborium::Value::Float(seconds) => Some(*seconds),
        ciborium::Value::Integer(seconds) => i64::try_from(*seconds).ok().map(|whole| whole as f64),
        _ => None,
    };
    seconds
        .and_then(milliseconds)
        .ok_or_else(|| malformed("a time is no number of seconds"))
}

fn malformed(reason: &str) -> ApiError {
    ApiError::new(
        ErrorKind::Serialization,
        format!("The body is not valid CBOR: {reason}."),
    )
}

/// Writes an answer.
pub fn encode(output: &Structure) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_structure(&mut bytes, output);
    bytes
}

const UNSIGNED: u8 = 0 << 5;
const NEGATIVE: u8 = 1 << 5;
const TEXT: u8 = 3 << 5;
const TAG: u8 = 6 << 5;
/// Added to a major type: the argument follows in this many bytes.
const ONE_BYTE: u8 = 0x18;
const TWO_BYTES: u8 = 0x19;
const FOUR_BYTES: u8 = 0x1a;
const EIGHT_BYTES: u8 = 0x1b;
const INDEFINITE_ARRAY: u8 = 0x9f;
const INDEFINITE_MAP: u8 = 0xbf;
const BREAK: u8 = 0xff;
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;
const FLOAT_64: u8 = 0xfb;

fn write_value(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => bytes.push(NULL),
        Value::Bool(truth) => bytes.push(if *truth { TRUE } else { FALSE }),
        Value::Integer(number) if *number < 0 => {
            write_head(bytes, NEGATIVE, number.unsigned_abs() - 1);
        }
        Value::Integer(number) => write_head(bytes, UNSIGNED, number.unsigned_abs()),
        Value::Double(number) => write_float(bytes, *number),
        Value::Text(text) => write_text(bytes, text),
        Value::Timestamp(time_ms) => {
            write_head(bytes, TAG, EPOCH_TIME_TAG);
            #[expect(
                clippy::cast_precision_loss,
                reason = "milliseconds are far below 2^53"
            )]
            write_float(bytes, *time_ms as f64 / 1000.0);
        }
        Value::List(items) => {
            bytes.push(INDEFINITE_ARRAY);
            for item in items {
                write_value(bytes, item);
            }
            bytes.push(BREAK);
        }
        Value::Structure(members) | Value::Map(members) => write_structure(bytes, members),
    }
}

fn write_structure(bytes: &mut Vec<u8>, structure: &Structure) {
    bytes.push(INDEFINITE_MAP);
    for (name, value) in structure.members() {
        write_text(bytes, name);
        write_value(bytes, value);
    }
    bytes.push(BREAK);
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    write_head(bytes, TEXT, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

fn write_float(bytes: &mut Vec<u8>, number: f64) {
    bytes.push(FLOAT_64);
    bytes.extend_from_slice(&number.to_be_bytes());
}

/// A major type with its argument in the shortest form.
fn write_head(bytes: &mut Vec<u8>, major: u8, argument: u64) {
    let big_endian = argument.to_be_bytes();
    match argument {
        0..=23 => bytes.push(major | big_endian[7]),
        24..=0xff => bytes.extend_from_slice(&[major | ONE_BYTE, big_endian[7]]),
        0x100..=0xffff => {
            bytes.push(major | TWO_BYTES);
            bytes.extend_from_slice(&big_endian[6..]);
        }
        0x1_0000..=0xffff_ffff => {
            bytes.push(major | FOUR_BYTES);
            bytes.extend_from_slice(&big_endian[4..]);
        }
        _ => {
            bytes.push(major | EIGHT_BYTES);
            bytes.extend_from_slice(&big_endian);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::arbitrary::structure;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_double_is_a_float_and_a_time_is_tagged() {
        let output = Structure::new()
            .with("d", Value::Double(7.0))
            .with("t", Value::Timestamp(500));
        let expected = b"\xbf\x61d\xfb\x40\x1c\0\0\0\0\0\0\x61t\xc1\xfb\x3f\xe0\0\0\0\0\0\0\xff";
        assert_eq!(encode(&output), expected);
    }

    #[test]
    fn definite_and_short_forms_are_read() {
        // {"a": [1, 1.5 as half], "t": 1(10)} with definite lengths
        let body = b"\xa2\x61a\x82\x01\xf9\x3e\x00\x61t\xc1\x0a";
        let list = Value::List(vec![Value::Integer(1), Value::Double(1.5)]);
        let expected = Structure::new()
            .with("a", list)
            .with("t", Value::Timestamp(10_000));
        assert_eq!(decode(body), Ok(expected));
    }

    #[test]
    fn nesting_ends_somewhere() {
        assert!(decode(&[0x81; 10_000]).is_err());
    }

    proptest! {
        #[test]
        fn decoding_inverts_encoding(structure in structure()) {
            prop_assert_eq!(decode(&encode(&structure)), Ok(structure));
        }

        #[test]
        fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&body);
        }
    }
}
