//! What a function, or one version of it, is at this moment.

use std::collections::BTreeMap;

use aws_sdk_lambda::types::FunctionConfiguration;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use fusion_model::release::VersionLabel;

use super::spec::FunctionSpec;
use crate::connect::Clients;
use crate::error::{Error, Kind};
use crate::patience::{Patience, patiently};

/// One version of a function, or its unpublished `$LATEST`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The ARN, with the qualifier under which it was asked for.
    pub arn: String,
    /// The version's number; `None` for `$LATEST`.
    pub version: Option<u64>,
    /// The release, where the description is one of ours.
    pub label: Option<VersionLabel>,
    /// Memory in MB.
    pub memory_mb: u32,
    /// How long one invocation may take.
    pub timeout_seconds: u32,
    /// The language runtime; empty for container images.
    pub runtime: String,
    /// The handler.
    pub handler: String,
    /// ARN of the role.
    pub role: String,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Base64 of the SHA-256 of the zip.
    pub code_sha256_base64: String,
    /// When this version's code or configuration was changed, in seconds since 1970; `None`
    /// where the answer does not say.
    pub modified_epoch_s: Option<u64>,
}

/// The version that a function serves behind an alias. One call.
///
/// [`Kind::NotFound`] where the function or the alias does not exist.
pub async fn served(clients: &Clients, name: &str, alias: &str) -> Result<Configuration, Error> {
    configuration(clients, name, Some(alias)).await
}

/// What of a function is not published yet: its `$LATEST`.
pub async fn latest(clients: &Clients, name: &str) -> Result<Configuration, Error> {
    configuration(clients, name, None).await
}

async fn configuration(
    clients: &Clients,
    name: &str,
    qualifier: Option<&str>,
) -> Result<Configuration, Error> {
    let subject = qualifier.map_or_else(|| name.to_owned(), |alias| format!("{name}:{alias}"));
    let asked = patiently(Patience::LOOKING, || async {
        let call = clients
            .lambda
            .get_function_configuration()
            .function_name(name);
        let answer = call
            .set_qualifier(qualifier.map(str::to_owned))
            .send()
            .await;
        answer.map_err(|error| Error::sdk("GetFunctionConfiguration", &subject, &error))
    });
    let answer = asked.await?;
    let reader = Reader {
        operation: "GetFunctionConfiguration",
        subject: &subject,
    };
    reader.read(&Parts {
        arn: answer.function_arn(),
        version: answer.version(),
        description: answer.description(),
        memory_mb: answer.memory_size(),
        timeout_seconds: answer.timeout(),
        runtime: answer.runtime().map(aws_sdk_lambda::types::Runtime::as_str),
        handler: answer.handler(),
        role: answer.role(),
        variables: answer
            .environment()
            .and_then(|environment| environment.variables()),
        code_sha256: answer.code_sha256(),
        last_modified: answer.last_modified(),
    })
}

impl Configuration {
    /// Reads an entry of a list.
    pub(crate) fn of_entry(entry: &FunctionConfiguration, name: &str) -> Result<Self, Error> {
        let reader = Reader {
            operation: "ListVersionsByFunction",
            subject: name,
        };
        reader.read(&Parts {
            arn: entry.function_arn(),
            version: entry.version(),
            description: entry.description(),
            memory_mb: entry.memory_size(),
            timeout_seconds: entry.timeout(),
            runtime: entry.runtime().map(aws_sdk_lambda::types::Runtime::as_str),
            handler: entry.handler(),
            role: entry.role(),
            variables: entry
                .environment()
                .and_then(|environment| environment.variables()),
            code_sha256: entry.code_sha256(),
            last_modified: entry.last_modified(),
        })
    }

    /// Whether it is configured as wanted, its release included; its code is not looked at.
    pub fn is_configured_as(&self, spec: &FunctionSpec) -> bool {
        self.label.as_ref() == Some(&spec.label)
            && self.memory_mb == spec.memory_mb
            && self.timeout_seconds == spec.timeout_seconds
            && self.runtime == spec.runtime
            && self.handler == spec.handler
            && self.role == spec.role
            && self.environment == spec.environment
    }
}

/// The members that all of Lambda's many configuration shapes have in common.
struct Parts<'a> {
    arn: Option<&'a str>,
    version: Option<&'a str>,
    description: Option<&'a str>,
    memory_mb: Option<i32>,
    timeout_seconds: Option<i32>,
    runtime: Option<&'a str>,
    handler: Option<&'a str>,
    role: Option<&'a str>,
    variables: Option<&'a std::collections::HashMap<String, String>>,
    code_sha256: Option<&'a str>,
    last_modified: Option<&'a str>,
}

struct Reader<'a> {
    operation: &'static str,
    subject: &'a str,
}

impl Reader<'_> {
    fn read(&self, parts: &Parts<'_>) -> Result<Configuration, Error> {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let variables = parts.variables.into_iter().flatten();
        Ok(Configuration {
            arn: text(parts.arn),
            version: self.version(parts.version)?,
            label: parts
                .description
                .and_then(|description| description.parse().ok()),
            memory_mb: self.number("MemorySize", parts.memory_mb)?,
            timeout_seconds: self.number("Timeout", parts.timeout_seconds)?,
            runtime: text(parts.runtime),
            handler: text(parts.handler),
            role: text(parts.role),
            environment: variables
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            code_sha256_base64: text(parts.code_sha256),
            modified_epoch_s: parts.last_modified.and_then(epoch_s),
        })
    }

    fn version(&self, version: Option<&str>) -> Result<Option<u64>, Error> {
        match version {
            None | Some("$LATEST") => Ok(None),
            Some(number) => number
                .parse()
                .map(Some)
                .map_err(|_| self.unreadable("Version")),
        }
    }

    fn number(&self, member: &str, value: Option<i32>) -> Result<u32, Error> {
        value
            .and_then(|value| u32::try_from(value).ok())
            .ok_or_else(|| self.unreadable(member))
    }

    fn unreadable(&self, member: &str) -> Error {
        let reason = format!("the answer's `{member}` is missing or makes no sense");
        Error::new(Kind::Other, self.operation, self.subject, reason)
    }
}

/// Seconds since 1970 of Lambda's form of a time, `2026-11-24T12:00:00.000+0000`.
fn epoch_s(text: &str) -> Option<u64> {
    let utc = text.strip_suffix("+0000")?;
    let time = DateTime::from_str(&format!("{utc}Z"), Format::DateTime).ok()?;
    u64::try_from(time.secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::epoch_s;

    #[test]
    fn lambdas_times_are_read() {
        assert_eq!(epoch_s("2026-11-24T12:00:01.500+0000"), Some(1_795_521_601));
        assert_eq!(epoch_s("yesterday"), None);
    }
}
