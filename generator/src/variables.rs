//! Under which names functions carry the environment variables of their tasks.
//!
//! A function carries the variables of all tasks that it runs. A name with one text everywhere
//! is carried once, under itself; where tasks disagree, each carries its own under a prefix that
//! the runtime's view takes off again. That is decided from the texts, so that it holds in every
//! setup and for values that only the apply knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{EnvironmentValue, Task, TaskName};

/// A task's environment variable, as its functions carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The function's name for it.
    pub name: String,
    /// Its value.
    pub value: EnvironmentValue,
}

/// The variables of every task, by the task's own name for them.
pub fn of(tasks: &BTreeMap<TaskName, Task>) -> BTreeMap<TaskName, BTreeMap<String, Variable>> {
    let disputed = disputed(tasks);
    let mut taken: BTreeSet<String> = tasks
        .values()
        .flat_map(|task| task.environment.keys().cloned())
        .collect();
    let mut carried = BTreeMap::new();
    for (task_name, task) in tasks {
        let mut own = BTreeMap::new();
        for (name, value) in &task.environment {
            let function_name = if disputed.contains(name) {
                free_name(&mut taken, task_name, name)
            } else {
                name.clone()
            };
            own.insert(
                name.clone(),
                Variable {
                    name: function_name,
                    value: value.clone(),
                },
            );
        }
        carried.insert(task_name.clone(), own);
    }
    carried
}

/// The names to which tasks give different texts.
fn disputed(tasks: &BTreeMap<TaskName, Task>) -> BTreeSet<String> {
    let mut texts: BTreeMap<&String, &EnvironmentValue> = BTreeMap::new();
    let mut disputed = BTreeSet::new();
    for (name, value) in tasks.values().flat_map(|task| &task.environment) {
        let same = match (texts.insert(name, value), value) {
            (None, _) => true,
            (
                Some(EnvironmentValue::Expression { text: one, .. }),
                EnvironmentValue::Expression { text: other, .. },
            ) => one == other,
            (Some(one), other) => one == other,
        };
        if !same {
            disputed.insert(name.clone());
        }
    }
    disputed
}

/// `<task>__<name>` in the characters that Lambda takes, numbered where that is taken.
fn free_name(taken: &mut BTreeSet<String>, task: &TaskName, name: &str) -> String {
    let plain = format!("{}__{name}", task.as_str().replace('-', "_"));
    let numbered = (2..).map(|number| format!("{plain}_{number}"));
    let free = std::iter::once(plain.clone())
        .chain(numbered)
        .find(|candidate| !taken.contains(candidate))
        .unwrap_or(plain);
    taken.insert(free.clone());
    free
}
