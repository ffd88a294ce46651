//! Checks that need the whole application: names that must differ, tasks that can or cannot run
//! together, and the environment that a function may come to carry.

use std::collections::{BTreeMap, BTreeSet};

use crate::fit::{BY_APART, parted_by_settings};
use crate::manifest::environment::{self, EnvironmentValue};
use crate::manifest::reader::{Reader, Scope};
use crate::manifest::syntax::{Bytes, Spanned};
use crate::manifest::task::Declared;
use crate::manifest::{Manifest, Task, TaskName};
use crate::variables;

/// Reports everything that does not fit together.
pub(super) fn application(
    reader: &mut Reader,
    scope: &Scope<'_>,
    name: &Spanned<String>,
    declared: &[Declared<'_>],
    manifest: &Manifest,
) {
    let places: BTreeMap<&TaskName, Bytes> = declared
        .iter()
        .map(|task| (&task.name.value, task.name.span.clone()))
        .collect();
    let place = |task: &TaskName| {
        places
            .get(task)
            .cloned()
            .unwrap_or_else(|| name.span.clone())
    };
    function_names(reader, manifest, &place);
    memory(reader, manifest, &place);
    permissions(reader, manifest, &place);
    environments(reader, manifest, &place);
    let together = scope
        .name_span("together")
        .unwrap_or_else(|| name.span.clone());
    for set in &manifest.together {
        can_share(reader, manifest, set, &together);
    }
}

fn function_names(reader: &mut Reader, manifest: &Manifest, place: &dyn Fn(&TaskName) -> Bytes) {
    let mut first: BTreeMap<&str, &TaskName> = BTreeMap::new();
    for (name, task) in &manifest.tasks {
        if let Some(other) = first.insert(&task.function_name, name) {
            reader.report(
                "duplicate-function-name",
                place(name),
                format!(
                    "the tasks `{other}` and `{name}` have the same function `{}`",
                    task.function_name
                ),
                "the second of them",
                "every task has a function of its own: change one `function_name`",
            );
        }
    }
}

fn memory(reader: &mut Reader, manifest: &Manifest, place: &dyn Fn(&TaskName) -> Bytes) {
    let Some(largest) = manifest.memory_sizes_mb.last() else {
        return;
    };
    for (name, task) in &manifest.tasks {
        if task.min_memory_mb > *largest {
            reader.report(
                "memory-unreachable",
                place(name),
                format!(
                    "task `{name}` needs {} MB, but the largest of `memory_sizes_mb` is {largest}",
                    task.min_memory_mb
                ),
                "needs more memory",
                "add a larger size, or lower `min_memory_mb`",
            );
        }
    }
}

/// Tasks by the isolation and the language runtime that tasks of one function have in common.
fn neighbours(manifest: &Manifest) -> BTreeMap<(&str, &str), Vec<(&TaskName, &Task)>> {
    let mut neighbours: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, task) in manifest.tasks.iter().filter(|(_, task)| !task.alone()) {
        neighbours
            .entry((task.isolation.as_str(), task.runtime.as_str()))
            .or_default()
            .push((name, task));
    }
    neighbours
}

fn permissions(reader: &mut Reader, manifest: &Manifest, place: &dyn Fn(&TaskName) -> Bytes) {
    if manifest.share_permissions.is_some() {
        return;
    }
    for tasks in neighbours(manifest).into_values() {
        let Some(((first, first_task), rest)) = tasks.split_first() else {
            continue;
        };
        let different = rest
            .iter()
            .find(|(_, task)| task.permissions != first_task.permissions);
        if let Some((other, _)) = different {
            reader.report(
                "share-permissions",
                place(other),
                format!(
                    "the permissions of `{first}` and `{other}` differ, and both may come to run in one function"
                ),
                "other permissions",
                "choose `share_permissions = \"same\"` (only tasks of equal permissions share a function) \
                 or `\"any\"` (a function gets the permissions of all tasks that may run inside it), \
                 or give one of them another `isolation`",
            );
            return;
        }
    }
}

fn environments(reader: &mut Reader, manifest: &Manifest, place: &dyn Fn(&TaskName) -> Bytes) {
    let carried = variables::of(&manifest.tasks);
    let size = |tasks: &[&TaskName]| {
        let union: BTreeMap<&String, &EnvironmentValue> = tasks
            .iter()
            .filter_map(|task| carried.get(*task))
            .flat_map(|own| {
                own.values()
                    .map(|variable| (&variable.name, &variable.value))
            })
            .collect();
        environment::size_bytes(union)
    };
    let mut groups: Vec<Vec<&TaskName>> = manifest
        .tasks
        .iter()
        .filter(|(_, task)| task.alone())
        .map(|(name, _)| vec![name])
        .collect();
    for tasks in neighbours(manifest).into_values() {
        groups.push(tasks.into_iter().map(|(name, _)| name).collect());
    }
    for group in groups {
        let (bytes, limit) = (size(&group), environment::TASK_BYTES);
        let Some(largest) = group.iter().max_by_key(|task| size(&[task])) else {
            continue;
        };
        if bytes > limit {
            reader.report(
                "environment-size",
                place(largest),
                format!(
                    "the environment of a function with {} would take {bytes} bytes, {limit} are left by Lambda",
                    sentence(&group)
                ),
                "the largest part is this task's",
                "move long values into a parameter or a file, or give tasks another `isolation`, \
                 since a function carries the variables of all tasks that it may come to run",
            );
        }
    }
}

/// Reports what keeps the tasks of a set from running together. Apart from `apart`, whatever parts
/// any two of them parts one of the two from the first.
fn can_share(reader: &mut Reader, manifest: &Manifest, set: &BTreeSet<TaskName>, span: &Bytes) {
    let mut parted = Vec::new();
    for apart in &manifest.apart {
        let mut both = set.intersection(apart);
        let one = both.next();
        parted.extend(both.filter_map(|other| Some((one?, other, BY_APART))));
    }
    let mut tasks = set.iter();
    let first = tasks.next();
    parted.extend(tasks.filter_map(|other| {
        let first = first?;
        Some((first, other, parted_by_settings(manifest, first, other)?))
    }));
    for (one, other, why) in parted {
        reader.report(
            "never-together",
            span.clone(),
            format!("`{one}` and `{other}` cannot run together: {why}"),
            "cannot be kept",
            "remove one of the two settings",
        );
    }
}

fn sentence(tasks: &[&TaskName]) -> String {
    match tasks {
        [only] => format!("`{only}`"),
        [first, .., last] => format!("{} tasks (`{first}` to `{last}`)", tasks.len()),
        [] => "no task".to_owned(),
    }
}
