//! What is deployed: the setup with its history, as the caller keeps it.

use std::collections::BTreeMap;
use std::fmt;

use fusion_model::{ReleaseId, Sampling, Setup, TaskName};
use serde::{Deserialize, Serialize};

/// How many setups the history keeps.
pub const HISTORY_LENGTH: usize = 20;

/// How a setup came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Before anything was measured.
    Initial,
    /// From evidence.
    Optimized,
    /// Back to the setup before, because the next was worse.
    Reverted,
    /// Given by the operator.
    Pinned,
}

impl Phase {
    /// The phase's text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Optimized => "optimized",
            Self::Reverted => "reverted",
            Self::Pinned => "pinned",
        }
    }

    /// Reads the text of [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Initial, Self::Optimized, Self::Reverted, Self::Pinned]
            .into_iter()
            .find(|phase| phase.as_str() == text)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// One function as it is deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployedFunction {
    /// The release that its alias should serve.
    pub release: ReleaseId,
    /// How often the release was published anew.
    pub attempt: u32,
}

/// A setup of the past or the present one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The setup's number.
    pub generation: u64,
    /// The setup's id.
    pub setup_id: String,
    /// The active groups.
    pub notation: String,
    /// How it came about.
    pub phase: Phase,
    /// The decision for it.
    pub summary: String,
}

/// What is deployed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployed {
    /// The group of every task's function.
    pub setup: Setup,
    /// The setup's number, from 1.
    pub generation: u64,
    /// How the setup came about.
    pub phase: Phase,
    /// Which requests are measured.
    pub sampling: Sampling,
    /// Every function by its root.
    pub functions: BTreeMap<TaskName, DeployedFunction>,
    /// The last setups with the present one, newest first.
    pub history: Vec<HistoryEntry>,
    /// [`crate::Decision::basis_sha256`] of the last decision that was applied.
    pub basis_sha256: Option<String>,
}
