//! `PublishVersion` and `ListVersionsByFunction`.

use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::updates::check;
use crate::clock::now_ms;
use crate::lambda::Lambda;
use crate::lambda::error::ApiError;
use crate::lambda::model::{Function, Published, Version, new_id};
use crate::lambda::names::{self, LATEST, Purpose, Reference};
use crate::lambda::registry::not_found;
use crate::lambda::request::{Answer, Call, json, page};
use crate::lambda::wire::{self, Form};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct PublishRequest {
    #[serde(rename = "CodeSha256")]
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
}

/// Makes `$LATEST` a version, or gives the one that it was last published as.
pub fn publish(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, None, Purpose::Change)?;
    let request: PublishRequest = call.read()?;
    let missing = || not_found(&reference.arn());
    let body = lambda.registry.change(&reference.name, missing, |function| {
        check(function, request.revision_id.as_deref())?;
        let current = wire::code_sha256(&function.latest.code);
        if let Some(given) = request.code_sha256.filter(|given| !given.is_empty() && *given != current) {
            return Err(ApiError::invalid(format!(
                "CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({current}). \
                 Please try again with the CodeSHA256 in $LATEST."
            )));
        }
        let number = publish_now(function, request.description).to_string();
        Ok(wire::configuration(function, Some(&number), &number, Form::Single))
    })?;
    json(StatusCode::CREATED, &body)
}

/// Publishes `$LATEST` and returns the number: a new one if it changed since the last time.
pub fn publish_now(function: &mut Function, description: Option<String>) -> u64 {
    if let Some(published) = &function.published
        && published.settings == function.latest.settings
        && published.code == function.latest.code
        && function.versions.contains_key(&published.version)
    {
        return published.version;
    }
    let number = function.next_version;
    let latest = &mut function.latest;
    let mut settings = latest.settings.clone();
    if let Some(description) = description.filter(|text| !text.is_empty()) {
        settings.description = description;
    }
    let version = Version {
        settings,
        code: latest.code.clone(),
        last_modified_ms: now_ms(),
        revision_id: new_id(),
        incarnation: new_id(),
    };
    latest.revision_id = new_id();
    function.published = Some(Published {
        version: number,
        settings: latest.settings.clone(),
        code: latest.code.clone(),
    });
    function.versions.insert(number, version);
    function.next_version += 1;
    number
}

/// `$LATEST` and all versions, ascending.
pub fn list(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, None, Purpose::Change)?;
    let found = lambda.registry.get(&reference.name, entries);
    page(
        call,
        "Versions",
        50,
        found.ok_or_else(|| not_found(&reference.arn()))?,
    )
}

/// The entries of a function in lists that show versions, each with its own ARN as key.
pub fn entries(function: &Function) -> Vec<(String, Value)> {
    let numbers = function.versions.keys().map(u64::to_string);
    let versions = std::iter::once(LATEST.to_owned()).chain(numbers);
    let entry = |version: String| {
        let shown = wire::configuration(function, Some(&version), &version, Form::Entry);
        (names::qualified_arn(&function.name, &version), shown)
    };
    versions.map(entry).collect()
}
