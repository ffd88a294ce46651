//! Answers of `GetMetricData` as a service in trouble would give them.

use std::io::Cursor;

use anyhow::{Context, Result};
use ciborium::Value;
use serde::Deserialize;

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// No results at all.
    Empty,
    /// Every result is marked as partial.
    Partial,
    /// Every value is not a number.
    Nan,
    /// Every value is negative.
    Negative,
    /// The second half of the results never comes.
    Half,
    /// Every result comes twice.
    Twice,
}

impl Change {
    /// The changed body of an answer in CBOR.
    pub fn apply(self, body: &[u8]) -> Result<Vec<u8>> {
        let mut answer: Value = ciborium::from_reader(Cursor::new(body))?;
        let members = answer.as_map_mut().context("the answer is no map")?;
        let results = members
            .iter_mut()
            .find(|(key, _)| key.as_text() == Some("MetricDataResults"))
            .and_then(|(_, value)| value.as_array_mut())
            .context("the answer has no results")?;
        self.apply_to(results);
        if self == Self::Half {
            members.retain(|(key, _)| key.as_text() != Some("NextToken"));
        }
        let mut changed = Vec::new();
        ciborium::into_writer(&answer, &mut changed)?;
        Ok(changed)
    }

    fn apply_to(self, results: &mut Vec<Value>) {
        match self {
            Self::Empty => results.clear(),
            Self::Partial => {
                for result in results {
                    set(result, "StatusCode", |_| Value::from("PartialData"));
                }
            }
            Self::Nan => each_value(results, |_| f64::NAN),
            Self::Negative => each_value(results, |value| -1.0 - value),
            Self::Half => results.truncate(results.len() / 2),
            Self::Twice => results.extend(results.clone()),
        }
    }
}

/// Replaces every value of every result.
fn each_value(results: &mut [Value], new: impl Fn(f64) -> f64 + Copy) {
    for result in results {
        set(result, "Values", |values| {
            let values = values.as_array().cloned().unwrap_or_default();
            let numbers = values.iter().filter_map(Value::as_float);
            Value::Array(numbers.map(|value| Value::Float(new(value))).collect())
        });
    }
}

fn set(result: &mut Value, name: &str, new: impl Fn(&Value) -> Value) {
    let members = result.as_map_mut().into_iter().flatten();
    for (key, value) in members {
        if key.as_text() == Some(name) {
            *value = new(value);
        }
    }
}
