//! `PutFunctionConcurrency`, `GetFunctionConcurrency`, `DeleteFunctionConcurrency`.

use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::lambda::Lambda;
use crate::lambda::check::Violations;
use crate::lambda::error::ApiError;
use crate::lambda::names::{self, LATEST, Purpose, Reference};
use crate::lambda::registry::not_found;
use crate::lambda::request::{Answer, Call, empty, json as answer};

/// What must stay for functions that reserve nothing.
const UNRESERVED_AT_LEAST: u32 = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ConcurrencyRequest {
    reserved_concurrent_executions: Option<i64>,
}

/// Sets concurrency aside; 0 stops the function.
pub fn put(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let name = unqualified(name)?;
    let request: ConcurrencyRequest = call.read()?;
    let mut violations = Violations::default();
    match request.reserved_concurrent_executions {
        None => violations.missing("reservedConcurrentExecutions"),
        Some(number) => {
            violations.range(
                "reservedConcurrentExecutions",
                number,
                0,
                i64::from(i32::MAX),
            );
        }
    }
    violations.into_result()?;
    let wanted = request.reserved_concurrent_executions.unwrap_or_default();
    let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
    let others = lambda.registry.reserved_without(&name);
    let missing = || not_found(&names::qualified_arn(&name, LATEST));
    lambda.registry.change(&name, missing, |function| {
        let taken = others
            .saturating_add(wanted)
            .saturating_add(UNRESERVED_AT_LEAST);
        if taken > lambda.config.account_concurrency {
            return Err(ApiError::invalid_untyped(format!(
                "Specified ReservedConcurrentExecutions for function decreases account's \
                 UnreservedConcurrentExecution below its minimum value of [{UNRESERVED_AT_LEAST}]."
            )));
        }
        function.reserved_concurrency = Some(wanted);
        Ok(())
    })?;
    answer(
        StatusCode::OK,
        &json!({ "ReservedConcurrentExecutions": wanted }),
    )
}

/// What is set aside, if anything.
pub fn get(lambda: &Lambda, name: &str) -> Answer {
    let name = unqualified(name)?;
    let reserved = lambda
        .registry
        .get(&name, |function| function.reserved_concurrency);
    let body = match reserved.ok_or_else(|| not_found(&names::arn(&name)))? {
        Some(reserved) => json!({ "ReservedConcurrentExecutions": reserved }),
        None => json!({}),
    };
    answer(StatusCode::OK, &body)
}

/// Gives it back.
pub fn delete(lambda: &Lambda, name: &str) -> Answer {
    let name = unqualified(name)?;
    let missing = || not_found(&names::arn(&name));
    lambda.registry.change(&name, missing, |function| {
        function.reserved_concurrency = None;
        Ok(())
    })?;
    empty(StatusCode::NO_CONTENT)
}

fn unqualified(name: &str) -> Result<String, ApiError> {
    let reference = Reference::parse(name, None, Purpose::Change)?;
    if reference.qualifier.is_some() {
        return Err(ApiError::invalid(
            "This operation is permitted on Lambda functions only. Aliases and versions do not \
             support this operation. Please specify either a function name or an unqualified \
             function ARN.",
        ));
    }
    Ok(reference.name)
}
