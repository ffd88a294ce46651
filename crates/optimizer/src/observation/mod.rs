//! From figures of CloudWatch to evidence: what is known of every task, call,
//! function and setup, with how many samples.
//!
//! It owns what to ask for, how figures are taken in, and whether the evidence
//! is complete; what follows from it for other setups is the workload model's.

mod absorb;
mod completeness;
mod evidence;
mod material;
mod queries;
mod setups;
mod spread;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fusion_model::{Application, Figure, ReleaseId, TaskName};

pub(crate) use absorb::source_digits;
pub(crate) use completeness::missing;
pub use evidence::{
    CallEvidence, Evidence, FunctionEvidence, RequestFigures, SetupEvidence, Spread, TaskEvidence,
    TaskFigures,
};
pub use queries::{Discovery, Queries, queries};
pub(crate) use spread::pooled;
use spread::spread;

use crate::deployed::Deployed;

/// The first 12 digits of a hash over every task's source and name.
pub(crate) fn sources_id(application: &Application) -> String {
    let mut text = String::new();
    for (name, task) in &application.tasks {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name} {}", task.source_sha256);
    }
    fusion_model::hash::short_id(text)
}

/// What an alias serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The release in the version's description; `None` where it has none.
    pub release: Option<ReleaseId>,
    /// The attempt in the version's description.
    pub attempt: u32,
    /// The version.
    pub version: String,
}

/// What was read in one refresh.
#[derive(Clone, Debug)]
pub struct Window<'a> {
    /// The application.
    pub application: &'a Application,
    /// What is deployed.
    pub deployed: &'a Deployed,
    /// What each function's alias serves, by root; a function that does not
    /// exist is left out.
    pub served: &'a BTreeMap<TaskName, Served>,
    /// Every figure that was read, each over the whole window.
    pub figures: &'a [Figure],
    /// Start of the window in seconds since the epoch: not before the present
    /// setup served.
    pub from_epoch_s: u64,
    /// End of the window in seconds since the epoch.
    pub to_epoch_s: u64,
}
