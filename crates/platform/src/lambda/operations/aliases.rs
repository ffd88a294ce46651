//! `CreateAlias`, `GetAlias`, `UpdateAlias`, `DeleteAlias`, `ListAliases`.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Deserialize;

use crate::lambda::Lambda;
use crate::lambda::check::Violations;
use crate::lambda::error::ApiError;
use crate::lambda::model::{Alias, Function, new_id};
use crate::lambda::names::{self, LATEST, Purpose, Reference};
use crate::lambda::registry::not_found;
use crate::lambda::request::{Answer, Call, empty, json, page};
use crate::lambda::wire;

const NAME: &str = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";
const TOO_MANY_WEIGHTS: &str =
    "Number of items in AdditionalVersionWeights cannot be greater than 1";

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct AliasRequest {
    name: Option<String>,
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<RoutingConfig>,
    revision_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RoutingConfig {
    additional_version_weights: Option<BTreeMap<String, f64>>,
}

impl AliasRequest {
    fn weights(&self) -> Option<&BTreeMap<String, f64>> {
        self.routing_config
            .as_ref()?
            .additional_version_weights
            .as_ref()
    }

    fn check_shape(&self, violations: &mut Violations) {
        for (version, weight) in self.weights().into_iter().flatten() {
            let shown = format!("{{{version}={weight}}}");
            let member = "routingConfig.additionalVersionWeights";
            if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit()) {
                let constraint = "Map keys must satisfy constraint: [Member must have length less \
                                  than or equal to 1024, Member must have length greater than or \
                                  equal to 1, Member must satisfy regular expression pattern: \
                                  [0-9]+, Member must not be null]";
                violations.other(member, &shown, constraint);
            }
            if !(0.0..=1.0).contains(weight) {
                let constraint = "Map value must satisfy constraint: [Member must have value less \
                                  than or equal to 1.0, Member must have value greater than or \
                                  equal to 0.0, Member must not be null]";
                violations.other(member, &shown, constraint);
            }
        }
        if let Some(version) = self.function_version.as_deref()
            && version != LATEST
            && (version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit()))
        {
            violations.pattern("functionVersion", version, r"(\$LATEST|[0-9]+)");
        }
    }
}

/// Makes an alias.
pub fn create(lambda: &Lambda, call: &Call, function: &str) -> Answer {
    let reference = Reference::parse(function, None, Purpose::Change)?;
    let request: AliasRequest = call.read()?;
    let mut violations = Violations::default();
    match request.name.as_deref() {
        None => violations.missing("name"),
        Some(name) if !is_alias_name(name) => violations.pattern("name", name, NAME),
        Some(name) if name.len() > 128 => violations.longer_than("name", name, 128),
        Some(_) => {}
    }
    if request.function_version.is_none() {
        violations.missing("functionVersion");
    }
    request.check_shape(&mut violations);
    violations.into_result()?;
    let (Some(name), Some(version)) = (request.name.clone(), request.function_version.clone())
    else {
        return Err(ApiError::validation(
            "name and functionVersion must not be null",
        ));
    };
    let missing = || not_found(&names::qualified_arn(&reference.name, &version));
    let body = lambda
        .registry
        .change(&reference.name, missing, |function| {
            if function.aliases.contains_key(&name) {
                let arn = names::qualified_arn(&function.name, &name);
                return Err(ApiError::conflict(format!("Alias already exists: {arn}")));
            }
            let alias = Alias {
                version: version.clone(),
                description: request.description.clone().unwrap_or_default(),
                revision_id: new_id(),
                weights: request.weights().cloned().unwrap_or_default(),
            };
            check_targets(function, &alias)?;
            let shown = wire::alias(&function.name, &name, &alias);
            function.aliases.insert(name.clone(), alias);
            Ok(shown)
        })?;
    json(StatusCode::CREATED, &body)
}

/// Changes what of an alias the request names.
pub fn update(lambda: &Lambda, call: &Call, function: &str, name: &str) -> Answer {
    let reference = Reference::parse(function, None, Purpose::Change)?;
    let request: AliasRequest = call.read()?;
    let mut violations = Violations::default();
    request.check_shape(&mut violations);
    violations.into_result()?;
    let arn = names::qualified_arn(&reference.name, name);
    let missing = || ApiError::not_found(format!("Alias not found: {arn}"));
    let body = lambda
        .registry
        .change(&reference.name, missing, |function| {
            let mut alias = function.aliases.get(name).cloned().ok_or_else(missing)?;
            if request
                .revision_id
                .as_deref()
                .is_some_and(|known| known != alias.revision_id)
            {
                return Err(ApiError::stale_revision());
            }
            if let Some(version) = &request.function_version {
                alias.version.clone_from(version);
            }
            if let Some(description) = &request.description {
                alias.description.clone_from(description);
            }
            if let Some(weights) = request.weights() {
                alias.weights.clone_from(weights);
            }
            alias.revision_id = new_id();
            check_targets(function, &alias)?;
            let shown = wire::alias(&function.name, name, &alias);
            function.aliases.insert(name.to_owned(), alias);
            Ok(shown)
        })?;
    json(StatusCode::OK, &body)
}

/// One alias.
pub fn get(lambda: &Lambda, function: &str, name: &str) -> Answer {
    let reference = Reference::parse(function, None, Purpose::Change)?;
    let found = lambda.registry.get(&reference.name, |function| {
        Some(wire::alias(
            &function.name,
            name,
            function.aliases.get(name)?,
        ))
    });
    let body = found.flatten().ok_or_else(|| {
        let arn = names::qualified_arn(&reference.name, name);
        ApiError::not_found(format!("Cannot find alias arn: {arn}"))
    })?;
    json(StatusCode::OK, &body)
}

/// Removes an alias; one that does not exist is removed already.
pub fn delete(lambda: &Lambda, function: &str, name: &str) -> Answer {
    let reference = Reference::parse(function, None, Purpose::Change)?;
    let missing = || not_found(&names::arn(&reference.name));
    lambda
        .registry
        .change(&reference.name, missing, |function| {
            function.aliases.remove(name);
            function.event_invoke.remove(name);
            function.policies.remove(name);
            Ok(())
        })?;
    empty(StatusCode::NO_CONTENT)
}

/// The aliases of a function by name, or those of one version.
pub fn list(lambda: &Lambda, call: &Call, function: &str) -> Answer {
    let reference = Reference::parse(function, None, Purpose::Change)?;
    let version = call.parameter("FunctionVersion");
    let found = lambda.registry.get(&reference.name, |function| {
        let wanted = |alias: &Alias| {
            version.is_none_or(|v| alias.version == v || alias.weights.contains_key(v))
        };
        let aliases = function.aliases.iter().filter(|(_, alias)| wanted(alias));
        aliases
            .map(|(name, alias)| (name.clone(), wire::alias(&function.name, name, alias)))
            .collect::<Vec<_>>()
    });
    page(
        call,
        "Aliases",
        50,
        found.ok_or_else(|| not_found(&reference.arn()))?,
    )
}

fn is_alias_name(name: &str) -> bool {
    names::is_bare_name(name) && !name.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_targets(function: &Function, alias: &Alias) -> Result<(), ApiError> {
    if alias.weights.len() > 1 {
        return Err(ApiError::invalid(TOO_MANY_WEIGHTS));
    }
    if alias.version == LATEST && !alias.weights.is_empty() {
        return Err(ApiError::invalid_untyped(
            "$LATEST is not supported for an alias pointing to more than 1 version",
        ));
    }
    if alias.weights.contains_key(&alias.version) {
        let version = &alias.version;
        return Err(ApiError::invalid(format!(
            "Invalid function version {version}. Function version {version} is already included \
             in routing configuration."
        )));
    }
    let mut targets = std::iter::once(&alias.version).chain(alias.weights.keys());
    let absent = targets.find(|version| function.version(version).is_none());
    absent.map_or(Ok(()), |version| {
        Err(not_found(&names::qualified_arn(&function.name, version)))
    })
}
