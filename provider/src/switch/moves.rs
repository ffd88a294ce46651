//! What a switch does with many functions at a time.
//!
//! Owns concurrency and the order: first every alias moves, then functions that left are deleted,
//! then old versions go. A function that fails does not keep the others from moving.

use std::collections::BTreeMap;

use fusion_cloud::functions::{
    TAG_APPLICATION, alias_version, delete, delete_alias, move_alias, owner, prune,
};
use fusion_cloud::{Clients, Error, Kind};
use futures::{StreamExt, stream};
use tfplugin::{AttributePath, Diagnostics};

use super::state::{SwitchState, Wanted};
use crate::faults;

/// Functions that are worked on at a time. Lambda allows about 15 control plane calls a second.
const AT_A_TIME: usize = 10;
/// Published versions that stay: the one that is served, and the one before.
const VERSIONS_KEPT: usize = 2;

/// Looks which versions the aliases serve. One that is missing, or does not serve one version
/// alone, is left out: then the plan has it moved.
pub async fn look(
    clients: &Clients,
    state: SwitchState,
    diagnostics: &mut Diagnostics,
) -> SwitchState {
    let Ok(known) = super::state::known(&state, &mut Diagnostics::new()) else {
        return state;
    };
    let asked = each(known.versions.keys(), |name| {
        alias_version(clients, name, &known.alias)
    })
    .await;
    let mut served = known.versions.clone();
    let mut failures = Vec::new();
    for (name, answer) in asked {
        match answer {
            Ok(version) => {
                served.insert(name, version);
            }
            Err(error) if matches!(error.kind, Kind::NotFound | Kind::Conflict) => {
                served.remove(&name);
            }
            Err(error) => failures.push(error),
        }
    }
    if let Some(first) = failures.first() {
        let detail = format!(
            "For {} of {} aliases it could not be learnt what they serve, so that they count as before. {}",
            failures.len(),
            known.versions.len(),
            faults::told(first)
        );
        diagnostics.warning("versions", "Aliases not looked at", detail);
    }
    if served == known.versions {
        state
    } else {
        state.with_versions(served)
    }
}

/// Moves, deletes, prunes; gives back the versions that are served in the end.
pub async fn switch(
    clients: &Clients,
    prior: Option<&Wanted>,
    wanted: &Wanted,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, u64> {
    let mut served = prior
        .map(|prior| prior.versions.clone())
        .unwrap_or_default();
    let moving: BTreeMap<_, _> = wanted
        .versions
        .iter()
        .filter(|(name, version)| served.get(*name) != Some(version))
        .collect();
    let moved = each(moving.keys().copied(), |name| {
        let version = wanted.versions.get(name).copied().unwrap_or_default();
        move_alias(clients, name, &wanted.alias, version)
    })
    .await;
    let mut to_prune = Vec::new();
    for (name, outcome) in moved {
        match outcome {
            Ok(()) => {
                served.extend(
                    wanted
                        .versions
                        .get_key_value(&name)
                        .map(|(name, version)| (name.clone(), *version)),
                );
                to_prune.push(name);
            }
            Err(error) => {
                let path = AttributePath::of("versions").key(&name);
                let detail = format!(
                    "The function goes on serving what it served. {}",
                    faults::told(&error)
                );
                diagnostics.error(path, "Alias not moved", detail);
            }
        }
    }
    // While an alias is left behind, somebody may still call what is to be deleted.
    if !diagnostics.has_errors() {
        delete_left(clients, prior, wanted, &mut served, diagnostics).await;
        prune_old(clients, &to_prune, diagnostics).await;
    }
    served
}

/// Removes every alias, so that the functions' own destruction deletes them.
pub async fn remove(clients: &Clients, prior: &Wanted, diagnostics: &mut Diagnostics) {
    let removed = each(prior.versions.keys(), |name| {
        delete_alias(clients, name, &prior.alias)
    })
    .await;
    for (name, outcome) in removed {
        if let Err(error) = outcome {
            let path = AttributePath::of("versions").key(&name);
            diagnostics.error(path, "Alias not removed", faults::told(&error));
        }
    }
}

async fn delete_left(
    clients: &Clients,
    prior: Option<&Wanted>,
    wanted: &Wanted,
    served: &mut BTreeMap<String, u64>,
    diagnostics: &mut Diagnostics,
) {
    let known = prior.into_iter().flat_map(|prior| prior.versions.keys());
    let left: Vec<&String> = known
        .filter(|name| !wanted.versions.contains_key(*name))
        .collect();
    let deleted = each(left.into_iter(), |name| {
        delete_own(clients, name, &wanted.application)
    })
    .await;
    for (name, outcome) in deleted {
        match outcome {
            Ok(Left::Gone) => {
                served.remove(&name);
            }
            Ok(Left::Foreign) => {
                served.remove(&name);
                let detail = format!(
                    "`{name}` left the application, but does not bear its tag `{TAG_APPLICATION}`, so that it was not \
                     deleted. Delete it by hand where it is not needed."
                );
                diagnostics.warning("versions", "Foreign function left alone", detail);
            }
            Err(error) => {
                let detail = format!(
                    "It left the application and is still there. {}",
                    faults::told(&error)
                );
                diagnostics.error("versions", "Function not deleted", detail);
            }
        }
    }
}

enum Left {
    Gone,
    Foreign,
}

async fn delete_own(clients: &Clients, name: &str, application: &str) -> Result<Left, Error> {
    let tags = match owner(clients, name).await {
        Ok(owner) => owner.tags,
        Err(error) if error.is_not_found() => return Ok(Left::Gone),
        Err(error) => return Err(error),
    };
    if tags
        .get(TAG_APPLICATION)
        .is_none_or(|owner| owner != application)
    {
        return Ok(Left::Foreign);
    }
    delete(clients, name).await.map(|_| Left::Gone)
}

/// What stays unpruned costs nothing but space: a warning.
async fn prune_old(clients: &Clients, names: &[String], diagnostics: &mut Diagnostics) {
    let pruned = each(names.iter(), |name| prune(clients, name, VERSIONS_KEPT)).await;
    let failures: Vec<Error> = pruned
        .into_iter()
        .filter_map(|(_, outcome)| outcome.err())
        .collect();
    if let Some(first) = failures.first() {
        let detail = format!(
            "They are tried again with the next change. {}",
            faults::told(first)
        );
        diagnostics.warning("versions", "Old versions not pruned", detail);
    }
}

/// Works on many functions, some at a time; outcomes in the order of names.
async fn each<'n, T, F>(
    names: impl Iterator<Item = &'n String> + Send,
    work: impl Fn(&'n str) -> F + Send,
) -> Vec<(String, T)>
where
    T: Send,
    F: Future<Output = T> + Send + 'n,
{
    let (names, running): (Vec<String>, Vec<F>) =
        names.map(|name| (name.clone(), work(name))).unzip();
    let outcomes: Vec<T> = stream::iter(running).buffered(AT_A_TIME).collect().await;
    names.into_iter().zip(outcomes).collect()
}
