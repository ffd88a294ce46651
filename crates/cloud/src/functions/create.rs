//! A task's function for the first time: function, first version and alias.

use aws_sdk_lambda::types::{FunctionCode, Runtime};

use super::alias::move_alias;
use super::code::Code;
use super::publish::{environment, publish, update_and_publish, whole};
use super::spec::{FunctionSpec, TAG_APPLICATION, TAG_TASK};
use super::tags::{Owner, owner, set_tags};
use super::wait::settled;
use crate::connect::Clients;
use crate::error::{Error, Kind};
use crate::patience::{Patience, patiently};

/// A function that serves its release behind its alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The function's ARN, without a qualifier.
    pub arn: String,
    /// The version that the alias serves.
    pub version: u64,
    /// Whether the function existed already and bears this application's tags.
    pub adopted: bool,
}

/// Creates a function, publishes its release and points its alias at it.
///
/// A function that exists already and is tagged as this application's task is taken over, so
/// that an apply that was interrupted can go on; [`Kind::Conflict`] where it is tagged otherwise.
pub async fn create(clients: &Clients, spec: &FunctionSpec, code: &Code) -> Result<Created, Error> {
    let created = patiently(Patience::CHANGING, || create_function(clients, spec, code)).await;
    let (arn, version, adopted) = match created {
        Ok(arn) => {
            settled(clients, &spec.name).await?;
            (arn, publish(clients, spec, code).await?, false)
        }
        Err(error) if error.kind == Kind::Conflict => {
            let arn = take_over(clients, spec, error).await?;
            (arn, update_and_publish(clients, spec, code).await?, true)
        }
        Err(error) => return Err(error),
    };
    move_alias(clients, &spec.name, &spec.alias, version).await?;
    Ok(Created {
        arn,
        version,
        adopted,
    })
}

async fn create_function(
    clients: &Clients,
    spec: &FunctionSpec,
    code: &Code,
) -> Result<String, Error> {
    let call = clients
        .lambda
        .create_function()
        .function_name(&spec.name)
        .description(spec.label.to_string())
        .memory_size(whole(spec.memory_mb))
        .timeout(whole(spec.timeout_seconds))
        .runtime(Runtime::from(spec.runtime.as_str()))
        .handler(&spec.handler)
        .role(&spec.role)
        .environment(environment(spec))
        .code(FunctionCode::builder().zip_file(code.blob()).build())
        .set_tags(Some(spec.all_tags(clients).into_iter().collect()));
    let answer = call.send().await;
    let answer = answer.map_err(|error| Error::sdk("CreateFunction", &spec.name, &error))?;
    Ok(answer.function_arn.unwrap_or_default())
}

async fn take_over(
    clients: &Clients,
    spec: &FunctionSpec,
    conflict: Error,
) -> Result<String, Error> {
    let Owner { arn, tags } = owner(clients, &spec.name).await?;
    let bears = |tag: &str, value: &str| tags.get(tag).is_some_and(|found| found == value);
    if bears(TAG_APPLICATION, &spec.application) && bears(TAG_TASK, spec.task.as_str()) {
        set_tags(clients, &arn, &tags, &spec.all_tags(clients)).await?;
        return Ok(arn);
    }
    let reason = match tags.get(TAG_APPLICATION) {
        Some(other) => format!(
            "a function of this name exists already and belongs to the application `{other}`, task `{}`",
            tags.get(TAG_TASK).map_or("?", String::as_str)
        ),
        None => "a function of this name exists already, and bears no tag of Fusionize".to_owned(),
    };
    Err(Error { reason, ..conflict })
}
