//! `UpdateFunctionCode` and `UpdateFunctionConfiguration`.

use http::StatusCode;
use serde::Deserialize;

use super::functions::{CodeRequest, check_request_size, store};
use crate::clock::now_ms;
use crate::lambda::Lambda;
use crate::lambda::check::Violations;
use crate::lambda::error::ApiError;
use crate::lambda::model::{Function, Phase, new_id};
use crate::lambda::names::{LATEST, Purpose, Reference};
use crate::lambda::registry::not_found;
use crate::lambda::request::{Answer, Call, json};
use crate::lambda::settings::{SettingsRequest, check_architectures};
use crate::lambda::wire::{self, Form};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct UpdateCodeRequest {
    publish: bool,
    dry_run: bool,
    revision_id: Option<String>,
    architectures: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Revision {
    revision_id: Option<String>,
}

/// Replaces the code of `$LATEST`.
pub async fn code(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    check_request_size(call, "UpdateFunctionCode")?;
    let reference = Reference::parse(name, None, Purpose::Change)?;
    let request: UpdateCodeRequest = call.read()?;
    let mut violations = Violations::default();
    check_architectures(request.architectures.as_deref(), &mut violations);
    violations.into_result()?;
    let missing = || not_found(&reference.arn());
    // Before the zip is looked at, since a client that must wait sends it again.
    lambda
        .registry
        .get(&reference.name, |function| {
            check(function, request.revision_id.as_deref())
        })
        .ok_or_else(missing)??;
    let code: CodeRequest = call.read()?;
    let (code, _upload) = store(lambda, code).await?;
    let body = lambda
        .registry
        .change(&reference.name, missing, |function| {
            check(function, request.revision_id.as_deref())?;
            if request.dry_run {
                return Ok(wire::configuration(function, None, LATEST, Form::Single));
            }
            function.latest.code = code;
            if let Some(architecture) = request.architectures.and_then(|all| all.into_iter().next())
            {
                function.latest.settings.architecture = architecture;
            }
            begin(function, lambda.update_ms());
            if request.publish {
                let number = super::versions::publish_now(function, None);
                let number = number.to_string();
                let mut shown = wire::configuration(function, Some(&number), &number, Form::Single);
                if let Some(fields) = shown.as_object_mut() {
                    fields.remove("LastUpdateStatus");
                    fields.insert("State".into(), "Pending".into());
                    fields.insert(
                        "StateReason".into(),
                        "The function is being created.".into(),
                    );
                    fields.insert("StateReasonCode".into(), "Creating".into());
                }
                return Ok(shown);
            }
            Ok(wire::configuration(function, None, LATEST, Form::Single))
        })?;
    lambda.tidy(&reference.name);
    json(StatusCode::OK, &body)
}

/// Changes the configuration of `$LATEST`.
pub fn configuration(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, None, Purpose::Change)?;
    let revision: Revision = call.read()?;
    let mut request: SettingsRequest = call.read()?;
    // The operation has no such member; what it does not have, it ignores.
    let _ = request.architectures();
    let missing = || not_found(&reference.arn());
    let (body, settings) = lambda
        .registry
        .change(&reference.name, missing, |function| {
            check(function, revision.revision_id.as_deref())?;
            function.latest.settings = request.update(&function.latest.settings)?;
            begin(function, lambda.update_ms());
            let shown = wire::configuration(function, None, LATEST, Form::Single);
            Ok((shown, function.latest.settings.clone()))
        })?;
    lambda.say_about(&settings);
    lambda.tidy(&reference.name);
    json(StatusCode::OK, &body)
}

/// Whether `$LATEST` may be changed or published now, by a caller who knows this revision.
pub fn check(function: &Function, revision_id: Option<&str>) -> Result<(), ApiError> {
    let arn = crate::lambda::names::arn(&function.name);
    let refusal = "The operation cannot be performed at this time.";
    match function.phase {
        Phase::Pending { .. } => {
            return Err(ApiError::conflict(format!(
                "{refusal} The function is currently in the following state: Pending"
            )));
        }
        Phase::InProgress { .. } => {
            return Err(ApiError::conflict(format!(
                "{refusal} An update is in progress for resource: {arn}"
            )));
        }
        Phase::Ready => {}
    }
    if revision_id.is_some_and(|known| known != function.latest.revision_id) {
        return Err(ApiError::stale_revision());
    }
    Ok(())
}

fn begin(function: &mut Function, update_ms: i64) {
    let now = now_ms();
    function.phase = Phase::InProgress {
        until_ms: now + update_ms,
    };
    function.latest.last_modified_ms = now;
    function.latest.revision_id = new_id();
    function.latest.incarnation = new_id();
}
