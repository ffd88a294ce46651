//! Reading metrics, units and times from requests to CloudWatch.

use crate::telemetry::metrics::series::step_at_age;
use crate::telemetry::metrics::unit::Unit;
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;
use std::collections::BTreeMap;
use std::ops::Range;

/// The most dimensions that a metric has.
const MAX_DIMENSIONS: usize = 30;
const MAX_NAME_CHARS: usize = 255;
const MAX_DIMENSION_VALUE_CHARS: usize = 1024;

/// A refused value.
pub fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameterValue, message)
}

/// A name of at most 255 characters that does not begin with a colon.
pub fn name<'a>(input: &Input<'a>, member: &str) -> Result<&'a str, ApiError> {
    let name = input.required_text(member)?;
    let path = input.path(member);
    if name.trim().is_empty() {
        return Err(input.missing(member));
    }
    if name.chars().count() > MAX_NAME_CHARS {
        let message = format!(
            "The parameter {path} must be shorter than {} characters.",
            MAX_NAME_CHARS + 1
        );
        return Err(invalid(message));
    }
    if name.starts_with(':') || name.chars().any(char::is_control) {
        return Err(invalid(format!(
            "The value {name} for parameter {path} is invalid."
        )));
    }
    Ok(name)
}

/// The exact dimensions of a metric.
pub fn dimensions(input: &Input<'_>) -> Result<BTreeMap<String, String>, ApiError> {
    let items = input.structures("Dimensions")?;
    if items.len() > MAX_DIMENSIONS {
        let path = input.path("Dimensions");
        let message =
            format!("The collection {path} must not have a size greater than {MAX_DIMENSIONS}.");
        return Err(invalid(message));
    }
    let mut dimensions = BTreeMap::new();
    for item in items {
        let key = name(&item, "Name")?;
        let value = item.required_text("Value")?;
        if value.trim().is_empty() {
            return Err(item.missing("Value"));
        }
        if value.chars().count() > MAX_DIMENSION_VALUE_CHARS {
            let message = format!(
                "The parameter {} must be shorter than {} characters.",
                item.path("Value"),
                MAX_DIMENSION_VALUE_CHARS + 1
            );
            return Err(invalid(message));
        }
        if dimensions
            .insert(key.to_owned(), value.to_owned())
            .is_some()
        {
            return Err(invalid(
                "No metric may specify the same dimension name twice.",
            ));
        }
    }
    Ok(dimensions)
}

/// The unit asked for, if any.
pub fn unit(input: &Input<'_>) -> Result<Option<Unit>, ApiError> {
    let Some(name) = input.text("Unit")? else {
        return Ok(None);
    };
    Unit::parse(name).map(Some).ok_or_else(|| {
        let names = Unit::all_names();
        invalid(format!(
            "The parameter {} must be a value in the set [ {names} ].",
            input.path("Unit")
        ))
    })
}

/// A period in seconds: 1, 5, 10, 20, 30 or a multiple of 60.
pub fn period_s(input: &Input<'_>) -> Result<i64, ApiError> {
    let period_s = input
        .integer("Period")?
        .ok_or_else(|| input.missing("Period"))?;
    let allowed = matches!(period_s, 1 | 5 | 10 | 20 | 30) || period_s > 0 && period_s % 60 == 0;
    if allowed {
        return Ok(period_s);
    }
    let path = input.path("Period");
    Err(invalid(format!(
        "The parameter {path} must be 1, 5, 10, 20, 30 or a multiple of 60."
    )))
}

/// The seconds that a request covers: the start rounded down as its age and the period want it, the end
/// being the first second that is not covered.
pub fn window_s(times_ms: &Range<i64>, period_s: i64, now_ms: i64) -> Range<i64> {
    let start_s = times_ms.start.div_euclid(1000);
    let step_s = if period_s < 60 {
        period_s
    } else {
        step_at_age(now_ms.div_euclid(1000) - start_s)
            .unwrap_or(3600)
            .max(60)
    };
    let end_s = times_ms.end.div_euclid(1000) + i64::from(times_ms.end.rem_euclid(1000) > 0);
    start_s - start_s.rem_euclid(step_s)..end_s
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_rounded_down_by_its_age_and_the_end_is_kept() {
        let now_ms = 1_800_000_000_000;
        let day_ms = 86_400_000;
        let rounded_by = |age_ms: i64, period_s| {
            let start_ms = now_ms - age_ms + 59_500;
            let window = window_s(&(start_ms..now_ms + 1), period_s, now_ms);
            assert_eq!(window.end, now_ms / 1000 + 1);
            start_ms / 1000 - window.start
        };
        assert_eq!(rounded_by(day_ms, 60), 59);
        assert_eq!(rounded_by(day_ms, 10), 9);
        assert_eq!(rounded_by(day_ms, 1), 0);
        assert_eq!(rounded_by(20 * day_ms - 240_000, 300), 299);
        assert_eq!(rounded_by(100 * day_ms - 3_540_000, 3600), 3599);
    }
}
