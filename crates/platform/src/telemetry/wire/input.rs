//! Reading a request: typed access to the neutral tree, with the path that error messages name.

use super::error::{ApiError, ErrorKind};
use super::value::{Structure, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The latest time that is taken as one, in milliseconds since the epoch: the end of the year 9999.
const LATEST_MS: f64 = 253_402_300_799_999.0;

/// A structure of a request, and where it stands (`MetricData.member.1`).
#[derive(Debug, Clone)]
pub struct Input<'a> {
    structure: &'a Structure,
    path: String,
}

impl<'a> Input<'a> {
    /// The whole request.
    pub fn new(structure: &'a Structure) -> Self {
        Self {
            structure,
            path: String::new(),
        }
    }

    /// The path of a member, as error messages write it.
    pub fn path(&self, member: &str) -> String {
        if self.path.is_empty() {
            member.to_owned()
        } else {
            format!("{}.{member}", self.path)
        }
    }

    /// Whether the member is there.
    pub fn has(&self, member: &str) -> bool {
        self.structure.get(member).is_some()
    }

    /// A text. A number is no text: of several forms only the query form has to leave types open.
    pub fn text(&self, member: &str) -> Result<Option<&'a str>, ApiError> {
        match self.structure.get(member) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(self.mistyped(member, "a string")),
        }
    }

    /// A text, or the error that it is missing.
    pub fn required_text(&self, member: &str) -> Result<&'a str, ApiError> {
        self.text(member)?.ok_or_else(|| self.missing(member))
    }

    /// A floating-point number; NaN and the infinities may come as texts.
    pub fn double(&self, member: &str) -> Result<Option<f64>, ApiError> {
        self.structure
            .get(member)
            .map(|value| self.to_double(member, value))
            .transpose()
    }

    /// A whole number.
    pub fn integer(&self, member: &str) -> Result<Option<i64>, ApiError> {
        let wrong = || self.mistyped(member, "a whole number");
        match self.structure.get(member) {
            None => Ok(None),
            Some(Value::Integer(number)) => Ok(Some(*number)),
            Some(Value::Double(number)) => whole(*number).map(Some).ok_or_else(wrong),
            Some(Value::Text(text)) => text.parse().map(Some).map_err(|_| wrong()),
            Some(_) => Err(wrong()),
        }
    }

    /// A truth value.
    pub fn boolean(&self, member: &str) -> Result<Option<bool>, ApiError> {
        match self.structure.get(member) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::Text(text)) if text == "true" => Ok(Some(true)),
            Some(Value::Text(text)) if text == "false" => Ok(Some(false)),
            Some(_) => Err(self.mistyped(member, "true or false")),
        }
    }

    /// A time in milliseconds since the epoch, from seconds or ISO 8601.
    pub fn timestamp_ms(&self, member: &str) -> Result<Option<i64>, ApiError> {
        let Some(value) = self.structure.get(member) else {
            return Ok(None);
        };
        let wrong = || self.mistyped(member, "a time, as seconds since the epoch or ISO 8601");
        #[expect(
            clippy::cast_precision_loss,
            reason = "a time beyond 2^53 seconds is refused"
        )]
        let found = match value {
            Value::Timestamp(time_ms) => Some(*time_ms),
            Value::Integer(seconds) => milliseconds(*seconds as f64),
            Value::Double(seconds) => milliseconds(*seconds),
            Value::Text(text) => parse_time(text),
            _ => None,
        };
        found.map(Some).ok_or_else(wrong)
    }

    /// A structure.
    pub fn structure(&self, member: &str) -> Result<Option<Input<'a>>, ApiError> {
        match self.structure.get(member) {
            None => Ok(None),
            Some(Value::Structure(structure)) => Ok(Some(Input {
                structure,
                path: self.path(member),
            })),
            Some(_) => Err(self.mistyped(member, "a structure")),
        }
    }

    /// A map of texts.
    pub fn text_map(&self, member: &str) -> Result<Vec<(&'a str, &'a str)>, ApiError> {
        let Some(map) = self.structure(member)? else {
            return Ok(Vec::new());
        };
        let read = |(name, _): &'a (String, Value)| Ok((name.as_str(), map.required_text(name)?));
        map.structure.members().iter().map(read).collect()
    }

    /// A list of structures; empty where absent.
    pub fn structures(&self, member: &str) -> Result<Vec<Input<'a>>, ApiError> {
        let mut inputs = Vec::new();
        for (index, value) in self.items(member)?.iter().enumerate() {
            let path = self.member_path(member, index);
            match value {
                Value::Structure(structure) => inputs.push(Input { structure, path }),
                _ => return Err(mistyped(&path, "a structure")),
            }
        }
        Ok(inputs)
    }

    /// A list of texts; empty where absent.
    pub fn texts(&self, member: &str) -> Result<Vec<&'a str>, ApiError> {
        let read = |(index, value): (usize, &'a Value)| match value {
            Value::Text(text) => Ok(text.as_str()),
            _ => Err(mistyped(&self.member_path(member, index), "a string")),
        };
        self.items(member)?.iter().enumerate().map(read).collect()
    }

    /// A list of floating-point numbers; empty where absent.
    pub fn doubles(&self, member: &str) -> Result<Vec<f64>, ApiError> {
        self.items(member)?
            .iter()
            .map(|value| self.to_double(member, value))
            .collect()
    }

    /// The error that a member must be there, as CloudWatch words it.
    pub fn missing(&self, member: &str) -> ApiError {
        let message = format!("The parameter {} is required.", self.path(member));
        ApiError::new(ErrorKind::MissingParameter, message)
    }

    /// The path of an item of a list, counted from one.
    pub fn member_path(&self, member: &str, index: usize) -> String {
        format!("{}.member.{}", self.path(member), index + 1)
    }

    fn items(&self, member: &str) -> Result<&'a [Value], ApiError> {
        match self.structure.get(member) {
            None => Ok(&[]),
            Some(Value::List(items)) => Ok(items),
            // The query form writes an empty list as an empty text.
            Some(Value::Text(text)) if text.is_empty() => Ok(&[]),
            Some(_) => Err(self.mistyped(member, "a list")),
        }
    }

    fn to_double(&self, member: &str, value: &Value) -> Result<f64, ApiError> {
        let wrong = || self.mistyped(member, "a number");
        #[expect(
            clippy::cast_precision_loss,
            reason = "the member is modelled as a double"
        )]
        match value {
            Value::Integer(number) => Ok(*number as f64),
            Value::Double(number) => Ok(*number),
            Value::Text(text) if text.ends_with(|c: char| c.is_ascii_digit() || c == '.') => {
                text.parse().map_err(|_| wrong())
            }
            Value::Text(text) => match text.as_str() {
                "NaN" => Ok(f64::NAN),
                "Infinity" => Ok(f64::INFINITY),
                "-Infinity" => Ok(f64::NEG_INFINITY),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        }
    }

    fn mistyped(&self, member: &str, wanted: &str) -> ApiError {
        mistyped(&self.path(member), wanted)
    }
}

fn mistyped(path: &str, wanted: &str) -> ApiError {
    ApiError::new(
        ErrorKind::Serialization,
        format!("The parameter {path} must be {wanted}."),
    )
}

/// Seconds as milliseconds, within the years that a client can mean.
pub fn milliseconds(seconds: f64) -> Option<i64> {
    let time_ms = (seconds * 1000.0).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked before"
    )]
    (time_ms.abs() <= LATEST_MS).then_some(time_ms as i64)
}

fn whole(number: f64) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked before"
    )]
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

/// A time as older clients write it: ISO 8601 with or without a zone, or seconds.
fn parse_time(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<f64>() {
        return milliseconds(seconds);
    }
    let read = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let with_zone = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        16 => format!("{text}:00Z"),
        17 if text.ends_with('Z') => format!("{}:00Z", &text[..16]),
        _ => format!("{text}Z"),
    };
    let time = read(text).or_else(|| read(&with_zone))?;
    i64::try_from(time.unix_timestamp_nanos().div_euclid(1_000_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_of_all_clients_are_understood() {
        let expected = 1_767_225_600_000;
        let texts = [
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00Z",
            "2026-01-01",
            "2026-01-01T01:00:00+01:00",
            "2026-01-01T00:00:00.000Z",
            "1767225600",
        ];
        for text in texts {
            assert_eq!(parse_time(text), Some(expected), "{text}");
        }
        assert_eq!(parse_time("yesterday"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in "\\PC{0,40}") {
            let structure = Structure::new().with("A", Value::text(text));
            let input = Input::new(&structure);
            let _ = (input.double("A"), input.integer("A"), input.timestamp_ms("A"), input.boolean("A"));
        }
    }
}
