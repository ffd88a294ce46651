//! A setup that is written into the module instead of being decided by `fusion_setup`.
//!
//! Owns the check that a setup fits a manifest; how it becomes HCL is [`crate::module`]'s matter.

use std::collections::{BTreeMap, BTreeSet};

use fusion_model::application::{Application, MEMORY_MB, Task};
use fusion_model::graph::CallGraph;
use fusion_model::hash::short_id;
use fusion_model::notation::{self, NotationError};
use fusion_model::setup::{Group, SetupError};

use crate::manifest::{Manifest, SharePermissions, TaskName};

/// A setup with a group for every task of a manifest, which fits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    notation: String,
    groups: BTreeMap<TaskName, Group>,
}

/// Why a setup cannot be frozen.
#[derive(Debug, thiserror::Error)]
pub enum FrozenError {
    /// The text is no notation.
    #[error("the setup is no notation: {0}")]
    Notation(#[from] NotationError),
    /// The setup does not fit the application.
    #[error("the setup does not fit the application: {}", sentence(.0))]
    Setup(Vec<SetupError>),
    /// Tasks of different permissions share a function, which the manifest forbids.
    #[error(
        "the setup does not fit the application: the permissions of `{0}` and `{1}` differ and \
         `share_permissions` is `same`; take one out of the group"
    )]
    Permissions(TaskName, TaskName),
}

impl Frozen {
    /// Reads a setup in notation. A task without a group of its own gets one at the smallest
    /// memory that it can have, and is reached by nobody as long as the setup is right.
    pub fn parse(manifest: &Manifest, text: &str) -> Result<Self, FrozenError> {
        let application = application(manifest);
        let graph = CallGraph::declared(&application);
        let given = notation::parse(text)?;
        let unknown: Vec<SetupError> = given
            .groups
            .keys()
            .filter(|root| !manifest.tasks.contains_key(*root))
            .map(|root| SetupError::UnknownTask {
                root: root.clone(),
                task: root.clone(),
            })
            .collect();
        if !unknown.is_empty() {
            return Err(FrozenError::Setup(unknown));
        }
        let setup = given.completed(&application, &given);
        setup
            .check(&application, &graph)
            .map_err(FrozenError::Setup)?;
        check_permissions(manifest, &setup.groups)?;
        Ok(Self {
            notation: notation::format(&given),
            groups: setup.groups,
        })
    }

    /// The setup as it was given, in canonical form.
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

fn check_permissions(
    manifest: &Manifest,
    groups: &BTreeMap<TaskName, Group>,
) -> Result<(), FrozenError> {
    if manifest.share_permissions != Some(SharePermissions::Same) {
        return Ok(());
    }
    let permissions = |task: &TaskName| manifest.tasks.get(task).map(|task| &task.permissions);
    for (root, group) in groups {
        let other = group
            .tasks
            .iter()
            .find(|task| permissions(task) != permissions(root));
        if let Some(other) = other {
            return Err(FrozenError::Permissions(root.clone(), other.clone()));
        }
    }
    Ok(())
}

/// The manifest as the model's application, without what only sources tell.
fn application(manifest: &Manifest) -> Application {
    let tasks = manifest.tasks.iter().map(|(name, task)| {
        let task = Task {
            function_name: task.function_name.clone(),
            entrypoint: task.entrypoint,
            source_sha256: String::new(),
            source_bytes: 0,
            runtime: task.runtime.clone(),
            min_memory_mb: task.min_memory_mb,
            timeout_seconds: task.timeout_seconds,
            isolation: task.isolation.clone(),
            permissions: BTreeSet::new(),
            alone: task.alone(),
            calls: task.calls.clone(),
        };
        (name.clone(), task)
    });
    let sizes = manifest.memory_sizes_mb.clone();
    Application {
        name: manifest.application.clone(),
        alias: manifest.alias.clone(),
        tasks: tasks.collect(),
        inline_async: manifest.inline_async,
        together: manifest.together.clone(),
        apart: manifest.apart.clone(),
        memory_sizes_mb: if sizes.is_empty() {
            vec![*MEMORY_MB.start()]
        } else {
            sizes
        },
        fusion_runtime_sha256: String::new(),
    }
}

fn sentence(faults: &[SetupError]) -> String {
    faults
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FileMap;
    use crate::manifest;

    fn parse(text: &str) -> Result<Frozen, String> {
        let manifest = r#"application "app" {
          entrypoints = ["a"]
          task "a" {}
          task "b" { min_memory_mb = 512 }
          task "c" { isolation = "own" }
        }"#;
        let files = ["a", "b", "c"].map(|task| {
            (
                format!("tasks/{task}/handler.js"),
                "exports.handler = 1".to_owned(),
            )
        });
        let manifest = manifest::read("f", manifest, &FileMap::new(files)).unwrap();
        Frozen::parse(&manifest, text).map_err(|error| error.to_string())
    }

    #[test]
    fn tasks_without_a_group_get_one() {
        let frozen = parse("(a,b)@1024").unwrap();
        let sizes: Vec<(&str, u32)> = frozen
            .groups()
            .iter()
            .map(|(root, group)| (root.as_str(), group.memory_mb))
            .collect();
        assert_eq!(sizes, [("a", 1024), ("b", 512), ("c", 128)]);
        assert_eq!(frozen.notation(), "(a,b)@1024");
        assert_eq!(frozen.setup_id().len(), 12);
    }

    #[test]
    fn setups_that_do_not_fit_are_refused() {
        for (text, part) in [
            ("(a", "no notation"),
            ("(x)@128", "no task of the application"),
            ("(a,x)@128", "no task of the application"),
            ("(a,c)@128", "never share"),
            ("(a,b)@128", "at least 512 MB"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
