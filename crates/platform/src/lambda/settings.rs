//! What a request may say of a function's configuration, and whether it can be: here what concerns
//! the function as a whole, its [`variables`] and its [`logging`] in files of their own.

mod logging;
mod variables;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::check::Violations;
use super::error::ApiError;
use super::model::{Logging, Settings};
use logging::LoggingRequest;

/// The runtimes that the platform runs with a runtime client of its own.
pub const NODE_RUNTIMES: [&str; 2] = ["nodejs22.x", "nodejs24.x"];
/// The runtimes whose packages bring a program named `bootstrap`, which is the runtime client.
pub const PROVIDED_RUNTIMES: [&str; 2] = ["provided.al2", "provided.al2023"];
/// Runtimes that AWS Lambda no longer takes.
const RETIRED: [&str; 12] = [
    "nodejs",
    "nodejs4.3",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "nodejs16.x",
    "nodejs18.x",
    "python2.7",
    "python3.6",
    "python3.7",
];
const ROLE: &str = r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+";

const DEAD_LETTER_TARGET: &str = r"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()";

/// The members of `CreateFunction` and `UpdateFunctionConfiguration` that say how a function is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SettingsRequest {
    runtime: Option<String>,
    role: Option<String>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<i64>,
    memory_size: Option<i64>,
    environment: Option<EnvironmentRequest>,
    architectures: Option<Vec<String>>,
    ephemeral_storage: Option<EphemeralStorage>,
    tracing_config: Option<TracingConfig>,
    logging_config: Option<LoggingRequest>,
    dead_letter_config: Option<DeadLetterConfig>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    package_type: Option<String>,
    layers: Option<Vec<Value>>,
    vpc_config: Option<VpcConfig>,
    file_system_configs: Option<Vec<Value>>,
    snap_start: Option<SnapStart>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct EnvironmentRequest {
    variables: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EphemeralStorage {
    size: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TracingConfig {
    mode: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DeadLetterConfig {
    target_arn: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct VpcConfig {
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SnapStart {
    apply_on: Option<String>,
}

impl SettingsRequest {
    /// The configuration of a new function.
    pub fn create(
        self,
        name: &str,
        architectures: Option<Vec<String>>,
    ) -> Result<Settings, ApiError> {
        let mut violations = Violations::default();
        if self.role.is_none() {
            violations.missing("role");
        }
        violations.into_result()?;
        for (member, value) in [("Runtime", &self.runtime), ("Handler", &self.handler)] {
            if value.is_none() {
                return Err(ApiError::invalid(format!(
                    "{member} is mandatory for functions created with deployment packages."
                )));
            }
        }
        let fresh = Settings {
            runtime: String::new(),
            role: String::new(),
            handler: String::new(),
            description: String::new(),
            timeout_seconds: 3,
            memory_mb: 128,
            environment: None,
            architecture: "x86_64".into(),
            ephemeral_storage_mb: 512,
            tracing_mode: "PassThrough".into(),
            logging: Logging {
                json: false,
                application_level: "INFO".into(),
                system_level: "INFO".into(),
                group: format!("/aws/lambda/{name}"),
            },
            dead_letter_target: None,
            kms_key_arn: None,
        };
        Self {
            architectures,
            ..self
        }
        .update(&fresh)
    }

    /// The architectures asked for, which also `UpdateFunctionCode` may change.
    pub fn architectures(&mut self) -> Option<Vec<String>> {
        self.architectures.take()
    }

    /// `settings` with what the request says.
    pub fn update(self, settings: &Settings) -> Result<Settings, ApiError> {
        self.check_shape()?;
        self.refuse_what_is_not_here()?;
        let mut settings = settings.clone();
        if let Some(runtime) = self.runtime {
            settings.runtime = check_runtime(runtime)?;
        }
        if let Some(variables) = self.environment.and_then(|given| given.variables) {
            settings.environment = Some(variables::check(variables)?);
        }
        if let Some(logging) = self.logging_config {
            settings.logging = logging.apply(settings.logging)?;
        }
        if let Some(architecture) = self.architectures.and_then(|list| list.into_iter().next()) {
            settings.architecture = architecture;
        }
        set(&mut settings.role, self.role);
        set(&mut settings.handler, self.handler);
        set(&mut settings.description, self.description);
        set(
            &mut settings.tracing_mode,
            self.tracing_config.and_then(|config| config.mode),
        );
        let numbers = [
            (&mut settings.timeout_seconds, self.timeout),
            (&mut settings.memory_mb, self.memory_size),
            (
                &mut settings.ephemeral_storage_mb,
                self.ephemeral_storage.map(|one| one.size),
            ),
        ];
        for (place, given) in numbers {
            set(place, given.and_then(|number| u32::try_from(number).ok()));
        }
        if let Some(config) = self.dead_letter_config {
            settings.dead_letter_target = config.target_arn.filter(|arn| !arn.is_empty());
        }
        if let Some(key) = self.kms_key_arn {
            settings.kms_key_arn = Some(key).filter(|arn| !arn.is_empty());
        }
        Ok(settings)
    }

    fn check_shape(&self) -> Result<(), ApiError> {
        let mut violations = Violations::default();
        if let Some(role) = self.role.as_deref().filter(|role| !is_role(role)) {
            violations.pattern("role", role, ROLE);
        }
        if let Some(handler) = &self.handler {
            if handler.len() > 128 {
                violations.longer_than("handler", handler, 128);
            }
            if handler.is_empty() || handler.contains(char::is_whitespace) {
                violations.pattern("handler", handler, r"[^\s]+");
            }
        }
        if let Some(text) = self
            .description
            .as_deref()
            .filter(|text| text.chars().count() > 256)
        {
            violations.longer_than("description", text, 256);
        }
        if let Some(timeout) = self.timeout {
            violations.range("timeout", timeout, 1, 900);
        }
        if let Some(memory) = self.memory_size {
            violations.range("memorySize", memory, 128, 10_240);
        }
        if let Some(storage) = &self.ephemeral_storage {
            violations.range("ephemeralStorage.size", storage.size, 512, 10_240);
        }
        if let Some(mode) = self
            .tracing_config
            .as_ref()
            .and_then(|config| config.mode.as_deref())
            && !["Active", "PassThrough"].contains(&mode)
        {
            violations.one_of("tracingConfig.mode", mode, &["Active", "PassThrough"]);
        }
        check_architectures(self.architectures.as_deref(), &mut violations);
        let target = self.dead_letter_config.as_ref();
        if let Some(target) = target.and_then(|config| config.target_arn.as_deref())
            && !target.is_empty()
            && !target.starts_with("arn:")
        {
            violations.pattern("deadLetterConfig.targetArn", target, DEAD_LETTER_TARGET);
        }
        violations.into_result()
    }

    fn refuse_what_is_not_here(&self) -> Result<(), ApiError> {
        let vpc = self.vpc_config.as_ref();
        let vpc =
            vpc.is_some_and(|vpc| !vpc.subnet_ids.is_empty() || !vpc.security_group_ids.is_empty());
        let image = self
            .package_type
            .as_deref()
            .is_some_and(|kind| kind != "Zip");
        let layers = self
            .layers
            .as_ref()
            .is_some_and(|layers| !layers.is_empty());
        let files = self
            .file_system_configs
            .as_ref()
            .is_some_and(|list| !list.is_empty());
        let snapshots = self
            .snap_start
            .as_ref()
            .and_then(|start| start.apply_on.as_deref());
        let snapshots = snapshots.is_some_and(|when| when != "None");
        let absent = [
            (vpc, "VpcConfig"),
            (image, "PackageType other than Zip"),
            (layers, "Layers"),
            (files, "FileSystemConfigs"),
            (snapshots, "SnapStart"),
        ];
        let named = absent.into_iter().find(|(asked, _)| *asked);
        named.map_or(Ok(()), |(_, what)| {
            Err(ApiError::invalid(format!(
                "{what} is not available on the local platform. Leave it out for this endpoint."
            )))
        })
    }
}

/// Whether every architecture asked for exists.
pub fn check_architectures(given: Option<&[String]>, violations: &mut Violations) {
    let Some(given) = given else { return };
    let shown = format!("[{}]", given.join(", "));
    if given.len() > 1 {
        violations.longer_than("architectures", &shown, 1);
    } else if given.iter().any(|one| one != "x86_64" && one != "arm64") {
        let constraint = "Member must satisfy constraint: [Member must satisfy enum value set: \
                          [x86_64, arm64], Member must not be null]";
        violations.other("architectures", &shown, constraint);
    }
}

fn set<T>(place: &mut T, given: Option<T>) {
    if let Some(value) = given {
        *place = value;
    }
}

fn is_role(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [arn, partition, iam, region, account, resource] = parts.as_slice() else {
        return false;
    };
    let role = resource
        .strip_prefix("role")
        .map(|rest| rest.strip_prefix('/').unwrap_or(rest));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@-_/".contains(&byte);
    *arn == "arn"
        && partition.starts_with("aws")
        && *iam == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && role.is_some_and(|name| !name.is_empty() && name.bytes().all(allowed))
}

fn check_runtime(runtime: String) -> Result<String, ApiError> {
    let known = [NODE_RUNTIMES, PROVIDED_RUNTIMES].concat();
    if known.contains(&runtime.as_str()) {
        return Ok(runtime);
    }
    Err(ApiError::invalid(if RETIRED.contains(&runtime.as_str()) {
        format!(
            "The runtime parameter of {runtime} is no longer supported for creating or updating \
             AWS Lambda functions. We recommend you use a supported runtime while creating or \
             updating functions."
        )
    } else {
        format!(
            "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum \
             value set: [{}] or be a valid ARN",
            known.join(", ")
        )
    }))
}
