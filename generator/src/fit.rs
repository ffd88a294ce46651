//! Which setups fit a manifest.
//!
//! The rules are the model's ([`Application::may_share`], [`Setup::check`]); this gives the model
//! what it needs to know of a manifest, and says in the manifest's words what parts two tasks.

use fusion_model::application::{Application, MEMORY_MB, Task};
use fusion_model::graph::CallGraph;
use fusion_model::setup::{Setup, SetupError};

use crate::manifest::{Manifest, SharePermissions, TaskName};

/// The manifest as the model's application, without what only sources tell.
pub(crate) fn application(manifest: &Manifest) -> Application {
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
            permissions: manifest.permission_texts(task).into_iter().collect(),
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

/// Every reason why the groups of `setup`, each by itself, do not fit the manifest. Groups that
/// it leaves out are no reason.
pub fn misfits(manifest: &Manifest, setup: &Setup) -> Vec<SetupError> {
    let faults = setup.check(&application(manifest), &CallGraph::new());
    let mut faults = faults.err().unwrap_or_default();
    faults.retain(|fault| !matches!(fault, SetupError::MissingGroup(_)));
    faults
}

/// A reason as a sentence without a full stop: what, why, and after a semicolon how to mend it.
pub fn told(manifest: &Manifest, fault: &SetupError) -> String {
    match fault {
        SetupError::NeverShare {
            root,
            first,
            second,
        } => match parted_by(manifest, first, second) {
            Some(why) => format!(
                "the group of `{root}` carries `{first}` and `{second}`, which never share a function: {why}; \
                 take one out"
            ),
            None => fault.to_string(),
        },
        SetupError::UnknownTask { root, task } => format!(
            "`{task}` in the group of `{root}` is no task of the application `{}`; {}",
            manifest.application,
            manifest.did_you_mean(task.as_str()),
        ),
        fault => fault.to_string(),
    }
}

/// Which setting of the manifest keeps two tasks from sharing a function; `None` where none does.
fn parted_by(manifest: &Manifest, one: &TaskName, other: &TaskName) -> Option<&'static str> {
    let mut apart = manifest.apart.iter();
    if apart.any(|set| set.contains(one) && set.contains(other)) {
        Some(BY_APART)
    } else {
        parted_by_settings(manifest, one, other)
    }
}

/// What is said of tasks that `apart` parts.
pub(crate) const BY_APART: &str = "`apart` parts them";

/// Which setting of the tasks themselves parts them.
pub(crate) fn parted_by_settings(
    manifest: &Manifest,
    one: &TaskName,
    other: &TaskName,
) -> Option<&'static str> {
    let (one_task, other_task) = (manifest.tasks.get(one)?, manifest.tasks.get(other)?);
    let same_only = manifest.share_permissions == Some(SharePermissions::Same);
    if one_task.isolation != other_task.isolation || other_task.alone() {
        Some("their isolation parts them")
    } else if one_task.runtime != other_task.runtime {
        Some("their language runtimes differ")
    } else if same_only && one_task.permissions != other_task.permissions {
        Some("their permissions differ and `share_permissions` is `same`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FileMap;
    use crate::manifest;

    /// An application of eight tasks in which every setting parts some of them.
    fn parted() -> Manifest {
        let text = r#"application "app" {
          entrypoints       = ["a"]
          share_permissions = "same"
          apart             = [["a", "b"]]
          task "a" {}
          task "b" {}
          task "c" { isolation = "own" }
          task "d" { isolation = "own" }
          task "e" { isolation = "team" }
          task "f" { isolation = "team" }
          task "g" { runtime = "nodejs24.x" }
          task "h" {
            permission {
              actions   = ["s3:GetObject"]
              resources = ["*"]
            }
          }
        }"#;
        let files = ["a", "b", "c", "d", "e", "f", "g", "h"]
            .map(|task| (format!("tasks/{task}/handler.js"), "exports.handler = 1"));
        manifest::read("f", text, &FileMap::new(files)).unwrap()
    }

    #[test]
    fn what_parts_tasks_is_told_exactly_where_the_model_forbids_sharing() {
        let strict = parted();
        let lax = Manifest {
            share_permissions: Some(SharePermissions::Any),
            ..strict.clone()
        };
        let mut reasons = std::collections::BTreeSet::new();
        for manifest in [strict, lax] {
            let application = application(&manifest);
            for one in manifest.tasks.keys() {
                for other in manifest.tasks.keys().filter(|other| *other != one) {
                    let why = parted_by(&manifest, one, other);
                    assert_eq!(
                        why.is_none(),
                        application.may_share(one, other),
                        "{one} {other}"
                    );
                    reasons.extend(why);
                }
            }
        }
        assert_eq!(reasons.len(), 4);
    }
}
