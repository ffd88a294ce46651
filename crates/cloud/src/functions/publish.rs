//! Publishing a release of a function: code and configuration as one version.

use aws_sdk_lambda::types::{Environment, Runtime};

use super::code::Code;
use super::configuration::{Configuration, latest};
use super::prune::versions;
use super::spec::FunctionSpec;
use super::wait::settled;
use crate::connect::Clients;
use crate::error::{Error, Kind};
use crate::patience::{Patience, patiently};

/// The newest published version's number, if it is the wanted release already.
///
/// An apply that was interrupted has published it, or somebody applies on another machine. A
/// version that was published by hand may bear the label too, since it inherits it: so the hash
/// of the code ([`Code::sha256_base64`]) is compared, except where it is `None`.
pub async fn find_published(
    clients: &Clients,
    spec: &FunctionSpec,
    code_sha256_base64: Option<&str>,
) -> Result<Option<u64>, Error> {
    let newest = versions(clients, &spec.name)
        .await?
        .into_iter()
        .max_by_key(|found| found.version);
    let fits = |found: &Configuration| {
        found.is_configured_as(spec)
            && code_sha256_base64.is_none_or(|code| code == found.code_sha256_base64)
    };
    Ok(newest.filter(fits).and_then(|found| found.version))
}

/// Publishes a release, and gives the version's number. Moves no alias.
///
/// Changes nothing where the newest version is that release already.
pub async fn update_and_publish(
    clients: &Clients,
    spec: &FunctionSpec,
    code: &Code,
) -> Result<u64, Error> {
    if let Some(found) = find_published(clients, spec, Some(code.sha256_base64())).await? {
        return Ok(found);
    }
    settled(clients, &spec.name).await?;
    let now = latest(clients, &spec.name).await?;
    if !now.is_configured_as(spec) {
        configure(clients, spec).await?;
        settled(clients, &spec.name).await?;
    }
    if now.code_sha256_base64 != code.sha256_base64() {
        upload(clients, spec, code).await?;
        settled(clients, &spec.name).await?;
    }
    publish(clients, spec, code).await
}

async fn configure(clients: &Clients, spec: &FunctionSpec) -> Result<(), Error> {
    patiently(Patience::CHANGING, || async {
        let call = clients
            .lambda
            .update_function_configuration()
            .function_name(&spec.name)
            .description(spec.label.to_string())
            .memory_size(whole(spec.memory_mb))
            .timeout(whole(spec.timeout_seconds))
            .runtime(Runtime::from(spec.runtime.as_str()))
            .handler(&spec.handler)
            .role(&spec.role)
            .environment(environment(spec));
        let answer = call.send().await;
        answer.map_err(|error| Error::sdk("UpdateFunctionConfiguration", &spec.name, &error))
    })
    .await
    .map(drop)
}

async fn upload(clients: &Clients, spec: &FunctionSpec, code: &Code) -> Result<(), Error> {
    patiently(Patience::CHANGING, || async {
        let call = clients
            .lambda
            .update_function_code()
            .function_name(&spec.name);
        let answer = call.zip_file(code.blob()).send().await;
        answer.map_err(|error| Error::sdk("UpdateFunctionCode", &spec.name, &error))
    })
    .await
    .map(drop)
}

/// Publishes `$LATEST`, and makes sure that it was ours.
pub(super) async fn publish(
    clients: &Clients,
    spec: &FunctionSpec,
    code: &Code,
) -> Result<u64, Error> {
    let answer = patiently(Patience::CHANGING, || async {
        let call = clients
            .lambda
            .publish_version()
            .function_name(&spec.name)
            .description(spec.label.to_string())
            .code_sha256(code.sha256_base64());
        let answer = call.send().await;
        answer.map_err(|error| Error::sdk("PublishVersion", &spec.name, &error))
    })
    .await?;
    let refuse = |reason: String| Error::new(Kind::Conflict, "PublishVersion", &spec.name, reason);
    let ours = answer.description() == Some(spec.label.to_string().as_str())
        && answer.memory_size() == Some(whole(spec.memory_mb));
    if !ours {
        return Err(refuse(
            "somebody else changed the function at the same time".to_owned(),
        ));
    }
    let version = answer.version().and_then(|version| version.parse().ok());
    version.ok_or_else(|| refuse("the answer has no version number".to_owned()))
}

pub(super) fn environment(spec: &FunctionSpec) -> Environment {
    let variables = spec.environment.clone().into_iter().collect();
    Environment::builder()
        .set_variables(Some(variables))
        .build()
}

/// The SDK's form of a number that Lambda bounds far below this.
pub(super) fn whole(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
