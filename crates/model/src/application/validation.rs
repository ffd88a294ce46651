//! The rules that an application must obey by itself.

use std::collections::BTreeMap;

use super::{Application, MAX_FUNCTION_NAME_LENGTH, MEMORY_MB, TIMEOUT_SECONDS};
use crate::task::TaskName;

/// What is wrong with an application.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplicationError {
    /// No task at all.
    #[error("the application `{0}` has no task; give it at least one")]
    NoTask(String),
    /// Nothing that a client could invoke.
    #[error("the application `{0}` has no entrypoint; mark the tasks that clients invoke")]
    NoEntrypoint(String),
    /// Two names differ in case alone.
    #[error("the tasks `{0}` and `{1}` differ in case alone and would collide; rename one")]
    SameFolded(TaskName, TaskName),
    /// Two tasks share a function's name.
    #[error(
        "the tasks `{first}` and `{second}` both have the function name `{function_name}`; \
         give one of them another `function_name`"
    )]
    SameFunction {
        /// The first task in byte order.
        first: TaskName,
        /// The other task.
        second: TaskName,
        /// Their common function name.
        function_name: String,
    },
    /// A function's name breaks Lambda's rule.
    #[error(
        "the function name `{function_name}` of task `{task}` is not allowed: a name has 1 to \
         {MAX_FUNCTION_NAME_LENGTH} letters, digits, `_` and `-`; set another `function_name`"
    )]
    FunctionName {
        /// The task.
        task: TaskName,
        /// The refused name.
        function_name: String,
    },
    /// A memory size out of Lambda's range.
    #[error(
        "{what} is {memory_mb} MB, but a function has 128 to 10240 MB; choose a size in that range"
    )]
    Memory {
        /// Where the size stands, in words.
        what: String,
        /// The refused size.
        memory_mb: u32,
    },
    /// No memory size, or none that a task could have.
    #[error(
        "no memory size is left for task `{task}`, which needs {min_memory_mb} MB; \
         add a larger size to `memory_sizes_mb` or lower its `min_memory_mb`"
    )]
    NoMemorySize {
        /// The task.
        task: TaskName,
        /// What it needs.
        min_memory_mb: u32,
    },
    /// A timeout out of Lambda's range.
    #[error(
        "the timeout of task `{task}` is {timeout_seconds} s, but a function runs 1 to 900 s; \
         set `timeout_seconds` accordingly"
    )]
    Timeout {
        /// The task.
        task: TaskName,
        /// The refused timeout.
        timeout_seconds: u32,
    },
    /// A declared call or a `together` or `apart` set names nobody.
    #[error("{place} names `{name}`, which is no task of the application; correct the name")]
    UnknownTask {
        /// Where the name stands, in words.
        place: String,
        /// The unknown name.
        name: TaskName,
    },
    /// Two tasks must be together and apart.
    #[error(
        "`{first}` and `{second}` stand in a set of `together` and in one of `apart`; \
         take them out of one"
    )]
    TogetherAndApart {
        /// The first task in byte order.
        first: TaskName,
        /// The other task.
        second: TaskName,
    },
}

impl Application {
    /// Every fault of the application, in a fixed order; none is an `Ok`.
    pub fn validate(&self) -> Result<(), Vec<ApplicationError>> {
        let mut faults = Vec::new();
        if self.tasks.is_empty() {
            faults.push(ApplicationError::NoTask(self.name.clone()));
        } else if self.entrypoints().next().is_none() {
            faults.push(ApplicationError::NoEntrypoint(self.name.clone()));
        }
        self.check_names(&mut faults);
        self.check_limits(&mut faults);
        self.check_references(&mut faults);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    fn check_names(&self, faults: &mut Vec<ApplicationError>) {
        let mut folded: BTreeMap<String, &TaskName> = BTreeMap::new();
        let mut functions: BTreeMap<&str, &TaskName> = BTreeMap::new();
        for (name, task) in &self.tasks {
            if let Some(first) = folded.insert(name.folded(), name) {
                faults.push(ApplicationError::SameFolded(first.clone(), name.clone()));
            }
            let function_name = task.function_name.as_str();
            if !is_function_name(function_name) {
                faults.push(ApplicationError::FunctionName {
                    task: name.clone(),
                    function_name: function_name.to_owned(),
                });
            }
            if let Some(first) = functions.insert(function_name, name) {
                faults.push(ApplicationError::SameFunction {
                    first: first.clone(),
                    second: name.clone(),
                    function_name: function_name.to_owned(),
                });
            }
        }
    }

    fn check_limits(&self, faults: &mut Vec<ApplicationError>) {
        for memory_mb in self
            .memory_sizes_mb
            .iter()
            .filter(|size| !MEMORY_MB.contains(*size))
        {
            let what = "a size in `memory_sizes_mb`".to_owned();
            faults.push(ApplicationError::Memory {
                what,
                memory_mb: *memory_mb,
            });
        }
        for (name, task) in &self.tasks {
            if !MEMORY_MB.contains(&task.min_memory_mb) {
                let what = format!("`min_memory_mb` of task `{name}`");
                faults.push(ApplicationError::Memory {
                    what,
                    memory_mb: task.min_memory_mb,
                });
            } else if !self
                .memory_sizes_mb
                .iter()
                .any(|size| *size >= task.min_memory_mb)
            {
                faults.push(ApplicationError::NoMemorySize {
                    task: name.clone(),
                    min_memory_mb: task.min_memory_mb,
                });
            }
            if !TIMEOUT_SECONDS.contains(&task.timeout_seconds) {
                faults.push(ApplicationError::Timeout {
                    task: name.clone(),
                    timeout_seconds: task.timeout_seconds,
                });
            }
        }
    }

    fn check_references(&self, faults: &mut Vec<ApplicationError>) {
        for (caller, task) in &self.tasks {
            for call in task.calls.iter().flatten() {
                self.check_known(&format!("a call of task `{caller}`"), &call.task, faults);
            }
        }
        for (place, sets) in [("`together`", &self.together), ("`apart`", &self.apart)] {
            for name in sets.iter().flatten() {
                self.check_known(place, name, faults);
            }
        }
        for set in &self.together {
            for other in &self.apart {
                let mut both = set.intersection(other);
                if let (Some(first), Some(second)) = (both.next(), both.next()) {
                    faults.push(ApplicationError::TogetherAndApart {
                        first: first.clone(),
                        second: second.clone(),
                    });
                }
            }
        }
    }

    fn check_known(&self, place: &str, name: &TaskName, faults: &mut Vec<ApplicationError>) {
        if !self.tasks.contains_key(name) {
            faults.push(ApplicationError::UnknownTask {
                place: place.to_owned(),
                name: name.clone(),
            });
        }
    }
}

/// Whether Lambda takes `text` as a function's name.
fn is_function_name(text: &str) -> bool {
    (1..=MAX_FUNCTION_NAME_LENGTH).contains(&text.len())
        && text.bytes().all(crate::task::is_name_byte)
}

#[cfg(test)]
mod tests {
    use crate::application::tests::{application, set};

    #[test]
    fn a_plain_application_is_valid() {
        assert_eq!(application(&["a", "b"]).validate(), Ok(()));
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let mut app = application(&["a", "A", "b"]);
        for task in app.tasks.values_mut() {
            task.entrypoint = false;
            task.function_name = "one name".into();
            task.timeout_seconds = 0;
            task.min_memory_mb = 2000;
        }
        app.memory_sizes_mb = vec![64];
        app.together = vec![set(&["a", "b"])];
        app.apart = vec![set(&["a", "b", "x"])];
        let faults = app.validate().unwrap_err();
        let text = faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n");
        for part in [
            "no entrypoint",
            "differ in case alone",
            "both have the function name",
            "is not allowed",
            "is 64 MB",
            "no memory size is left for task `b`",
            "is 0 s",
            "`apart` names `x`",
            "`a` and `b` stand in a set of `together`",
        ] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }
}
