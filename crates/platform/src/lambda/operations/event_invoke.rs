//! Put, Update, Get, Delete and List of `FunctionEventInvokeConfig`.

use http::StatusCode;
use serde::Deserialize;

use crate::clock::now_ms;
use crate::lambda::Lambda;
use crate::lambda::check::Violations;
use crate::lambda::error::ApiError;
use crate::lambda::model::EventInvoke;
use crate::lambda::names::{self, Purpose, Reference};
use crate::lambda::request::{Answer, Call, empty, json, page};
use crate::lambda::wire;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct EventInvokeRequest {
    maximum_retry_attempts: Option<i64>,
    maximum_event_age_in_seconds: Option<i64>,
    destination_config: Option<DestinationConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DestinationConfig {
    on_success: Destination,
    on_failure: Destination,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Destination {
    destination: Option<String>,
}

/// Whether what is set replaces everything or only what the request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Put.
    Replace,
    /// Update.
    Merge,
}

/// Sets how events are treated.
pub fn set(lambda: &Lambda, call: &Call, name: &str, extent: Extent) -> Answer {
    let reference = Reference::parse(name, call.parameter("Qualifier"), Purpose::Change)?;
    let request: EventInvokeRequest = call.read()?;
    request.check_shape()?;
    let qualifier = reference.qualifier_or_latest().to_owned();
    if let Some(destinations) = &request.destination_config {
        check_destinations(lambda, &reference, destinations)?;
    }
    let body = lambda
        .registry
        .change(&reference.name, absent_function, |function| {
            if function.resolve(&qualifier).is_none() {
                return Err(absent_function());
            }
            let known = function.event_invoke.get(&qualifier).cloned();
            let mut config = match (extent, known) {
                (Extent::Replace, _) => EventInvoke::default(),
                (Extent::Merge, Some(known)) => known,
                (Extent::Merge, None) => return Err(absent_config(&function.name, &qualifier)),
            };
            request.apply(&mut config);
            config.last_modified_ms = now_ms();
            let shown = wire::event_invoke(&function.name, &qualifier, &config);
            function.event_invoke.insert(qualifier.clone(), config);
            Ok(shown)
        })?;
    json(StatusCode::OK, &body)
}

/// How events of a qualifier are treated.
pub fn get(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, call.parameter("Qualifier"), Purpose::Change)?;
    let qualifier = reference.qualifier_or_latest();
    let found = lambda.registry.get(&reference.name, |function| {
        let config = function.event_invoke.get(qualifier)?;
        Some(wire::event_invoke(&function.name, qualifier, config))
    });
    let body = found
        .flatten()
        .ok_or_else(|| absent_config(&reference.name, qualifier))?;
    json(StatusCode::OK, &body)
}

/// Back to the defaults.
pub fn delete(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, call.parameter("Qualifier"), Purpose::Change)?;
    let qualifier = reference.qualifier_or_latest();
    let missing = || absent_config(&reference.name, qualifier);
    lambda
        .registry
        .change(&reference.name, missing, |function| {
            function
                .event_invoke
                .remove(qualifier)
                .map(drop)
                .ok_or_else(missing)
        })?;
    empty(StatusCode::NO_CONTENT)
}

/// The configurations of all qualifiers of a function.
pub fn list(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, None, Purpose::Change)?;
    let found = lambda.registry.get(&reference.name, |function| {
        let all = function.event_invoke.iter();
        all.map(|(qualifier, config)| {
            (
                qualifier.clone(),
                wire::event_invoke(&function.name, qualifier, config),
            )
        })
        .collect::<Vec<_>>()
    });
    page(
        call,
        "FunctionEventInvokeConfigs",
        50,
        found.ok_or_else(absent_function)?,
    )
}

impl EventInvokeRequest {
    fn check_shape(&self) -> Result<(), ApiError> {
        let mut violations = Violations::default();
        if let Some(retries) = self.maximum_retry_attempts {
            violations.range("maximumRetryAttempts", retries, 0, 2);
        }
        if let Some(age) = self.maximum_event_age_in_seconds {
            violations.range("maximumEventAgeInSeconds", age, 60, 21_600);
        }
        violations.into_result()?;
        let nothing = self.maximum_retry_attempts.is_none()
            && self.maximum_event_age_in_seconds.is_none()
            && self.destination_config.is_none();
        if nothing {
            return Err(ApiError::invalid(
                "You must specify at least one of error handling or destination setting.",
            ));
        }
        Ok(())
    }

    fn apply(&self, config: &mut EventInvoke) {
        let number = |given: Option<i64>| given.and_then(|number| u32::try_from(number).ok());
        config.retries = number(self.maximum_retry_attempts).or(config.retries);
        config.max_age_seconds =
            number(self.maximum_event_age_in_seconds).or(config.max_age_seconds);
        if let Some(destinations) = &self.destination_config {
            config
                .on_success
                .clone_from(&destinations.on_success.destination);
            config
                .on_failure
                .clone_from(&destinations.on_failure.destination);
        }
    }
}

fn check_destinations(
    lambda: &Lambda,
    reference: &Reference,
    destinations: &DestinationConfig,
) -> Result<(), ApiError> {
    let shown = |destination: &Destination, kind: &str| match &destination.destination {
        Some(arn) => format!("{kind}(destination={arn})"),
        None => "null".to_owned(),
    };
    for destination in [&destinations.on_success, &destinations.on_failure] {
        let Some(arn) = destination.destination.as_deref() else {
            continue;
        };
        if !arn.contains(":lambda:") {
            return Err(ApiError::invalid(format!(
                "The provided destination config DestinationConfig(onSuccess={}, onFailure={}) is \
                 invalid. The local platform delivers to Lambda functions only.",
                shown(&destinations.on_success, "OnSuccess"),
                shown(&destinations.on_failure, "OnFailure")
            )));
        }
        let target = Reference::parse(arn, None, Purpose::Use)?;
        if target.name == reference.name {
            return Err(ApiError::invalid(
                "You can't specify the function as a destination for itself.",
            ));
        }
        let exists = lambda.registry.get(&target.name, |function| {
            function.resolve(target.qualifier_or_latest()).is_some()
        });
        if exists != Some(true) {
            return Err(ApiError::invalid(format!(
                "The destination ARN {arn} is invalid."
            )));
        }
    }
    Ok(())
}

fn absent_function() -> ApiError {
    ApiError::not_found("The function doesn't exist.")
}

fn absent_config(name: &str, qualifier: &str) -> ApiError {
    let arn = names::qualified_arn(name, qualifier);
    ApiError::not_found(format!(
        "The function {arn} doesn't have an EventInvokeConfig"
    ))
}
