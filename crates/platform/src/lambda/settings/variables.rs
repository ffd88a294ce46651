//! The variables that a function may have.

use std::collections::BTreeMap;

use crate::lambda::check::Violations;
use crate::lambda::error::ApiError;

/// The most that all variables together may take, as compact JSON.
const MAX_ENVIRONMENT_BYTES: usize = 4096;
/// Variables that belong to the service. A function that sets one is refused.
const RESERVED_VARIABLES: [&str; 17] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

/// Refuses names that cannot be, names of the service's own variables, and more than 4 KB.
pub fn check(variables: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, ApiError> {
    let is_name = |name: &str| {
        let mut bytes = name.bytes();
        bytes
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && name.len() > 1
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let reserved: Vec<&str> = RESERVED_VARIABLES
        .into_iter()
        .filter(|name| variables.contains_key(*name))
        .collect();
    if !reserved.is_empty() {
        return Err(ApiError::invalid(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided contains reserved keys that are currently not supported \
             for modification. Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    let mut violations = Violations::default();
    if variables.keys().any(|name| !is_name(name)) {
        let shown: Vec<String> = variables.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let constraint = "Map keys must satisfy constraint: [Member must satisfy regular \
                          expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]";
        violations.other(
            "environment.variables",
            &format!("{{{}}}", shown.join(", ")),
            constraint,
        );
    }
    violations.into_result()?;
    let measured = serde_json::to_string(&variables).unwrap_or_default();
    if measured.len() > MAX_ENVIRONMENT_BYTES {
        return Err(ApiError::invalid(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided exceeded the 4KB limit. String measured: {measured}"
        )));
    }
    Ok(variables)
}
