//! The forms in which answers show functions, versions and aliases.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use super::model::{Alias, Code, EventInvoke, Function, Logging, Phase, Settings, Version};
use super::names;
use crate::platform::REGION;

/// Which of several forms a configuration takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The answer about one function.
    Single,
    /// An entry of a list, which says nothing of states.
    Entry,
}

/// A configuration. `qualifier` is the one that was asked for; `version` what it resolved to.
pub fn configuration(
    function: &Function,
    qualifier: Option<&str>,
    version: &str,
    form: Form,
) -> Value {
    let Some(content) = function.version(version) else {
        return Value::Null;
    };
    let arn = match qualifier {
        Some(qualifier) => names::qualified_arn(&function.name, qualifier),
        None => names::arn(&function.name),
    };
    let mut fields = settings(&function.name, content);
    fields.insert("FunctionArn".into(), arn.into());
    fields.insert("Version".into(), version.into());
    if form == Form::Single {
        fields.insert(
            "RuntimeVersionConfig".into(),
            runtime_version(&content.settings),
        );
        let phase = if version == names::LATEST {
            &function.phase
        } else {
            &Phase::Ready
        };
        fields.extend(state(phase));
    }
    Value::Object(fields)
}

fn settings(name: &str, version: &Version) -> Map<String, Value> {
    let Version {
        settings,
        code,
        last_modified_ms,
        revision_id,
        ..
    } = version;
    let mut fields = Map::new();
    let mut set = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    set("FunctionName", name.into());
    set("Runtime", settings.runtime.as_str().into());
    set("Role", settings.role.as_str().into());
    set("Handler", settings.handler.as_str().into());
    set("CodeSize", code.size_bytes.into());
    set("Description", settings.description.as_str().into());
    set("Timeout", settings.timeout_seconds.into());
    set("MemorySize", settings.memory_mb.into());
    set("LastModified", iso_offset(*last_modified_ms).into());
    set("CodeSha256", code_sha256(code).into());
    set("TracingConfig", json!({ "Mode": settings.tracing_mode }));
    set("RevisionId", revision_id.as_str().into());
    set("PackageType", "Zip".into());
    set("Architectures", json!([settings.architecture]));
    set(
        "EphemeralStorage",
        json!({ "Size": settings.ephemeral_storage_mb }),
    );
    set(
        "SnapStart",
        json!({ "ApplyOn": "None", "OptimizationStatus": "Off" }),
    );
    set("LoggingConfig", logging(&settings.logging));
    if let Some(variables) = &settings.environment {
        set("Environment", json!({ "Variables": variables }));
    }
    if let Some(target) = &settings.dead_letter_target {
        set("DeadLetterConfig", json!({ "TargetArn": target }));
    }
    if let Some(key) = &settings.kms_key_arn {
        set("KMSKeyArn", key.as_str().into());
    }
    fields
}

fn logging(logging: &Logging) -> Value {
    let mut fields = Map::new();
    fields.insert(
        "LogFormat".into(),
        if logging.json { "JSON" } else { "Text" }.into(),
    );
    if logging.json {
        fields.insert(
            "ApplicationLogLevel".into(),
            logging.application_level.as_str().into(),
        );
        fields.insert(
            "SystemLogLevel".into(),
            logging.system_level.as_str().into(),
        );
    }
    fields.insert("LogGroup".into(), logging.group.as_str().into());
    Value::Object(fields)
}

/// The ARN of the version of a managed runtime: 64 digits made from its name.
pub fn runtime_version_arn(runtime: &str) -> String {
    let digest = crate::code::sha256_hex(runtime.as_bytes());
    format!("arn:aws:lambda:{REGION}::runtime:{digest}")
}

fn runtime_version(settings: &Settings) -> Value {
    json!({ "RuntimeVersionArn": runtime_version_arn(&settings.runtime) })
}

fn state(phase: &Phase) -> Map<String, Value> {
    let creating = "The function is being created.";
    let fields = match phase {
        Phase::Pending { .. } => json!({
            "State": "Pending", "StateReason": creating, "StateReasonCode": "Creating",
        }),
        Phase::InProgress { .. } => json!({
            "State": "Active",
            "LastUpdateStatus": "InProgress",
            "LastUpdateStatusReason": creating,
            "LastUpdateStatusReasonCode": "Creating",
        }),
        Phase::Ready => json!({ "State": "Active", "LastUpdateStatus": "Successful" }),
    };
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// `CodeSha256`: the digest in base64.
pub fn code_sha256(code: &Code) -> String {
    let hex = code.sha256_hex.as_bytes();
    let byte = |pair: &[u8]| {
        let digit = |at: usize| {
            pair.get(at)
                .and_then(|d| char::from(*d).to_digit(16))
                .unwrap_or(0)
        };
        u8::try_from(digit(0) * 16 + digit(1)).unwrap_or(0)
    };
    STANDARD.encode(hex.chunks(2).map(byte).collect::<Vec<u8>>())
}

/// An alias.
pub fn alias(function: &str, name: &str, alias: &Alias) -> Value {
    let mut fields = Map::new();
    fields.insert(
        "AliasArn".into(),
        names::qualified_arn(function, name).into(),
    );
    fields.insert("Name".into(), name.into());
    fields.insert("FunctionVersion".into(), alias.version.as_str().into());
    fields.insert("Description".into(), alias.description.as_str().into());
    if !alias.weights.is_empty() {
        fields.insert(
            "RoutingConfig".into(),
            json!({ "AdditionalVersionWeights": alias.weights }),
        );
    }
    fields.insert("RevisionId".into(), alias.revision_id.as_str().into());
    Value::Object(fields)
}

/// How events of a qualifier are treated.
pub fn event_invoke(function: &str, qualifier: &str, config: &EventInvoke) -> Value {
    let destination = |arn: &Option<String>| match arn {
        Some(arn) => json!({ "Destination": arn }),
        None => json!({}),
    };
    let mut fields = Map::new();
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of this millennium fit a double"
    )]
    let seconds = config.last_modified_ms as f64 / 1000.0;
    fields.insert("LastModified".into(), seconds.into());
    fields.insert(
        "FunctionArn".into(),
        names::qualified_arn(function, qualifier).into(),
    );
    if let Some(retries) = config.retries {
        fields.insert("MaximumRetryAttempts".into(), retries.into());
    }
    if let Some(age) = config.max_age_seconds {
        fields.insert("MaximumEventAgeInSeconds".into(), age.into());
    }
    let destinations = json!({
        "OnSuccess": destination(&config.on_success),
        "OnFailure": destination(&config.on_failure),
    });
    fields.insert("DestinationConfig".into(), destinations);
    Value::Object(fields)
}

/// `2026-01-31T12:00:00.000+0000`, the form of `LastModified`.
pub fn iso_offset(epoch_ms: i64) -> String {
    format!("{}+0000", iso(epoch_ms))
}

/// `2026-01-31T12:00:00.000Z`.
pub fn iso_utc(epoch_ms: i64) -> String {
    format!("{}Z", iso(epoch_ms))
}

fn iso(epoch_ms: i64) -> String {
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]");
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(epoch_ms) * 1_000_000)
        .ok()
        .and_then(|time| time.format(form).ok())
        .unwrap_or_default()
}
