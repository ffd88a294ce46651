//! What is deployed of an application, found without any state.
//!
//! Owns how an application's functions are found: by their tags, and what each carries by the
//! package behind its alias, since tags hold only application and task.

use std::collections::BTreeMap;

use fusion_cloud::Clients;
use fusion_cloud::functions::{
    Configuration, TAG_APPLICATION, TAG_TASK, download_package, labelled, owner, served,
};
use fusion_model::package::FusionJson;
use fusion_model::release::VersionLabel;
use fusion_model::{Group, Setup, TaskName};
use fusion_packaging::read_manifest;
use futures::{StreamExt, TryStreamExt, stream};
use tfplugin::Diagnostic;

use crate::faults;
use crate::folders;

/// Functions that are looked at a time.
const AT_A_TIME: usize = 8;

/// One deployed function.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// The release that its alias serves.
    pub label: VersionLabel,
    /// The version that its alias serves.
    pub served: Configuration,
    /// What it carries.
    pub manifest: FusionJson,
}

/// Finds the functions of an application that serve behind an alias, by root; none where it was
/// never deployed.
pub async fn find(
    clients: &Clients,
    application: &str,
    alias: &str,
) -> Result<BTreeMap<TaskName, Found>, Diagnostic> {
    let names = labelled(clients).await;
    let names = names.map_err(|error| faults::error("Functions cannot be listed", &error))?;
    let looked: Vec<_> = names
        .iter()
        .map(|name| look(clients, application, alias, name))
        .collect();
    let found: Vec<Option<Found>> = stream::iter(looked)
        .buffered(AT_A_TIME)
        .try_collect()
        .await?;
    Ok(found
        .into_iter()
        .flatten()
        .map(|found| (found.manifest.root.clone(), found))
        .collect())
}

/// The groups of what was found. Which of them are active is not known without calls.
pub fn setup(found: &BTreeMap<TaskName, Found>) -> Setup {
    let groups = found.iter().map(|(root, found)| {
        let tasks = found.manifest.tasks.keys().cloned().collect();
        (
            root.clone(),
            Group {
                tasks,
                memory_mb: found.served.memory_mb,
            },
        )
    });
    Setup {
        groups: groups.collect(),
    }
}

/// Looks at one function; `None` for another application's, and for one that is gone by now or
/// has no such alias.
async fn look(
    clients: &Clients,
    application: &str,
    alias: &str,
    name: &str,
) -> Result<Option<Found>, Diagnostic> {
    let failed = |error| faults::error("Deployed function not readable", &error);
    let tags = match owner(clients, name).await {
        Ok(owner) => owner.tags,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if tags
        .get(TAG_APPLICATION)
        .is_none_or(|owner| owner != application)
    {
        return Ok(None);
    }
    let served = match served(clients, name, alias).await {
        Ok(served) => served,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let zip = download_package(clients, name, alias)
        .await
        .map_err(failed)?;
    let manifest = read_manifest(&zip).map_err(|error| folders::problem(&error))?;
    let Some(label) = served.label.clone() else {
        let detail = format!(
            "The alias `{alias}` of `{name}` serves a version that Fusionize did not publish, although the function bears \
             the tags of `{application}` and `{}`. Move the alias to a version whose description begins with `fusion`.",
            tags.get(TAG_TASK).map_or("?", String::as_str)
        );
        return Err(Diagnostic::error("Foreign version served", detail));
    };
    Ok(Some(Found {
        name: name.to_owned(),
        label,
        served,
        manifest,
    }))
}
