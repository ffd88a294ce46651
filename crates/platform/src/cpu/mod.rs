//! The share of CPU that an environment gets: 20 ms * memory / 1769 MB in every 20 ms, as on AWS
//! Lambda, and all of the host during INIT. By control groups ([`group`]) where they are writable
//! ([`place`]), else by stopping and continuing processes by what they consumed ([`governor`]).
//! Never by the clock: a process that waits loses nothing.

pub mod governor;
pub mod group;
mod place;

use std::path::PathBuf;

use crate::config::CpuControl;
use group::{Group, Hierarchy};

/// The memory size that has one CPU.
pub const MEMORY_MB_PER_CPU: f64 = 1769.0;
/// The period of the quota.
pub const PERIOD_US: u32 = 20_000;

/// CPUs of a memory size.
pub fn cpus_of(memory_mb: u32) -> f64 {
    f64::from(memory_mb) / MEMORY_MB_PER_CPU
}

/// The way in which this platform holds environments to their share.
#[derive(Debug)]
pub enum Control {
    /// By control groups.
    Groups(Hierarchy),
    /// By stopping and continuing.
    Stopping,
    /// Not at all.
    Unlimited,
}

impl Control {
    /// Finds what the host allows.
    pub fn find(wanted: CpuControl) -> Self {
        match wanted {
            CpuControl::Automatic => Hierarchy::find().map_or(Self::Stopping, Self::Groups),
            CpuControl::Stopping => Self::Stopping,
            CpuControl::Unlimited => Self::Unlimited,
        }
    }

    /// A group for a new environment, where there are groups.
    pub fn group(&self, name: &str) -> Option<Group> {
        let Self::Groups(hierarchy) = self else {
            return None;
        };
        match hierarchy.create(name) {
            Ok(group) => Some(group),
            Err(error) => {
                tracing::warn!(%error, "an environment runs without a control group");
                None
            }
        }
    }

    /// The folder of all groups, for whoever cleans up after this process.
    pub fn folder(&self) -> Option<PathBuf> {
        let Self::Groups(hierarchy) = self else {
            return None;
        };
        Some(hierarchy.folder().to_owned())
    }
}
