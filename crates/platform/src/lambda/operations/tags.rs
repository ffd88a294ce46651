//! `TagResource`, `ListTags`, `UntagResource`.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::lambda::Lambda;
use crate::lambda::check::Violations;
use crate::lambda::error::ApiError;
use crate::lambda::model::new_id;
use crate::lambda::names::{Purpose, Reference};
use crate::lambda::registry::not_found;
use crate::lambda::request::{Answer, Call, empty, json as answer};

const RESOURCE: &str = r"arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12})";
const MOST_TAGS: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TagRequest {
    tags: BTreeMap<String, String>,
}

/// Whether a function may bear these tags.
pub fn check(tags: &BTreeMap<String, String>) -> Result<(), ApiError> {
    if tags.len() > MOST_TAGS {
        return Err(ApiError::invalid(
            "Number of tags exceeds resource tag limit.",
        ));
    }
    Ok(())
}

/// Adds and replaces tags.
pub fn tag(lambda: &Lambda, call: &Call, arn: &str) -> Answer {
    let name = function_of(arn)?;
    let request: TagRequest = call.read()?;
    if request.tags.is_empty() {
        return Err(ApiError::invalid(
            "An error occurred and the request cannot be processed.",
        ));
    }
    lambda.registry.change(
        &name,
        || not_found(arn),
        |function| {
            let mut tags = function.tags.clone();
            tags.extend(request.tags);
            check(&tags)?;
            function.tags = tags;
            function.latest.revision_id = new_id();
            Ok(())
        },
    )?;
    empty(StatusCode::NO_CONTENT)
}

/// The tags of a function.
pub fn list(lambda: &Lambda, arn: &str) -> Answer {
    let name = function_of(arn)?;
    let tags = lambda.registry.get(&name, |function| function.tags.clone());
    answer(
        StatusCode::OK,
        &json!({ "Tags": tags.ok_or_else(|| not_found(arn))? }),
    )
}

/// Removes tags by key.
pub fn untag(lambda: &Lambda, call: &Call, arn: &str) -> Answer {
    let name = function_of(arn)?;
    let Some(keys) = call.query.get("tagKeys").filter(|keys| !keys.is_empty()) else {
        let mut violations = Violations::default();
        violations.missing("tagKeys");
        return violations
            .into_result()
            .and_then(|()| empty(StatusCode::NO_CONTENT));
    };
    lambda.registry.change(
        &name,
        || not_found(arn),
        |function| {
            function.tags.retain(|key, _| !keys.contains(key));
            function.latest.revision_id = new_id();
            Ok(())
        },
    )?;
    empty(StatusCode::NO_CONTENT)
}

fn function_of(arn: &str) -> Result<String, ApiError> {
    let reference = Reference::parse(arn, None, Purpose::Change);
    let whole = arn.starts_with("arn:") && arn.contains(":function:");
    let Some(reference) = reference.ok().filter(|_| whole) else {
        let mut violations = Violations::default();
        violations.pattern("resource", arn, RESOURCE);
        return violations.into_result().map(|()| String::new());
    };
    if reference.qualifier.is_some() {
        return Err(ApiError::invalid(
            "Tags on function aliases and versions are not supported. Please specify a function \
             ARN.",
        ));
    }
    Ok(reference.name)
}
