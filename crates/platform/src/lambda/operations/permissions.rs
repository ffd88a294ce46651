//! `AddPermission`, `GetPolicy`, `RemovePermission`.

use http::StatusCode;
use serde_json::json;

use crate::lambda::Lambda;
use crate::lambda::check::Violations;
use crate::lambda::error::ApiError;
use crate::lambda::model::{Function, new_id};
use crate::lambda::names::{self, LATEST, Purpose, Reference};
use crate::lambda::policy::{self, Grant, Statement};
use crate::lambda::registry::not_found;
use crate::lambda::request::{Answer, Call, empty, json as answer};

/// Adds a statement.
pub fn add(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, call.parameter("Qualifier"), Purpose::Change)?;
    let grant: Grant = call.read()?;
    let mut violations = Violations::default();
    let required = [
        ("statementId", &grant.statement_id),
        ("action", &grant.action),
        ("principal", &grant.principal),
    ];
    for (member, _) in required.into_iter().filter(|(_, value)| value.is_none()) {
        violations.missing(member);
    }
    violations.into_result()?;
    if reference.qualifier.as_deref() == Some(LATEST) {
        return Err(ApiError::invalid(
            "We currently do not support adding policies for $LATEST.",
        ));
    }
    let statement = policy::statement(&grant, &reference.arn()).ok_or_else(|| {
        ApiError::invalid(
            "The provided principal was invalid. Please check the principal and try again.",
        )
    })?;
    let key = reference.qualifier.clone().unwrap_or_default();
    let shown = statement.to_string();
    let missing = || not_found(&reference.arn());
    lambda.registry.change(&reference.name, missing, |function| {
        check_qualifier(function, &reference)?;
        let policy = function.policies.entry(key).or_default();
        if grant.revision_id.as_deref().is_some_and(|known| known != policy.revision_id) {
            return Err(ApiError::stale_revision());
        }
        let sid = grant.statement_id.unwrap_or_default();
        if policy.statements.iter().any(|one| one.sid == sid) {
            return Err(ApiError::conflict(format!(
                "The statement id ({sid}) provided already exists. Please provide a new statement \
                 id, or remove the existing statement."
            )));
        }
        policy.statements.push(Statement { sid, body: statement });
        policy.revision_id = new_id();
        Ok(())
    })?;
    answer(StatusCode::CREATED, &json!({ "Statement": shown }))
}

/// The policy of a function, version or alias.
pub fn get(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, call.parameter("Qualifier"), Purpose::Change)?;
    let key = reference.qualifier.clone().unwrap_or_default();
    let found = lambda.registry.get(&reference.name, |function| {
        let policy = function
            .policies
            .get(&key)
            .filter(|one| !one.statements.is_empty())?;
        Some(json!({ "Policy": policy.document(), "RevisionId": policy.revision_id }))
    });
    let body = found
        .flatten()
        .ok_or_else(|| ApiError::not_found("The resource you requested does not exist."))?;
    answer(StatusCode::OK, &body)
}

/// Removes a statement.
pub fn remove(lambda: &Lambda, call: &Call, name: &str, sid: &str) -> Answer {
    let reference = Reference::parse(name, call.parameter("Qualifier"), Purpose::Change)?;
    let key = reference.qualifier.clone().unwrap_or_default();
    let missing = || {
        ApiError::not_found(format!(
            "No policy found for: {}",
            names::arn(&reference.name)
        ))
    };
    lambda
        .registry
        .change(&reference.name, missing, |function| {
            let policy = function
                .policies
                .get_mut(&key)
                .filter(|one| !one.statements.is_empty());
            let policy = policy.ok_or_else(|| {
                ApiError::not_found("No policy is associated with the given resource.")
            })?;
            if call
                .parameter("RevisionId")
                .is_some_and(|known| known != policy.revision_id)
            {
                return Err(ApiError::stale_revision());
            }
            let before = policy.statements.len();
            policy.statements.retain(|one| one.sid != sid);
            if policy.statements.len() == before {
                return Err(ApiError::not_found(format!(
                    "Statement {sid} is not found in resource policy."
                )));
            }
            policy.revision_id = new_id();
            Ok(())
        })?;
    empty(StatusCode::NO_CONTENT)
}

fn check_qualifier(function: &Function, reference: &Reference) -> Result<(), ApiError> {
    let Some(qualifier) = reference.qualifier.as_deref() else {
        return Ok(());
    };
    if function.resolve(qualifier).is_some() {
        return Ok(());
    }
    let number = qualifier.bytes().all(|byte| byte.is_ascii_digit());
    Err(if number {
        not_found(&reference.arn())
    } else {
        ApiError::not_found(format!("Cannot find alias arn: {}", reference.arn()))
    })
}
