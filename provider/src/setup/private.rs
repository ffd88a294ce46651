//! What `fusion_setup` keeps to itself: evidence, and when the present setup was applied.
//!
//! Owns the private data's form. A refresh may change it without anybody seeing a change; a plan
//! reads it, so that it needs no IO.

use std::collections::BTreeMap;

use fusion_model::TaskName;
use fusion_optimizer::Evidence;
use serde::{Deserialize, Serialize};

/// The private data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Private {
    /// The setup that the evidence is about. Private data may lag behind the state.
    pub setup_id: String,
    /// When releases changed last, in seconds since 1970; 0 for not known.
    pub applied_epoch_s: u64,
    /// What was measured. Evidence of another version of the provider that cannot be read is
    /// collected anew.
    #[serde(deserialize_with = "lenient")]
    pub evidence: Evidence,
    /// Functions whose alias serves another release than the state says, and what it serves.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub astray: BTreeMap<TaskName, String>,
    /// What the last applied decision rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis_sha256: Option<String>,
    /// What the planned decision rests on; it counts once it is applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_basis_sha256: Option<String>,
}

impl Private {
    /// The private data after an apply that succeeded.
    #[must_use]
    pub fn applied(self, setup_id: &str, releases_changed: bool, now_epoch_s: u64) -> Self {
        let applied_epoch_s = if releases_changed {
            now_epoch_s
        } else {
            self.applied_epoch_s
        };
        let basis_sha256 = self.planned_basis_sha256.or(self.basis_sha256);
        // Who serves what is learnt anew by the next refresh.
        let astray = if releases_changed {
            BTreeMap::new()
        } else {
            self.astray
        };
        let mut evidence = self.evidence;
        if self.setup_id != setup_id {
            // What was measured of functions is about the setup before.
            evidence.functions.clear();
        }
        let setup_id = setup_id.to_owned();
        Self {
            setup_id,
            applied_epoch_s,
            evidence,
            astray,
            basis_sha256,
            planned_basis_sha256: None,
        }
    }
}

fn lenient<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Evidence, D::Error> {
    let stored = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(stored).unwrap_or_default())
}
