//! What several operations refuse in the same words.

use crate::telemetry::wire::error::{ApiError, ErrorKind};

/// The framework's refusal of a value, as AWS words it.
pub fn model_violation(value: impl std::fmt::Display, member: &str, constraint: &str) -> String {
    format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    )
}

/// The refusal of a value outside an enumeration.
pub fn not_in_enumeration(value: &str, member: &str, allowed: &[&str]) -> ApiError {
    let constraint = format!(
        "Member must satisfy enum value set: [{}]",
        allowed.join(", ")
    );
    ApiError::new(
        ErrorKind::ModelValidation,
        model_violation(value, member, &constraint),
    )
}

/// A whole number within its range, or else the framework's refusal under `kind`.
pub fn in_range(
    value: Option<i64>,
    default: usize,
    range: std::ops::RangeInclusive<usize>,
    member: &str,
    kind: ErrorKind,
) -> Result<usize, ApiError> {
    let Some(value) = value else {
        return Ok(default);
    };
    let found = usize::try_from(value)
        .ok()
        .filter(|value| range.contains(value));
    found.ok_or_else(|| {
        let constraint = if value < i64::try_from(*range.start()).unwrap_or(i64::MAX) {
            format!(
                "Member must have value greater than or equal to {}",
                range.start()
            )
        } else {
            format!(
                "Member must have value less than or equal to {}",
                range.end()
            )
        };
        ApiError::new(kind, model_violation(value, member, &constraint))
    })
}
