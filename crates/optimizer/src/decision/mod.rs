//! The decision: whether the evidence carries a change of the setup, and why.

mod initial;

use fusion_model::{Application, CallGraph, Sampling, Setup};
use serde::{Deserialize, Serialize};

pub use initial::initial;

use crate::deployed::{Deployed, HistoryEntry, Phase};
use crate::forecast::Forecast;
use crate::observation::Evidence;
use crate::settings::Settings;

/// What to deploy, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// A group for every task.
    pub setup: Setup,
    /// Whether the setup differs from what is deployed (or nothing is).
    pub changed: bool,
    /// The setup's number.
    pub generation: u64,
    /// The setup's id.
    pub setup_id: String,
    /// The active groups.
    pub notation: String,
    /// How the setup came about.
    pub phase: Phase,
    /// Which requests are measured from now on.
    pub sampling: Sampling,
    /// What is expected.
    pub forecast: Forecast,
    /// What changes, in one sentence; or why nothing does.
    pub summary: String,
    /// The reasons.
    pub because: Vec<String>,
    /// What was measured, with sample counts.
    pub evidence: Vec<String>,
    /// What else was considered.
    pub instead_of: Vec<String>,
    /// The last setups with this one, newest first.
    pub history: Vec<HistoryEntry>,
    /// Hash of the evidence and the configuration that this rests on.
    pub basis_sha256: String,
}

/// The setup to deploy next, which may be the present one.
///
/// The answer is a function of the arguments alone. With the evidence and the
/// configuration of the last applied decision ([`Deployed::basis_sha256`]) it is
/// the deployed setup.
pub fn decide(
    application: &Application,
    settings: &Settings,
    deployed: &Deployed,
    evidence: &Evidence,
) -> Decision {
    let mut graph = CallGraph::declared(application);
    graph.extend(&evidence.observed_calls());
    let setup = deployed
        .setup
        .clone()
        .completed(application, &deployed.setup);
    let notation = setup.notation(application, &graph);
    Decision {
        changed: false,
        generation: deployed.generation,
        setup_id: fusion_model::hash::short_id(&notation),
        notation,
        phase: deployed.phase,
        sampling: deployed.sampling,
        forecast: Forecast::default(),
        summary: "Keep the setup".into(),
        because: vec![],
        evidence: vec![],
        instead_of: vec![],
        history: deployed.history.clone(),
        basis_sha256: basis(application, settings, evidence),
        setup,
    }
}

/// The hash of everything that a decision rests on beside what is deployed.
fn basis(application: &Application, settings: &Settings, evidence: &Evidence) -> String {
    let text = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
    fusion_model::hash::sha256_hex(format!(
        "{}\n{}\n{}\n",
        text(serde_json::to_string(application)),
        text(serde_json::to_string(settings)),
        text(serde_json::to_string(evidence)),
    ))
}
