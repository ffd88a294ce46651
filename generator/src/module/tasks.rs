//! `tasks.tf`: the application as data, with a literal entry for every task.
//!
//! All resources are keyed by these names, which are known before anything is hashed, measured
//! or decided.

use std::collections::BTreeMap;

use fusion_model::application::DeclaredCall;

use crate::hcl::{Body, Value};
use crate::manifest::{EnvironmentValue, Manifest, Task};
use crate::module::embedded;
use crate::variables::{self, Variable};

pub(super) fn body(manifest: &Manifest, application_path: &str) -> Body {
    let carried = variables::of(&manifest.tasks);
    let nothing = BTreeMap::new();
    let tasks = manifest.tasks.iter().map(|(name, task)| {
        let variables = carried.get(name).unwrap_or(&nothing);
        (name.as_str(), task_value(manifest, task, variables))
    });
    let locals = Body::new()
        .attribute("alias", &manifest.alias)
        .attribute("application", &manifest.application)
        .attribute("inline_async", manifest.inline_async)
        .attribute("runtime_path", module_path(embedded::RUNTIME_FOLDER))
        .attribute("shared", Value::list(&manifest.shared))
        .attribute("source_root", module_path(application_path))
        .blank()
        .attribute("tasks", Value::object(tasks));
    Body::new()
        .comment(
            "The application, as its manifest describes it. Every resource is keyed by the tasks' names,\n\
             so no setup ever creates, moves or deletes one.",
        )
        .block("locals", &[], locals)
}

/// A path relative to the module's folder.
fn module_path(path: &str) -> Value {
    let literal = crate::hcl::quoted(&format!("/{path}"));
    Value::code(format!("\"${{path.module}}{}", &literal[1..]))
}

fn task_value(manifest: &Manifest, task: &Task, variables: &BTreeMap<String, Variable>) -> Value {
    Value::object([
        ("alone", Value::from(task.alone())),
        ("calls", calls(task.calls.as_deref())),
        ("entrypoint", task.entrypoint.into()),
        ("environment", environment(variables)),
        ("function_name", (&task.function_name).into()),
        ("handler", (&task.handler).into()),
        ("isolation", (&task.isolation).into()),
        ("min_memory_mb", task.min_memory_mb.into()),
        ("permissions", Value::list(&manifest.permission_texts(task))),
        ("runtime", (&task.runtime).into()),
        ("source", (&task.source).into()),
        ("timeout_seconds", task.timeout_seconds.into()),
    ])
}

fn calls(calls: Option<&[DeclaredCall]>) -> Value {
    let Some(calls) = calls else {
        return Value::Null;
    };
    Value::list(
        calls.iter().map(|call| {
            Value::object([("task", call.task.as_str()), ("mode", call.mode.as_str())])
        }),
    )
}

fn environment(variables: &BTreeMap<String, Variable>) -> Value {
    Value::object(variables.iter().map(|(own, variable)| {
        let value = match &variable.value {
            EnvironmentValue::Literal(text) => Value::from(text),
            EnvironmentValue::Expression { text, .. } => Value::code(text),
        };
        let mut elements = vec![("value", value)];
        if *own != variable.name {
            elements.insert(0, ("name", Value::from(&variable.name)));
        }
        (own.as_str(), Value::object(elements).inline())
    }))
}
