//! A setup that is written into the module instead of being decided by `fusion_setup`.
//!
//! Owns completing a setup to one with a group for every task; whether it fits is [`crate::fit`]'s
//! matter, and how it becomes HCL [`crate::module`]'s.

use std::collections::BTreeMap;

use fusion_model::graph::CallGraph;
use fusion_model::hash::short_id;
use fusion_model::notation::{self, NotationError};
use fusion_model::setup::{Group, Setup, SetupError};

use crate::fit;
use crate::manifest::{Manifest, TaskName};

/// A setup with a group for every task of a manifest, which fits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    notation: String,
    groups: BTreeMap<TaskName, Group>,
}

/// Why a setup cannot be frozen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrozenError {
    /// The text is no notation.
    #[error("the setup is no notation: {0}")]
    Notation(#[from] NotationError),
    /// The setup does not fit the application; never empty. [`fit::told`] says each in words.
    #[error("the setup does not fit the application")]
    Misfit(Vec<SetupError>),
}

impl Frozen {
    /// Reads a setup in notation, and completes it as `fusion_setup` completes a pinned one: a
    /// task without a group of its own gets one at the smallest memory that it can have.
    pub fn parse(manifest: &Manifest, text: &str) -> Result<Self, FrozenError> {
        let given = notation::parse(text)?;
        let misfits = fit::misfits(manifest, &given);
        if !misfits.is_empty() {
            return Err(FrozenError::Misfit(misfits));
        }
        let application = fit::application(manifest);
        let setup = given.completed(&application, &Setup::default());
        Ok(Self {
            notation: setup.notation(&application, &CallGraph::declared(&application)),
            groups: setup.groups,
        })
    }

    /// The active groups in canonical form, also those that were left out.
    pub fn notation(&self) -> &str {
        &self.notation
    }

    /// The first 12 hexadecimal digits of the notation's SHA-256.
    pub fn setup_id(&self) -> String {
        short_id(&self.notation)
    }

    /// The group of every task's function.
    pub(crate) fn groups(&self) -> &BTreeMap<TaskName, Group> {
        &self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FileMap;
    use crate::manifest;

    fn application() -> Manifest {
        let manifest = r#"application "app" {
          entrypoints = ["a"]
          task "a" { calls = ["b", "c"] }
          task "b" { min_memory_mb = 512 }
          task "c" { isolation = "own" }
        }"#;
        let files =
            ["a", "b", "c"].map(|task| (format!("tasks/{task}/handler.js"), "exports.handler = 1"));
        manifest::read("f", manifest, &FileMap::new(files)).unwrap()
    }

    #[test]
    fn groups_that_are_left_out_are_completed() {
        let frozen = Frozen::parse(&application(), " ( a, b ) @1024").unwrap();
        let sizes: Vec<(&str, u32)> = frozen
            .groups()
            .iter()
            .map(|(root, group)| (root.as_str(), group.memory_mb))
            .collect();
        assert_eq!(sizes, [("a", 1024), ("b", 512), ("c", 128)]);
        assert_eq!(frozen.notation(), "(a,b)@1024-(c)@128");
        let whole = Frozen::parse(&application(), frozen.notation()).unwrap();
        assert_eq!(whole, frozen);
    }

    #[test]
    fn setups_that_do_not_fit_are_refused() {
        let manifest = application();
        for (text, part) in [
            ("(a", "no notation"),
            ("(x)@128", "no task of the application `app`; known are"),
            ("(a,x)@128", "no task of the application"),
            (
                "(a,c)@128",
                "never share a function: their isolation parts them",
            ),
            ("(a,b)@128", "at least 512 MB"),
        ] {
            let told = match Frozen::parse(&manifest, text).unwrap_err() {
                FrozenError::Misfit(faults) => fit::told(&manifest, &faults[0]),
                error @ FrozenError::Notation(_) => error.to_string(),
            };
            assert!(told.contains(part), "{text}: {told}");
        }
    }
}
