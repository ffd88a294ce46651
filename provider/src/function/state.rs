//! `fusion_function` as the hosts exchange it, and what it means.
//!
//! Owns the Rust side of the attributes in `schema`, their checks, and the way to what
//! `fusion-cloud` deploys.

use std::collections::BTreeMap;

use fusion_cloud::functions::FunctionSpec;
use fusion_model::release::RELEASE_VARIABLE;
use fusion_model::{ReleaseId, TaskName, VersionLabel};
use serde::{Deserialize, Serialize};
use tfplugin::{Diagnostics, Number, Value};

use crate::configuration::tags;
use crate::reading::{Read, Reader, sentences};

/// The whole resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FunctionState {
    /// The application's name.
    pub application: Value<String>,
    /// The task.
    pub task: Value<String>,
    /// The function's name.
    pub name: Value<String>,
    /// The alias.
    pub alias: Value<String>,
    /// The role's ARN.
    pub role: Value<String>,
    /// The language runtime.
    pub runtime: Value<String>,
    /// The handler.
    pub handler: Value<String>,
    /// The memory.
    pub memory_mb: Value<Number>,
    /// The timeout.
    pub timeout_seconds: Value<Number>,
    /// The release.
    pub release: Value<String>,
    /// Which publication of the release.
    pub attempt: Value<Number>,
    /// The package's file.
    pub package_path: Value<String>,
    /// The package's identity.
    pub package_sha256: Value<String>,
    /// Environment variables.
    pub environment: Value<BTreeMap<String, Value<String>>>,
    /// Tags.
    pub tags: Value<BTreeMap<String, Value<String>>>,
    /// The function's ARN.
    pub arn: Value<String>,
    /// The alias's ARN.
    pub alias_arn: Value<String>,
    /// API Gateway's ARN of the alias.
    pub invoke_arn: Value<String>,
    /// The newest version.
    pub version: Value<u64>,
    /// The hash of the code.
    pub code_sha256: Value<String>,
}

/// What a function is to be, and from which package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What Lambda is told.
    pub spec: FunctionSpec,
    /// The package's file.
    pub package_path: String,
    /// The package's identity.
    pub package_sha256: String,
}

impl FunctionState {
    /// The same arguments with these computed attributes left out.
    #[must_use]
    pub fn arguments(&self) -> Self {
        let (arn, alias_arn, invoke_arn) = Default::default();
        let (version, code_sha256) = Default::default();
        Self {
            arn,
            alias_arn,
            invoke_arn,
            version,
            code_sha256,
            ..self.clone()
        }
    }
}

/// Reads the arguments.
pub fn read(state: &FunctionState, diagnostics: &mut Diagnostics) -> Read<Wanted> {
    let mut reader = Reader::new(diagnostics);
    let wanted = wanted(&mut reader, state);
    reader.finish(wanted)
}

fn wanted(reader: &mut Reader<'_>, state: &FunctionState) -> Option<Wanted> {
    let mut text =
        |name: &str, value: &Value<String>| reader.required(&name.into(), value).cloned();
    let application = text("application", &state.application);
    let task = text("task", &state.task);
    let name = text("name", &state.name);
    let role = text("role", &state.role);
    let runtime = text("runtime", &state.runtime);
    let release = text("release", &state.release);
    let package_path = text("package_path", &state.package_path);
    let package_sha256 = text("package_sha256", &state.package_sha256);
    let task =
        task.and_then(|task| parsed(reader, "task", "Invalid task name", TaskName::new(task)));
    let release = release.and_then(|release| {
        parsed(
            reader,
            "release",
            "Invalid release",
            ReleaseId::new(release),
        )
    });
    let attempt = reader.whole(
        &"attempt".into(),
        &state.attempt,
        &(0..=u64::from(u32::MAX)),
        "attempts",
    );
    let memory_mb = required(reader, "memory_mb", &state.memory_mb, 128..=10_240, "MB");
    let timeout_seconds = required(
        reader,
        "timeout_seconds",
        &state.timeout_seconds,
        1..=900,
        "seconds",
    );
    if let Some(name) = &name {
        check_name(reader, name);
    }
    let mut environment = environment(reader, state);
    if let Some(release) = &release {
        // Without it nothing that the function measures would belong to a release.
        let variable = environment.entry(RELEASE_VARIABLE.to_owned());
        variable.or_insert_with(|| release.to_string());
    }
    let spec = FunctionSpec {
        alias: reader.text(&"alias".into(), &state.alias, "live"),
        handler: reader.text(
            &"handler".into(),
            &state.handler,
            FunctionSpec::DEFAULT_HANDLER,
        ),
        environment,
        tags: tags(reader, &"tags".into(), &state.tags),
        application: application?,
        task: task?,
        name: name?,
        role: role?,
        runtime: runtime?,
        memory_mb: memory_mb?,
        timeout_seconds: timeout_seconds?,
        label: VersionLabel {
            release: release?,
            attempt: attempt
                .and_then(|attempt| u32::try_from(attempt).ok())
                .unwrap_or(0),
        },
    };
    Some(Wanted {
        spec,
        package_path: package_path?,
        package_sha256: package_sha256?,
    })
}

fn parsed<T, E: std::fmt::Display>(
    reader: &mut Reader<'_>,
    attribute: &str,
    summary: &str,
    read: Result<T, E>,
) -> Option<T> {
    read.map_err(|error| reader.wrong(attribute.into(), summary, sentences(error)))
        .ok()
}

fn required(
    reader: &mut Reader<'_>,
    attribute: &str,
    value: &Value<Number>,
    bounds: std::ops::RangeInclusive<u64>,
    unit: &str,
) -> Option<u32> {
    reader.required(&attribute.into(), value)?;
    reader
        .whole(&attribute.into(), value, &bounds, unit)
        .and_then(|whole| u32::try_from(whole).ok())
}

fn environment(reader: &mut Reader<'_>, state: &FunctionState) -> BTreeMap<String, String> {
    let path = tfplugin::AttributePath::of("environment");
    let variables = reader
        .optional(&path, &state.environment)
        .into_iter()
        .flatten();
    let read = variables.filter_map(|(name, value)| {
        let value = reader.required(&path.clone().key(name), value)?;
        Some((name.clone(), value.clone()))
    });
    read.collect()
}

fn check_name(reader: &mut Reader<'_>, name: &str) {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(is_allowed) {
        let detail = format!(
            "Lambda does not take the name `{name}`. Use 1 to 64 letters, digits, `_` and `-`."
        );
        reader.wrong("name".into(), "Invalid function name", detail);
    }
}
