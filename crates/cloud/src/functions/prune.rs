//! Old versions that nothing refers to any more.

use std::collections::BTreeSet;

use super::configuration::Configuration;
use crate::connect::Clients;
use crate::error::{Error, Kind};
use crate::patience::{Patience, patiently};

/// Deletes published versions of a function, except the newest `keep` and those that an alias
/// points at or shares requests with. Gives back the numbers of the deleted ones.
pub async fn prune(clients: &Clients, name: &str, keep: usize) -> Result<Vec<u64>, Error> {
    let known = versions(clients, name).await?;
    let mut numbers: Vec<u64> = known.iter().filter_map(|version| version.version).collect();
    numbers.sort_unstable();
    numbers.truncate(numbers.len().saturating_sub(keep));
    if numbers.is_empty() {
        return Ok(numbers);
    }
    let used = referenced(clients, name).await?;
    let mut deleted = Vec::new();
    for version in numbers
        .into_iter()
        .filter(|version| !used.contains(version))
    {
        match delete_version(clients, name, version).await {
            Ok(()) => deleted.push(version),
            // An alias was moved to it in the meantime.
            Err(error) if error.kind == Kind::Conflict => {}
            Err(error) => return Err(error),
        }
    }
    Ok(deleted)
}

/// All published versions of a function.
pub(super) async fn versions(clients: &Clients, name: &str) -> Result<Vec<Configuration>, Error> {
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let page = patiently(Patience::LOOKING, || async {
            let call = clients
                .lambda
                .list_versions_by_function()
                .function_name(name);
            let answer = call.set_marker(marker.clone()).send().await;
            answer.map_err(|error| Error::sdk("ListVersionsByFunction", name, &error))
        })
        .await?;
        for entry in page.versions() {
            let version = Configuration::of_entry(entry, name)?;
            found.extend(version.version.is_some().then_some(version));
        }
        marker = page.next_marker;
        if marker.as_deref().is_none_or(str::is_empty) {
            return Ok(found);
        }
    }
}

async fn referenced(clients: &Clients, name: &str) -> Result<BTreeSet<u64>, Error> {
    let mut found = BTreeSet::new();
    let mut marker: Option<String> = None;
    loop {
        let page = patiently(Patience::LOOKING, || async {
            let call = clients.lambda.list_aliases().function_name(name);
            let answer = call.set_marker(marker.clone()).send().await;
            answer.map_err(|error| Error::sdk("ListAliases", name, &error))
        })
        .await?;
        for alias in page.aliases() {
            let routing = alias.routing_config();
            let weights = routing.and_then(|routing| routing.additional_version_weights());
            let shared = weights
                .into_iter()
                .flatten()
                .map(|(version, _)| version.as_str());
            let all = alias.function_version().into_iter().chain(shared);
            found.extend(all.filter_map(|version| version.parse::<u64>().ok()));
        }
        marker = page.next_marker;
        if marker.as_deref().is_none_or(str::is_empty) {
            return Ok(found);
        }
    }
}

async fn delete_version(clients: &Clients, name: &str, version: u64) -> Result<(), Error> {
    patiently(Patience::CHANGING, || async {
        let call = clients.lambda.delete_function().function_name(name);
        let answer = call.qualifier(version.to_string()).send().await;
        answer.map_err(|error| Error::sdk("DeleteFunction", format!("{name}:{version}"), &error))
    })
    .await
    .map(drop)
}
