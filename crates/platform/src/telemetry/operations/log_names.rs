//! Names of log groups and streams in requests, and what is said where there is no such group.

use super::common::model_violation;
use crate::telemetry::logs::group::Group;
use crate::telemetry::store::Stored;
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;

const MAX_NAME: usize = 512;
const GROUP_PATTERN: &str = r"[\.\-_/#A-Za-z0-9]+";
const STREAM_PATTERN: &str = "[^:*]*";
const IDENTIFIER_PATTERN: &str = r"[\w#+=/:,.@-]*";

/// A refused value.
pub fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameter, message)
}

/// The text of a member that must be there.
pub fn required<'a>(input: &Input<'a>, member: &str) -> Result<&'a str, ApiError> {
    input
        .text(member)?
        .ok_or_else(|| invalid(model_violation("null", member, "Member must not be null")))
}

/// The name of a group to be made.
pub fn new_group<'a>(input: &Input<'a>) -> Result<&'a str, ApiError> {
    let name = required(input, "logGroupName")?;
    if name.starts_with("aws/") {
        return Err(invalid(
            "Log groups starting with AWS/ are reserved for AWS.",
        ));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-/.#".contains(c);
    checked(name, "logGroupName", allowed, GROUP_PATTERN)
}

/// The name of a stream to be made.
pub fn new_stream<'a>(input: &Input<'a>) -> Result<&'a str, ApiError> {
    let name = required(input, "logStreamName")?;
    checked(
        name,
        "logStreamName",
        |c| c != ':' && c != '*',
        STREAM_PATTERN,
    )
}

fn checked<'a>(
    name: &'a str,
    member: &str,
    allowed: impl Fn(char) -> bool,
    pattern: &str,
) -> Result<&'a str, ApiError> {
    if name.is_empty() {
        let constraint = "Member must have length greater than or equal to 1";
        return Err(invalid(model_violation(name, member, constraint)));
    }
    if name.len() > MAX_NAME {
        return Err(invalid(
            "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
        ));
    }
    if !name.chars().all(allowed) {
        let constraint = format!("Member must satisfy regular expression pattern: {pattern}");
        return Err(invalid(model_violation(name, member, &constraint)));
    }
    Ok(name)
}

/// The group that a request means by name or by identifier (a name or an ARN).
pub fn group<'a>(input: &Input<'a>) -> Result<&'a str, ApiError> {
    match (
        input.text("logGroupName")?,
        input.text("logGroupIdentifier")?,
    ) {
        (Some(name), None) => Ok(name),
        (None, Some(identifier)) => {
            if identifier.contains('*') {
                let constraint =
                    format!("Member must satisfy regular expression pattern: {IDENTIFIER_PATTERN}");
                let message = model_violation(identifier, "logGroupIdentifier", &constraint);
                return Err(ApiError::new(ErrorKind::ModelValidation, message));
            }
            Ok(of_arn(identifier).unwrap_or(identifier))
        }
        (Some(_), Some(_)) => Err(ApiError::new(
            ErrorKind::Validation,
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        )),
        (None, None) => required(input, "logGroupName"),
    }
}

/// The group's name in its ARN, which may end in `:*`.
pub fn of_arn(arn: &str) -> Option<&str> {
    let (_, name) = arn.split_once(":log-group:")?;
    Some(name.strip_suffix(":*").unwrap_or(name))
}

/// The group of this name, or the error that there is none.
pub fn existing<'a>(stored: &'a Stored, name: &str) -> Result<&'a Group, ApiError> {
    stored.state.logs.group(name).ok_or_else(|| {
        ApiError::new(
            ErrorKind::ResourceNotFound,
            "The specified log group does not exist.",
        )
    })
}

/// The error that there is no such stream.
pub fn no_stream() -> ApiError {
    ApiError::new(
        ErrorKind::ResourceNotFound,
        "The specified log stream does not exist.",
    )
}
