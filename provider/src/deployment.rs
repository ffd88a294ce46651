//! What is deployed of an application, found without any state.
//!
//! Owns how an application's functions are found: by their tags, and what each carries by the
//! package behind its alias, since tags hold only application and task.

use std::collections::BTreeMap;
use std::error::Error as _;

use fusion_cloud::Clients;
use fusion_cloud::functions::{
    Configuration, TAG_APPLICATION, TAG_TASK, download_package, owner, served,
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

/// Finds the functions of an application behind an alias, by root.
pub async fn find(
    clients: &Clients,
    application: &str,
    alias: &str,
) -> Result<BTreeMap<TaskName, Found>, Diagnostic> {
    let names = labelled_names(clients).await?;
    let looked: Vec<_> = names
        .iter()
        .map(|name| look(clients, application, alias, name))
        .collect();
    let found: Vec<Option<Found>> = stream::iter(looked)
        .buffered(AT_A_TIME)
        .try_collect()
        .await?;
    let found: BTreeMap<TaskName, Found> = found
        .into_iter()
        .flatten()
        .map(|found| (found.manifest.root.clone(), found))
        .collect();
    if found.is_empty() {
        let detail = format!(
            "No function in this account and region bears the tag `{TAG_APPLICATION}` with the value `{application}`. Check \
             application, region and account; where it was never deployed, apply it first."
        );
        return Err(Diagnostic::error("Application not found", detail));
    }
    Ok(found)
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

/// The names of functions whose description is a release of Fusionize.
async fn labelled_names(clients: &Clients) -> Result<Vec<String>, Diagnostic> {
    let mut names = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let answer = clients.lambda.list_functions().set_marker(marker).send().await.map_err(|error| {
            let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            let detail = format!("ListFunctions failed: {reason}. Check credentials, region and endpoints, then try again.");
            Diagnostic::error("Functions cannot be listed", detail)
        })?;
        let ours = answer.functions().iter().filter(|function| {
            function
                .description()
                .is_some_and(|description| description.parse::<VersionLabel>().is_ok())
        });
        names.extend(ours.filter_map(|function| function.function_name().map(str::to_owned)));
        marker = answer.next_marker;
        if marker.as_deref().is_none_or(str::is_empty) {
            return Ok(names);
        }
    }
}

/// Looks at one function; `None` for another application's.
async fn look(
    clients: &Clients,
    application: &str,
    alias: &str,
    name: &str,
) -> Result<Option<Found>, Diagnostic> {
    let failed = |error| faults::error("Deployed function not readable", &error);
    let tags = owner(clients, name).await.map_err(failed)?.tags;
    if tags
        .get(TAG_APPLICATION)
        .is_none_or(|owner| owner != application)
    {
        return Ok(None);
    }
    let served = served(clients, name, alias).await.map_err(failed)?;
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
