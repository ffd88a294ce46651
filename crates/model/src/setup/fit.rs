//! Whether a setup fits an application, and every reason why not.

use super::{Group, MAX_PACKAGE_BYTES, Setup, needed_memory, package_bytes};
use crate::application::{Application, MEMORY_MB};
use crate::graph::CallGraph;
use crate::task::TaskName;

/// Why a setup does not fit an application.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// A group or a member is no task.
    #[error("`{task}` in the group of `{root}` is no task of the application; correct the name")]
    UnknownTask {
        /// The group's root.
        root: TaskName,
        /// The unknown name.
        task: TaskName,
    },
    /// A group without its own root.
    #[error("the group of `{0}` does not carry `{0}` itself; add it")]
    WithoutRoot(TaskName),
    /// Two members that never share.
    #[error(
        "`{first}` and `{second}` never share a function (isolation, language runtime, permissions, `apart` or \
         reserved concurrency), but the group of `{root}` carries both; take one out"
    )]
    NeverShare {
        /// The group's root.
        root: TaskName,
        /// The first member in byte order.
        first: TaskName,
        /// The other member.
        second: TaskName,
    },
    /// Memory below what a member needs, or out of Lambda's range.
    #[error(
        "the group of `{root}` has {memory_mb} MB, but needs at least {min_memory_mb} MB and at \
         most 10240 MB; choose another size"
    )]
    Memory {
        /// The group's root.
        root: TaskName,
        /// The refused size.
        memory_mb: u32,
        /// The largest need of a member.
        min_memory_mb: u32,
    },
    /// A package too large for Lambda.
    #[error(
        "the package of the group of `{root}` would have {bytes} bytes unzipped, and Lambda takes \
         {MAX_PACKAGE_BYTES}; leave members out"
    )]
    PackageBytes {
        /// The group's root.
        root: TaskName,
        /// The sum of the members' sources.
        bytes: u64,
    },
    /// A remote callee or an entrypoint has no group.
    #[error("`{0}` is an entrypoint or called remotely, but has no group; add `({0})@<memory>`")]
    MissingGroup(TaskName),
}

impl Setup {
    /// Every reason why the setup does not fit, in a fixed order.
    /// Tasks with different `permissions` never share ([`Application::may_share`]); what
    /// the roles themselves allow is not known here. `together` is no condition: it binds
    /// what is computed, not what is pinned.
    pub fn check(
        &self,
        application: &Application,
        graph: &CallGraph,
    ) -> Result<(), Vec<SetupError>> {
        let mut faults = Vec::new();
        for (root, group) in &self.groups {
            check_group(application, root, group, &mut faults);
        }
        for root in self.active(application, graph) {
            if !self.groups.contains_key(&root) {
                faults.push(SetupError::MissingGroup(root));
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }
}

fn check_group(
    application: &Application,
    root: &TaskName,
    group: &Group,
    faults: &mut Vec<SetupError>,
) {
    if !group.tasks.contains(root) {
        faults.push(SetupError::WithoutRoot(root.clone()));
    }
    let mut unknown: Vec<&TaskName> = group
        .tasks
        .iter()
        .filter(|task| !application.tasks.contains_key(*task))
        .collect();
    if !application.tasks.contains_key(root) && !group.tasks.contains(root) {
        unknown.push(root);
    }
    faults.extend(unknown.iter().map(|task| SetupError::UnknownTask {
        root: root.clone(),
        task: (*task).clone(),
    }));
    if !unknown.is_empty() {
        return;
    }
    for (index, first) in group.tasks.iter().enumerate() {
        for second in group.tasks.iter().skip(index + 1) {
            if !application.may_share(first, second) {
                faults.push(SetupError::NeverShare {
                    root: root.clone(),
                    first: first.clone(),
                    second: second.clone(),
                });
            }
        }
    }
    let min_memory_mb = needed_memory(application, &group.tasks);
    if group.memory_mb < min_memory_mb || !MEMORY_MB.contains(&group.memory_mb) {
        let memory_mb = group.memory_mb;
        faults.push(SetupError::Memory {
            root: root.clone(),
            memory_mb,
            min_memory_mb,
        });
    }
    let bytes = package_bytes(application, &group.tasks);
    if bytes > MAX_PACKAGE_BYTES {
        faults.push(SetupError::PackageBytes {
            root: root.clone(),
            bytes,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::application::CallMode;
    use crate::application::tests::{application, set};
    use crate::notation;
    use crate::setup::tests::{graph, name};

    #[test]
    fn tasks_of_different_permissions_do_not_fit_into_one_group() {
        let mut app = application(&["a", "b"]);
        let calls = graph(&[("a", "b", CallMode::Sync)]);
        let fused = notation::parse("(a,b)@128").unwrap();
        let setup = fused.completed(&app, &Setup::separate(&app));
        let permit = |app: &mut Application, task: &str, text: &str| {
            let task = app.tasks.get_mut(&name(task)).unwrap();
            task.permissions = BTreeSet::from([text.to_owned()]);
        };
        permit(&mut app, "a", "s3:GetObject");
        let faults = setup.check(&app, &calls).unwrap_err();
        assert_eq!(
            faults,
            vec![SetupError::NeverShare {
                root: name("a"),
                first: name("a"),
                second: name("b"),
            }]
        );
        assert_eq!(Setup::separate(&app).check(&app, &calls), Ok(()));
        permit(&mut app, "b", "s3:GetObject");
        assert_eq!(setup.check(&app, &calls), Ok(()));
    }

    #[test]
    fn misfits_are_all_named() {
        let mut app = application(&["a", "b", "c"]);
        app.apart = vec![set(&["a", "b"])];
        app.tasks
            .values_mut()
            .for_each(|task| task.min_memory_mb = 256);
        app.tasks
            .values_mut()
            .for_each(|task| task.source_bytes = 200 << 20);
        let setup = Setup {
            groups: BTreeMap::from([
                (
                    name("a"),
                    Group {
                        tasks: set(&["a", "b"]),
                        memory_mb: 128,
                    },
                ),
                (
                    name("c"),
                    Group {
                        tasks: set(&["b"]),
                        memory_mb: 256,
                    },
                ),
                (
                    name("x"),
                    Group {
                        tasks: set(&["x"]),
                        memory_mb: 256,
                    },
                ),
            ]),
        };
        let faults = setup.check(&app, &CallGraph::new()).unwrap_err();
        let text = faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n");
        for part in [
            "`a` and `b` never share",
            "at least 256 MB",
            "bytes unzipped",
            "does not carry `c`",
            "`x` in the group of `x` is no task",
            "`b` is an entrypoint or called remotely",
        ] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }
}
