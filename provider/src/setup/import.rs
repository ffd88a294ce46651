//! Taking over a deployed application: `terraform import fusion_setup.this <application>`.
//!
//! Owns the object that an import makes. It counts no generation, and the history is lost.

use std::collections::BTreeMap;

use fusion_cloud::Clients;
use fusion_cloud::functions::TAG_APPLICATION;
use fusion_model::release::SAMPLING_VARIABLE;
use fusion_model::{hash, notation};
use tfplugin::{Diagnostic, Stored};

use super::deployed;
use super::private::Private;
use super::state::{DecisionState, ForecastState, GroupState, HistoryState, SetupState};
use crate::deployment::{Found, find, setup};

/// Reads the setup that is deployed. The id is `<application>` or `<application>:<alias>`.
pub async fn import(
    clients: &Clients,
    id: &str,
) -> Result<Stored<SetupState, Private>, Diagnostic> {
    let (application, alias) = id.split_once(':').unwrap_or((id, "live"));
    if application.is_empty() || alias.is_empty() || alias.contains(':') {
        let detail = format!(
            "`{id}` is no id of a setup. Write the application's name, or `<application>:<alias>` where the alias is not `live`."
        );
        return Err(Diagnostic::error("Invalid import id", detail));
    }
    let found = find(clients, application, alias).await?;
    if found.is_empty() {
        let detail = format!(
            "No function in this account and region bears the tag `{TAG_APPLICATION}` with the value `{application}` and \
             has the alias `{alias}`. Check application, alias, region and account; where it was never deployed, apply it \
             first."
        );
        return Err(Diagnostic::error("Application not found", detail));
    }
    let sampling = found.values().find_map(|found| {
        found
            .served
            .environment
            .get(SAMPLING_VARIABLE)?
            .parse()
            .ok()
    });
    let groups: BTreeMap<String, GroupState> = found
        .iter()
        .map(|(root, found)| (root.to_string(), group(found)))
        .collect();
    let notation = notation::format(&setup(&found));
    let setup_id = hash::short_id(&notation);
    let summary = "Imported as it was deployed".to_owned();
    let history = HistoryState {
        generation: 1,
        setup_id: setup_id.clone(),
        notation: notation.clone(),
        phase: "initial".to_owned(),
        summary: summary.clone(),
    };
    let state = SetupState {
        application: application.into(),
        alias: alias.into(),
        groups: groups.into(),
        setup_id: setup_id.into(),
        notation: notation.into(),
        generation: 1.into(),
        phase: "initial".into(),
        sampling: deployed::sampling(sampling.unwrap_or_default()).into(),
        forecast: ForecastState::default().into(),
        decision: DecisionState {
            summary,
            ..DecisionState::default()
        }
        .into(),
        history: vec![history].into(),
        ..SetupState::default()
    };
    Ok(Stored {
        state,
        private: Private::default(),
    })
}

fn group(found: &Found) -> GroupState {
    GroupState {
        tasks: found
            .manifest
            .tasks
            .keys()
            .map(ToString::to_string)
            .collect(),
        memory_mb: found.served.memory_mb,
        timeout_seconds: found.served.timeout_seconds,
        active: true,
        release: found.label.release.to_string(),
        attempt: found.label.attempt,
    }
}
