//! The alias of a function: what its callers meet.

use aws_sdk_lambda::types::AliasRoutingConfiguration;

use crate::connect::Clients;
use crate::error::{Error, Kind};
use crate::patience::{Patience, patiently};

/// The version that an alias serves, alone.
///
/// [`Kind::Conflict`] where the alias stands and serves no version, or more than one: it points at
/// `$LATEST`, or shares its requests among versions.
pub async fn alias_version(clients: &Clients, name: &str, alias: &str) -> Result<u64, Error> {
    let subject = format!("{name}:{alias}");
    let answer = patiently(Patience::LOOKING, || async {
        let answer = clients
            .lambda
            .get_alias()
            .function_name(name)
            .name(alias)
            .send()
            .await;
        answer.map_err(|error| Error::sdk("GetAlias", &subject, &error))
    })
    .await?;
    let conflict = |reason: &str| Error::new(Kind::Conflict, "GetAlias", &subject, reason.into());
    let weights = answer
        .routing_config()
        .and_then(|routing| routing.additional_version_weights());
    if weights.is_some_and(|weights| !weights.is_empty()) {
        return Err(conflict("the alias shares its requests among versions"));
    }
    answer
        .function_version()
        .and_then(|version| version.parse().ok())
        .ok_or_else(|| conflict("the alias points at no published version"))
}

/// Points an alias at a version, wholly and at once; creates it where it is missing.
pub async fn move_alias(
    clients: &Clients,
    name: &str,
    alias: &str,
    version: u64,
) -> Result<(), Error> {
    let moved = patiently(Patience::CHANGING, || update(clients, name, alias, version)).await;
    match moved {
        // Also where the version or the function is missing: then creating says the same.
        Err(error) if error.kind == Kind::NotFound => {
            patiently(Patience::CHANGING, || create(clients, name, alias, version)).await
        }
        other => other,
    }
}

async fn update(clients: &Clients, name: &str, alias: &str, version: u64) -> Result<(), Error> {
    let call = clients
        .lambda
        .update_alias()
        .function_name(name)
        .name(alias)
        .function_version(version.to_string())
        // A share left over from a deployment by hand would go on receiving requests.
        .routing_config(
            AliasRoutingConfiguration::builder()
                .set_additional_version_weights(Some(std::collections::HashMap::new()))
                .build(),
        );
    let answer = call.send().await;
    answer
        .map(drop)
        .map_err(|error| Error::sdk("UpdateAlias", format!("{name}:{alias}"), &error))
}

async fn create(clients: &Clients, name: &str, alias: &str, version: u64) -> Result<(), Error> {
    let call = clients
        .lambda
        .create_alias()
        .function_name(name)
        .name(alias)
        .function_version(version.to_string());
    let answer = call.send().await;
    answer
        .map(drop)
        .map_err(|error| Error::sdk("CreateAlias", format!("{name}:{alias}"), &error))
}

/// Removes an alias. One that is missing is fine, and so is a missing function.
pub async fn delete_alias(clients: &Clients, name: &str, alias: &str) -> Result<(), Error> {
    let deleted = patiently(Patience::CHANGING, || async {
        let answer = clients
            .lambda
            .delete_alias()
            .function_name(name)
            .name(alias)
            .send()
            .await;
        answer.map_err(|error| Error::sdk("DeleteAlias", format!("{name}:{alias}"), &error))
    });
    match deleted.await {
        Err(error) if error.kind != Kind::NotFound => Err(error),
        _ => Ok(()),
    }
}
