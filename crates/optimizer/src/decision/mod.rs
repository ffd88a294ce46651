//! The decision: whether the evidence carries a change of the setup, and why.
//!
//! A change needs complete evidence, an improvement above the threshold, and
//! confidence that it is above zero. What a change does not need is left out
//! (`modest`); what turned out worse is taken back (`revert`).

mod choose;
mod compare;
mod initial;
mod modest;
mod normal;
mod percentile;
mod present;
mod revert;
mod sampling;
mod text;

use fusion_model::{Application, CallGraph, Sampling, Setup};
use serde::{Deserialize, Serialize};

pub use initial::initial;

use crate::configuration;
use crate::deployed::{Deployed, HISTORY_LENGTH, HistoryEntry, Phase};
use crate::forecast::Forecast;
use crate::observation::{Evidence, missing};
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
    /// Hash of the evidence and the configuration that this rests on; its first 12 digits
    /// stand for the configuration alone.
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
    let graph = present::known_calls(application, evidence);
    let question = Question {
        application,
        settings,
        deployed,
        evidence,
        graph: &graph,
    };
    let present = present::repaired(application, &deployed.setup);
    if let Some(setup) = initial::pinned(application, &graph, settings, &present) {
        return question.answer(setup, Phase::Pinned, Story::of("The setup is pinned"));
    }
    if settings.hold {
        return question.keep(present, Story::of("Keep the setup: the mode is hold"));
    }
    if deployed.basis_sha256.as_deref() == Some(&question.basis()) {
        return question.keep(
            present,
            Story::of("Keep the setup: no new evidence since it was decided"),
        );
    }
    if let Some(revert) = revert::revert(application, settings, deployed, evidence) {
        let story = Story {
            summary: format!("Back to the setup before: {}", revert.because.join("; ")),
            because: revert.because,
            ..Story::default()
        };
        return question.answer(revert.setup, Phase::Reverted, story);
    }
    let missing = missing(application, settings, deployed, evidence, &graph);
    if let Some(first) = missing.first() {
        let story = Story {
            summary: format!("Keep the setup: {first}"),
            because: missing,
            ..Story::default()
        };
        return question.keep(present, story);
    }
    choose::choose(&question, &present)
}

/// What is asked of a decision.
struct Question<'a> {
    application: &'a Application,
    settings: &'a Settings,
    deployed: &'a Deployed,
    evidence: &'a Evidence,
    /// Declared and observed calls.
    graph: &'a CallGraph,
}

/// The texts and figures of a decision.
#[derive(Default)]
struct Story {
    forecast: Forecast,
    summary: String,
    because: Vec<String>,
    evidence: Vec<String>,
    instead_of: Vec<String>,
    sampling: Option<Sampling>,
}

impl Story {
    fn of(summary: &str) -> Self {
        Self {
            summary: summary.to_owned(),
            ..Self::default()
        }
    }
}

impl Question<'_> {
    fn basis(&self) -> String {
        basis(self.application, self.settings, self.evidence)
    }

    /// The present setup goes on; it may have had to be repaired.
    fn keep(&self, present: Setup, story: Story) -> Decision {
        self.answer(present, self.deployed.phase, story)
    }

    fn answer(&self, setup: Setup, phase: Phase, story: Story) -> Decision {
        let deployed = self.deployed;
        let notation = setup.notation(self.application, self.graph);
        let setup_id = fusion_model::hash::short_id(&notation);
        let changed = setup != deployed.setup;
        let is_new = changed && notation != deployed.setup.notation(self.application, self.graph);
        let generation = deployed.generation + u64::from(is_new);
        let phase = if changed { phase } else { deployed.phase };
        let mut history = deployed.history.clone();
        if is_new {
            let entry = HistoryEntry {
                generation,
                setup_id: setup_id.clone(),
                notation: notation.clone(),
                phase,
                summary: story.summary.clone(),
            };
            history.insert(0, entry);
            history.truncate(HISTORY_LENGTH);
        }
        Decision {
            setup,
            changed,
            generation,
            setup_id,
            notation,
            phase,
            sampling: story
                .sampling
                .filter(|_| is_new)
                .unwrap_or(deployed.sampling),
            forecast: story.forecast,
            summary: story.summary,
            because: story.because,
            evidence: story.evidence,
            instead_of: story.instead_of,
            history,
            basis_sha256: self.basis(),
        }
    }
}

/// The hash of everything that a decision rests on beside what is deployed.
fn basis(application: &Application, settings: &Settings, evidence: &Evidence) -> String {
    let text = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
    let everything_sha256 = fusion_model::hash::sha256_hex(format!(
        "{}\n{}\n{}\n",
        text(serde_json::to_string(application)),
        text(serde_json::to_string(settings)),
        text(serde_json::to_string(evidence)),
    ));
    configuration::basis(application, settings, &everything_sha256)
}
