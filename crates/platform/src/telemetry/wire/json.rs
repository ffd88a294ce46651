//! awsJson 1.0 and 1.1.

use super::error::{ApiError, ErrorKind};
use super::value::{Structure, Value};
use serde_json::{Number, Value as Json};

/// Reads a request; an empty body is an empty structure. `serde_json` bounds the depth by itself.
pub fn decode(body: &[u8]) -> Result<Structure, ApiError> {
    if body.is_empty() {
        return Ok(Structure::new());
    }
    let malformed = |reason: String| {
        ApiError::new(
            ErrorKind::Serialization,
            format!("The body is not valid JSON: {reason}."),
        )
    };
    let decoded: Json =
        serde_json::from_slice(body).map_err(|error| malformed(error.to_string()))?;
    match neutral(decoded) {
        Value::Structure(structure) => Ok(structure),
        _ => Err(malformed("the outer value is no object".to_owned())),
    }
}

fn neutral(value: Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, Some(double)) => Value::Double(double),
            // A number beyond all doubles; the operation refuses it as one that is not finite.
            (None, None) => Value::Double(f64::INFINITY),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(neutral).collect()),
        Json::Object(members) => {
            let mut structure = Structure::new();
            for (name, value) in members {
                structure.push(name, neutral(value));
            }
            Value::Structure(structure)
        }
    }
}

/// Writes an answer.
pub fn encode(output: &Structure) -> Vec<u8> {
    structure(output).to_string().into_bytes()
}

fn structure(output: &Structure) -> Json {
    output
        .members()
        .iter()
        .map(|(name, value)| (name.clone(), json(value)))
        .collect()
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Integer(number) => Json::from(*number),
        Value::Double(number) => double(*number),
        Value::Text(text) => Json::String(text.clone()),
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds are far below 2^53"
        )]
        Value::Timestamp(time_ms) => double(*time_ms as f64 / 1000.0),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Structure(members) | Value::Map(members) => structure(members),
    }
}

/// A number, or the text by which AWS writes what JSON has no number for.
fn double(number: f64) -> Json {
    let text = if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    };
    Number::from_f64(number).map_or_else(|| Json::from(text), Json::Number)
}

#[cfg(test)]
mod tests {
    use super::super::value::arbitrary::structure;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn doubles_keep_their_point_and_times_are_seconds() {
        let output = Structure::new()
            .with("d", Value::Double(7.0))
            .with("n", Value::Double(f64::NAN))
            .with("t", Value::Timestamp(1_765_977_780_000));
        let text = String::from_utf8(encode(&output)).expect("text");
        assert_eq!(text, r#"{"d":7.0,"n":"NaN","t":1765977780.0}"#);
    }

    /// JSON has no type for a time: it comes back as the number of its seconds.
    fn untimed(value: Value) -> Value {
        match value {
            #[expect(clippy::cast_precision_loss, reason = "as the encoder")]
            Value::Timestamp(time_ms) => Value::Double(time_ms as f64 / 1000.0),
            Value::List(items) => Value::List(items.into_iter().map(untimed).collect()),
            Value::Structure(structure) => Value::Structure(untimed_members(&structure)),
            other => other,
        }
    }

    fn untimed_members(structure: &Structure) -> Structure {
        let mut found = Structure::new();
        for (name, value) in structure.members() {
            found.push(name.clone(), untimed(value.clone()));
        }
        found
    }

    proptest! {
        #[test]
        fn decoding_inverts_encoding(structure in structure()) {
            prop_assert_eq!(decode(&encode(&structure)), Ok(untimed_members(&structure)));
        }

        #[test]
        fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&body);
        }
    }
}
