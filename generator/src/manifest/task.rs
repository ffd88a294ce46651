//! Reads the blocks `task`, and finds the tasks of a manifest without any.

use std::collections::BTreeMap;

use fusion_model::application::{
    self as model, MAX_FUNCTION_NAME_LENGTH, MEMORY_MB, TIMEOUT_SECONDS,
};
use hcl_edit::expr::{Expression, Object};
use hcl_edit::structure::{Block, Body};

use crate::files::Files;
use crate::manifest::application::{Context, RUNTIMES, label};
use crate::manifest::reader::{Reader, Scope};
use crate::manifest::syntax::{self, Bytes, Spanned};
use crate::manifest::{
    CallMode, DeclaredCall, Permission, TASKS_FOLDER, Task, TaskName, environment, names, path,
    source,
};

/// The handler of a task that names none.
pub(super) const DEFAULT_HANDLER: &str = "handler.handler";

/// A task whose name is known, but nothing else yet.
pub(super) struct Declared<'b> {
    /// Its name; the span is the application's where the task has no block.
    pub(super) name: Spanned<TaskName>,
    body: Option<&'b Body>,
}

/// The tasks of a manifest: its blocks, or without any the folders below `tasks`.
pub(super) fn declared<'b>(
    reader: &mut Reader,
    blocks: &[&'b Block],
    files: &dyn Files,
    application: &Spanned<String>,
) -> Vec<Declared<'b>> {
    let mut named: Vec<(Spanned<String>, Option<&'b Body>)> = Vec::new();
    for block in blocks {
        if let Some(name) = label(reader, block) {
            named.push((name, Some(&block.body)));
        }
    }
    if blocks.is_empty() {
        named = folders(reader, files, application)
            .into_iter()
            .map(|name| (name, None))
            .collect();
    }
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut tasks = Vec::new();
    for (name, body) in named {
        let Some(task) = task_name(reader, &name) else {
            continue;
        };
        if let Some(first) = first.insert(name.value.to_lowercase(), name.value.clone()) {
            reader.report(
                "duplicate-task",
                name.span,
                format!(
                    "the tasks `{first}` and `{}` have the same name",
                    name.value
                ),
                "the second of them",
                "rename one of them; case makes no difference, since not every system keeps it",
            );
            continue;
        }
        tasks.push(Declared {
            name: Spanned {
                value: task,
                span: name.span,
            },
            body,
        });
    }
    tasks
}

fn folders(
    reader: &mut Reader,
    files: &dyn Files,
    application: &Spanned<String>,
) -> Vec<Spanned<String>> {
    let names = folder_names(files);
    if names.is_empty() {
        reader.report(
            "no-task",
            application.span.clone(),
            format!("application `{}` has no task", application.value),
            "no task",
            format!("create a folder for each task below `{TASKS_FOLDER}`, or write `task` blocks"),
        );
    }
    names
        .into_iter()
        .map(|value| Spanned {
            value,
            span: application.span.clone(),
        })
        .collect()
}

/// The folders that are tasks where a manifest has no `task` block, sorted.
pub(super) fn folder_names(files: &dyn Files) -> Vec<String> {
    let mut names = files.folders(TASKS_FOLDER);
    names.retain(|name| !name.starts_with('.') && name != "node_modules");
    names.sort();
    names
}

fn task_name(reader: &mut Reader, name: &Spanned<String>) -> Option<TaskName> {
    if let Ok(task) = name.value.parse::<TaskName>() {
        return Some(task);
    }
    reader.report(
        "task-name",
        name.span.clone(),
        format!("`{}` is no name for a task", name.value),
        "its name",
        format!("write {}", names::APPLICATION_RULE),
    );
    None
}

/// Reads one task.
pub(super) fn read(reader: &mut Reader, context: &Context<'_>, declared: &Declared<'_>) -> Task {
    let empty = Body::new();
    let name = &declared.name;
    let title = format!("task `{}`", name.value);
    let mut scope = Scope::new(&title, declared.body.unwrap_or(&empty));
    let runtime = scope.word(reader, "runtime", RUNTIMES);
    let isolation = isolation(reader, &mut scope);
    let (source, handler) = source_and_handler(reader, context, &mut scope, name);
    let task = Task {
        function_name: function_name(reader, context, &mut scope, name),
        entrypoint: context.entrypoints.contains(&name.value),
        source,
        handler,
        runtime: runtime.map_or_else(|| context.runtime.clone(), str::to_owned),
        timeout_seconds: scope
            .integer(reader, "timeout_seconds", TIMEOUT_SECONDS)
            .unwrap_or(30),
        min_memory_mb: scope
            .integer(reader, "min_memory_mb", MEMORY_MB)
            .unwrap_or(*MEMORY_MB.start()),
        isolation,
        environment: environment::read(reader, &mut scope),
        permissions: permissions(reader, &mut scope),
        calls: calls(reader, context, &mut scope),
    };
    scope.close(reader);
    task
}

fn isolation(reader: &mut Reader, scope: &mut Scope<'_>) -> String {
    let Some(isolation) = scope.string(reader, "isolation") else {
        return "default".to_owned();
    };
    if !names::is_plain_name(&isolation.value) {
        reader.report(
            "isolation-name",
            isolation.span,
            format!("`{}` is no name for an isolation", isolation.value),
            "its name",
            format!(
                "write {}; `own` keeps the task alone",
                names::APPLICATION_RULE
            ),
        );
    }
    isolation.value
}

fn source_and_handler(
    reader: &mut Reader,
    context: &Context<'_>,
    scope: &mut Scope<'_>,
    name: &Spanned<TaskName>,
) -> (String, String) {
    let title = scope.title().to_owned();
    let source = scope.string(reader, "source").unwrap_or_else(|| Spanned {
        value: format!("{TASKS_FOLDER}/{}", name.value),
        span: name.span.clone(),
    });
    let handler = scope.string(reader, "handler").unwrap_or_else(|| Spanned {
        value: DEFAULT_HANDLER.to_owned(),
        span: source.span.clone(),
    });
    let Some(normal) = path::inside(reader, &title, &source) else {
        return (source.value, handler.value);
    };
    let places = source::Places {
        source: source.span,
        handler: handler.span,
    };
    source::check(
        reader,
        context.files,
        &title,
        &normal,
        &handler.value,
        &places,
    );
    (normal, handler.value)
}

fn function_name(
    reader: &mut Reader,
    context: &Context<'_>,
    scope: &mut Scope<'_>,
    task: &Spanned<TaskName>,
) -> String {
    let name = scope
        .string(reader, "function_name")
        .unwrap_or_else(|| Spanned {
            value: model::Application::default_function_name(&context.application, &task.value),
            span: task.span.clone(),
        });
    let length = name.value.len();
    if length > MAX_FUNCTION_NAME_LENGTH {
        reader.report(
            "function-name-length",
            name.span,
            format!(
                "the function name `{}` has {length} characters, Lambda takes at most {MAX_FUNCTION_NAME_LENGTH}",
                name.value
            ),
            "too long",
            "give the task a shorter `function_name`",
        );
    } else if !names::is_function_characters(&name.value, MAX_FUNCTION_NAME_LENGTH) {
        reader.report(
            "function-name",
            name.span,
            format!("Lambda takes no function `{}`", name.value),
            "its name",
            "write letters, digits, `-` or `_`",
        );
    }
    name.value
}

fn permissions(reader: &mut Reader, scope: &mut Scope<'_>) -> Vec<Permission> {
    let title = format!("block `permission` of {}", scope.title());
    let mut permissions = Vec::new();
    for block in scope.blocks("permission") {
        let mut inner = Scope::new(&title, &block.body);
        let actions = permission_list(reader, &mut inner, "actions", syntax::ident_span(block));
        let resources = permission_list(reader, &mut inner, "resources", syntax::ident_span(block));
        inner.close(reader);
        permissions.push(Permission { actions, resources });
    }
    permissions.sort();
    permissions.dedup();
    permissions
}

fn permission_list(
    reader: &mut Reader,
    scope: &mut Scope<'_>,
    name: &'static str,
    block: Bytes,
) -> Vec<String> {
    let is_set = scope.name_span(name).is_some();
    let list = scope.strings(reader, name);
    if list.as_ref().map_or(!is_set, Vec::is_empty) {
        reader.report(
            "permission",
            scope.name_span(name).unwrap_or(block),
            format!("{} has no `{name}`", scope.title()),
            "incomplete",
            "write `actions` and `resources`, each with at least one entry",
        );
    }
    let mut list: Vec<String> = list
        .unwrap_or_default()
        .into_iter()
        .map(|entry| entry.value)
        .collect();
    list.sort();
    list.dedup();
    list
}

fn calls(
    reader: &mut Reader,
    context: &Context<'_>,
    scope: &mut Scope<'_>,
) -> Option<Vec<DeclaredCall>> {
    let place = format!("`calls` of {}", scope.title());
    let list = scope.list(reader, "calls")?;
    let mut calls: Vec<DeclaredCall> = list
        .iter()
        .filter_map(|call| read_call(reader, context, &place, call))
        .collect();
    calls.sort();
    calls.dedup();
    Some(calls)
}

fn read_call(
    reader: &mut Reader,
    context: &Context<'_>,
    place: &str,
    call: &Expression,
) -> Option<DeclaredCall> {
    if let Some(name) = syntax::string(call) {
        let task = context.task(reader, place, &name)?;
        return Some(DeclaredCall {
            task,
            mode: CallMode::Sync,
        });
    }
    let parsed = call.as_object().and_then(call_object);
    let Some((name, mode)) = parsed else {
        reader.report(
            "call-form",
            syntax::span(call),
            format!("{place} holds something that is no call"),
            "not a call",
            "write the callee's name, or `{ task = \"name\", mode = \"async\" }` with mode `sync` or `async`",
        );
        return None;
    };
    Some(DeclaredCall {
        task: context.task(reader, place, &name)?,
        mode,
    })
}

/// Callee and mode of `{ task = "...", mode = "..." }`.
fn call_object(object: &Object) -> Option<(Spanned<String>, CallMode)> {
    let mut task = None;
    let mut mode = None;
    for (key, value) in object {
        let text = syntax::string(value.expr())?;
        match (syntax::key_name(key)?.0.as_str(), text.value.as_str()) {
            ("task", _) if task.is_none() => task = Some(text),
            ("mode", "sync") if mode.is_none() => mode = Some(CallMode::Sync),
            ("mode", "async") if mode.is_none() => mode = Some(CallMode::Async),
            _ => return None,
        }
    }
    Some((task?, mode.unwrap_or(CallMode::Sync)))
}
