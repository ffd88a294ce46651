//! `CreateFunction`, `GetFunction`, `GetFunctionConfiguration`, `ListFunctions`, `DeleteFunction`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::clock::now_ms;
use crate::code::{CodeError, Held};
use crate::lambda::Lambda;
use crate::lambda::check::Violations;
use crate::lambda::error::ApiError;
use crate::lambda::model::{Code, Function, Phase, Published, Settings, Version, new_id};
use crate::lambda::names::{self, LATEST, Purpose, Reference};
use crate::lambda::registry::not_found;
use crate::lambda::request::{Answer, Call, empty, json as answer, page};
use crate::lambda::settings::SettingsRequest;
use crate::lambda::wire::{self, Form};

/// The largest request that may carry a zip.
const MAX_REQUEST_BYTES: usize = 70_167_211;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct CreateRequest {
    function_name: Option<String>,
    code: CodeRequest,
    publish: bool,
    tags: BTreeMap<String, String>,
}

/// Where code comes from; only the zip itself can be taken here.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CodeRequest {
    zip_file: Option<String>,
    s3_bucket: Option<String>,
    image_uri: Option<String>,
}

/// Makes a function, and its first version where `Publish` asks for it.
pub async fn create(lambda: &Lambda, call: &Call) -> Answer {
    check_request_size(call, "CreateFunction")?;
    let mut settings: SettingsRequest = call.read()?;
    let request: CreateRequest = call.read()?;
    let name = new_name(request.function_name.as_deref())?;
    super::tags::check(&request.tags)?;
    let architectures = settings.architectures();
    let settings = settings.create(&name, architectures)?;
    if lambda.registry.get(&name, |_| ()).is_some() {
        return Err(ApiError::conflict(format!(
            "Function already exist: {name}"
        )));
    }
    let (code, _upload) = store(lambda, request.code).await?;
    let function = new_function(
        lambda,
        &name,
        &settings,
        &code,
        request.publish,
        request.tags,
    );
    let version = if request.publish { "1" } else { LATEST };
    let mut shown = wire::configuration(&function, None, version, Form::Single);
    if let (true, Value::Object(fields)) = (request.publish, &mut shown) {
        // The answer is the version's, but a first version is as pending as its function.
        let pending = wire::configuration(&function, None, LATEST, Form::Single);
        fields.remove("LastUpdateStatus");
        for key in ["State", "StateReason", "StateReasonCode"] {
            fields.insert(key.to_owned(), pending[key].clone());
        }
    }
    lambda.say_about(&function.latest.settings);
    lambda.registry.add(function)?;
    answer(StatusCode::CREATED, &shown)
}

fn new_function(
    lambda: &Lambda,
    name: &str,
    settings: &Settings,
    code: &Code,
    publish: bool,
    tags: BTreeMap<String, String>,
) -> Function {
    let now = now_ms();
    let version = |incarnation: String| Version {
        settings: settings.clone(),
        code: code.clone(),
        last_modified_ms: now,
        revision_id: new_id(),
        incarnation,
    };
    let versions = publish.then(|| (1, version(new_id())));
    let published = publish.then(|| Published {
        version: 1,
        settings: settings.clone(),
        code: code.clone(),
    });
    Function {
        name: name.to_owned(),
        latest: version(new_id()),
        phase: Phase::Pending {
            until_ms: now + lambda.update_ms(),
        },
        next_version: if publish { 2 } else { 1 },
        versions: versions.into_iter().collect(),
        published,
        aliases: BTreeMap::new(),
        tags,
        reserved_concurrency: None,
        event_invoke: BTreeMap::new(),
        policies: BTreeMap::new(),
    }
}

fn new_name(given: Option<&str>) -> Result<String, ApiError> {
    let mut violations = Violations::default();
    let Some(given) = given else {
        violations.missing("functionName");
        return violations.into_result().map(|()| String::new());
    };
    if given.len() > 140 {
        violations.longer_than("functionName", given, 140);
    }
    violations.into_result()?;
    let reference = Reference::parse(given, None, Purpose::Change)?;
    if reference.name.len() > 64 {
        let mut violations = Violations::default();
        violations.longer_than("functionName", &reference.name, 64);
        return Err(ApiError::invalid(violations.message().unwrap_or_default()));
    }
    Ok(reference.name)
}

/// Refuses what is above the service's limit for a request.
pub fn check_request_size(call: &Call, operation: &str) -> Result<(), ApiError> {
    if call.body.len() > MAX_REQUEST_BYTES {
        return Err(ApiError::too_large(format!(
            "Request must be smaller than {MAX_REQUEST_BYTES} bytes for the {operation} operation"
        )));
    }
    Ok(())
}

/// Checks and keeps the code of a request; it is held until a function has it.
pub async fn store(lambda: &Lambda, code: CodeRequest) -> Result<(Code, Held), ApiError> {
    if code.s3_bucket.is_some() || code.image_uri.is_some() {
        return Err(ApiError::invalid(
            "The local platform takes code as ZipFile only; it has no S3 and no image registry.",
        ));
    }
    let Some(encoded) = code.zip_file else {
        return Err(ApiError::invalid(
            "Please provide a source for function code.",
        ));
    };
    let zip = STANDARD.decode(encoded).map_err(|_| {
        ApiError::not_an_object("ZipFile is not base64: the service expects the zip's bytes so")
    })?;
    let store = lambda.code.clone();
    let size_bytes = zip.len() as u64;
    // Unpacking takes a while, and other requests must not wait for it.
    let kept = tokio::task::spawn_blocking(move || store.put(&zip)).await;
    match kept {
        Ok(Ok(held)) => {
            let sha256_hex = held.sha256_hex().to_owned();
            let code = Code {
                sha256_hex,
                size_bytes,
            };
            Ok((code, held))
        }
        Ok(Err(error @ CodeError::ZippedTooLarge)) => Err(ApiError::too_large(error.to_string())),
        Ok(Err(error @ CodeError::Io(_))) => Err(ApiError::failure(error.to_string())),
        Ok(Err(error)) => Err(ApiError::invalid(error.to_string())),
        Err(_) => Err(ApiError::failure("the package could not be unpacked")),
    }
}

/// A function with where its code can be fetched.
pub fn get(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, call.parameter("Qualifier"), Purpose::Use)?;
    let found = lambda.registry.get(&reference.name, |function| {
        let version = function.resolve(reference.qualifier_or_latest())?;
        let code = &function.version(&version)?.code;
        let location = lambda.downloads.location(&code.sha256_hex, &reference.name);
        let mut body = Map::new();
        let qualifier = reference.qualifier.as_deref();
        let shown = wire::configuration(function, qualifier, &version, Form::Single);
        body.insert("Configuration".into(), shown);
        body.insert(
            "Code".into(),
            json!({ "RepositoryType": "S3", "Location": location }),
        );
        if !function.tags.is_empty() {
            body.insert("Tags".into(), json!(function.tags));
        }
        if let Some(reserved) = function.reserved_concurrency {
            let shown = json!({ "ReservedConcurrentExecutions": reserved });
            body.insert("Concurrency".into(), shown);
        }
        Some(Value::Object(body))
    });
    let body = found.flatten().ok_or_else(|| not_found(&reference.arn()))?;
    answer(StatusCode::OK, &body)
}

/// The configuration alone.
pub fn configuration(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, call.parameter("Qualifier"), Purpose::Use)?;
    let found = lambda.registry.get(&reference.name, |function| {
        let version = function.resolve(reference.qualifier_or_latest())?;
        Some(wire::configuration(
            function,
            reference.qualifier.as_deref(),
            &version,
            Form::Single,
        ))
    });
    let body = found.flatten().ok_or_else(|| not_found(&reference.arn()))?;
    answer(StatusCode::OK, &body)
}

/// All functions, or with `FunctionVersion=ALL` all versions of all functions.
pub fn list(lambda: &Lambda, call: &Call) -> Answer {
    let with_versions = match call.parameter("FunctionVersion") {
        None => false,
        Some("ALL") => true,
        Some(other) => {
            let mut violations = Violations::default();
            violations.one_of("functionVersion", other, &["ALL"]);
            violations.into_result()?;
            false
        }
    };
    let entries = lambda.registry.all(|functions| {
        let mut entries = Vec::new();
        for function in functions.values() {
            if with_versions {
                entries.extend(super::versions::entries(function));
            } else {
                let shown = wire::configuration(function, None, LATEST, Form::Entry);
                entries.push((names::arn(&function.name), shown));
            }
        }
        entries
    });
    page(call, "Functions", 50, entries)
}

/// Deletes a function, or one version of it.
pub fn delete(lambda: &Lambda, call: &Call, name: &str) -> Answer {
    let reference = Reference::parse(name, call.parameter("Qualifier"), Purpose::Use)?;
    let missing = || not_found(&names::arn(&reference.name));
    match reference.qualifier.as_deref() {
        None => {
            lambda.registry.remove(&reference.name)?;
            lambda.function_gone(&reference.name);
        }
        Some(LATEST) => {
            lambda
                .registry
                .get(&reference.name, |_| ())
                .ok_or_else(missing)?;
            return Err(ApiError::invalid(
                "$LATEST version cannot be deleted without deleting the function.",
            ));
        }
        Some(qualifier) => {
            lambda
                .registry
                .change(&reference.name, missing, |function| {
                    delete_version(function, qualifier)
                })?;
        }
    }
    lambda.tidy(&reference.name);
    empty(StatusCode::NO_CONTENT)
}

fn delete_version(function: &mut Function, qualifier: &str) -> Result<(), ApiError> {
    if function.aliases.contains_key(qualifier) || qualifier.parse::<u64>().is_err() {
        return Err(ApiError::invalid(
            "Deletion of aliases is not currently supported.",
        ));
    }
    let uses = |alias: &crate::lambda::model::Alias| {
        alias.version == qualifier || alias.weights.contains_key(qualifier)
    };
    let aliases: Vec<&str> = function
        .aliases
        .iter()
        .filter(|(_, alias)| uses(alias))
        .map(|(name, _)| name.as_str())
        .collect();
    if !aliases.is_empty() {
        return Err(ApiError::conflict(format!(
            "Unable to delete version because the following aliases reference it: [{}]",
            aliases.join(", ")
        )));
    }
    if let Ok(number) = qualifier.parse() {
        function.versions.remove(&number);
        function
            .published
            .take_if(|published| published.version == number);
    }
    function.event_invoke.remove(qualifier);
    function.policies.remove(qualifier);
    Ok(())
}
