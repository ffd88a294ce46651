//! Reads the file as a whole and the block `application`.

use std::collections::{BTreeMap, BTreeSet};

use fusion_model::application::MEMORY_MB;
use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};

use crate::files::Files;
use crate::manifest::names::{self, APPLICATION_RULE};
use crate::manifest::reader::{self, Reader, Scope};
use crate::manifest::settings::{Objective, Observation, Pricing};
use crate::manifest::syntax::{self, Bytes, Spanned};
use crate::manifest::task::{self, Declared};
use crate::manifest::{
    Initial, MAX_BYTES, Manifest, SharePermissions, TaskName, check, path, source, stray,
};

/// The language runtimes that the fusion runtime exists for.
pub(super) const RUNTIMES: &[(&str, &str)] =
    &[("nodejs22.x", "nodejs22.x"), ("nodejs24.x", "nodejs24.x")];

/// The alias of an application that names no other.
const DEFAULT_ALIAS: &str = "live";

/// What application and tasks have in common while tasks are read.
pub(super) struct Context<'c> {
    pub(super) application: String,
    pub(super) runtime: String,
    pub(super) entrypoints: BTreeSet<TaskName>,
    pub(super) tasks: &'c [Declared<'c>],
    pub(super) files: &'c dyn Files,
}

impl Context<'_> {
    /// The task that a name stands for; reports it if there is none.
    pub(super) fn task(
        &self,
        reader: &mut Reader,
        place: &str,
        name: &Spanned<String>,
    ) -> Option<TaskName> {
        find_task(reader, &self.application, self.tasks, place, name)
    }
}

/// Reads the whole manifest.
pub(super) fn read(reader: &mut Reader, files: &dyn Files) -> Option<Manifest> {
    check_size(reader)?;
    let body = parse(reader)?;
    let mut top = Scope::new("the manifest", &body);
    let blocks = top.blocks("application");
    top.close(reader);
    let block = only_application(reader, &blocks)?;
    let name = application_name(reader, block)?;
    let mut scope = Scope::new(format!("application `{}`", name.value), &block.body);
    let manifest = read_application(reader, &mut scope, &name, files);
    scope.close(reader);
    Some(manifest)
}

/// Refuses what would take long to read.
fn check_size(reader: &mut Reader) -> Option<()> {
    if reader.text().text.len() <= MAX_BYTES {
        return Some(());
    }
    reader.report(
        "manifest-size",
        0..0,
        format!("the manifest has more than {MAX_BYTES} bytes, the most that is read"),
        "its beginning",
        "a manifest holds names and settings only: move long texts into files of the tasks",
    );
    None
}

fn parse(reader: &mut Reader) -> Option<Body> {
    let error = match hcl_edit::parser::parse_body(&reader.text().text) {
        Ok(body) => return Some(body),
        Err(error) => error,
    };
    let offset = error.location().offset();
    let word = |rest: &str| rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let rest = reader.slice(offset..reader.text().text.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let length = word(rest).unwrap_or(rest.len()).max(first);
    // The parser knows no duplicates of blocks, but of attributes and of an object's keys.
    if error.message().contains("redefined object key") {
        reader.report_duplicate_key(offset..offset + length);
    } else if error.message().contains("redefined attribute") {
        reader.report(
            "duplicate-attribute",
            offset..offset + length,
            "an attribute is set twice in one block",
            "set before",
            "keep one of the two",
        );
    } else {
        let advice = if rest.starts_with(['“', '”', '„', '‘', '’']) {
            "write straight quotes, `\"`, which editors for code keep as they are"
        } else {
            "often a quote, brace, bracket or comma is missing here or just before"
        };
        reader.report(
            "syntax",
            offset..offset + length,
            format!("the manifest is no HCL: {}", error.message()),
            "here",
            advice,
        );
    }
    None
}

fn only_application<'b>(reader: &mut Reader, blocks: &[&'b Block]) -> Option<&'b Block> {
    for second in blocks.iter().skip(1) {
        reader.report(
            "duplicate-block",
            syntax::ident_span(second),
            "a manifest describes one application",
            "a second one",
            "give it a folder and a manifest of its own",
        );
    }
    if blocks.is_empty() {
        let end = reader.text().text.len();
        reader.report(
            "missing-application",
            end..end,
            "the manifest describes no application",
            "the end of the manifest",
            "write `application \"name\" { entrypoints = [\"...\"] }`",
        );
    }
    blocks.first().copied()
}

/// The only label of a block; reports what is wrong with it.
pub(super) fn label(reader: &mut Reader, block: &Block) -> Option<Spanned<String>> {
    let kind = block.ident.as_str();
    if let [label] = block.labels.as_slice() {
        let span = label.span().unwrap_or_else(|| syntax::ident_span(block));
        return Some(Spanned {
            value: label.as_str().to_owned(),
            span,
        });
    }
    reader.report(
        "missing-name",
        syntax::ident_span(block),
        format!(
            "a block `{kind}` has exactly one name, this one has {}",
            block.labels.len()
        ),
        "its name belongs behind it",
        format!("write `{kind} \"name\" {{`"),
    );
    None
}

fn application_name(reader: &mut Reader, block: &Block) -> Option<Spanned<String>> {
    let name = label(reader, block)?;
    if !names::is_plain_name(&name.value) {
        reader.report(
            "application-name",
            name.span.clone(),
            format!("`{}` is no name for an application", name.value),
            "its name",
            format!("write {APPLICATION_RULE}"),
        );
    }
    Some(name)
}

fn read_application(
    reader: &mut Reader,
    scope: &mut Scope<'_>,
    name: &Spanned<String>,
    files: &dyn Files,
) -> Manifest {
    let blocks = scope.blocks("task");
    let declared = task::declared(reader, &blocks, files, name);
    let runtime = scope
        .word(reader, "runtime", RUNTIMES)
        .unwrap_or("nodejs22.x")
        .to_owned();
    let entrypoints = entrypoints(reader, scope, name, &declared);
    let context = Context {
        application: name.value.clone(),
        runtime,
        entrypoints,
        tasks: &declared,
        files,
    };
    let tasks: BTreeMap<TaskName, _> = declared
        .iter()
        .map(|declared| {
            (
                declared.name.value.clone(),
                task::read(reader, &context, declared),
            )
        })
        .collect();

    let mut manifest = Manifest {
        application: name.value.clone(),
        alias: alias(reader, scope),
        shared: shared(reader, scope, files),
        inline_async: scope.boolean(reader, "inline_async").unwrap_or(false),
        share_permissions: scope.word(
            reader,
            "share_permissions",
            &[
                ("any", SharePermissions::Any),
                ("same", SharePermissions::Same),
            ],
        ),
        initial: scope.word(
            reader,
            "initial",
            &[
                ("declared", Initial::Declared),
                ("separate", Initial::Separate),
            ],
        ),
        memory_sizes_mb: memory_sizes(reader, scope),
        together: task_sets(reader, scope, &context, "together"),
        apart: task_sets(reader, scope, &context, "apart"),
        objective: settings(reader, scope, "objective", Objective::read),
        observation: settings(reader, scope, "observation", Observation::read),
        telemetry_budget: scope.number(reader, "telemetry_budget", 0.0..=1.0),
        pricing: settings(reader, scope, "pricing", Pricing::read),
        tasks,
        warnings: Vec::new(),
        text: reader.text().clone(),
    };
    check::application(reader, scope, name, &declared, &manifest);
    if !blocks.is_empty() {
        manifest.warnings = stray::find(reader, files, name, &manifest);
    }
    manifest
}

/// Reads one of the optional blocks that steer the optimizer.
fn settings<T: Default>(
    reader: &mut Reader,
    scope: &mut Scope<'_>,
    name: &'static str,
    read: impl FnOnce(&mut Reader, &mut Scope<'_>) -> T,
) -> T {
    let Some(block) = scope.block(reader, name) else {
        return T::default();
    };
    let mut inner = Scope::new(format!("block `{name}`"), &block.body);
    let value = read(reader, &mut inner);
    inner.close(reader);
    value
}

fn entrypoints(
    reader: &mut Reader,
    scope: &mut Scope<'_>,
    name: &Spanned<String>,
    tasks: &[Declared<'_>],
) -> BTreeSet<TaskName> {
    let listed = scope.strings(reader, "entrypoints");
    let is_absent = listed.as_ref().is_none_or(Vec::is_empty);
    if is_absent && scope.value("entrypoints").is_none_or(Expression::is_array) {
        let span = scope
            .name_span("entrypoints")
            .unwrap_or_else(|| name.span.clone());
        reader.report(
            "no-entrypoint",
            span,
            format!(
                "application `{}` has no entrypoint, so nothing could ever run",
                name.value
            ),
            "no entrypoint",
            "list the tasks that clients invoke: `entrypoints = [\"...\"]`",
        );
    }
    listed
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| find_task(reader, &name.value, tasks, "`entrypoints`", entry))
        .collect()
}

fn find_task(
    reader: &mut Reader,
    application: &str,
    tasks: &[Declared<'_>],
    place: &str,
    name: &Spanned<String>,
) -> Option<TaskName> {
    let found = tasks
        .iter()
        .find(|task| task.name.value.as_str() == name.value);
    if found.is_none() {
        let known = tasks.iter().map(|task| task.name.value.as_str());
        // Many unknown names among many known ones would take long.
        let advice = reader
            .has_room()
            .then(|| names::did_you_mean(&name.value, known));
        reader.report(
            "unknown-task",
            name.span.clone(),
            format!(
                "{place} names `{}`, but application `{application}` has no such task",
                name.value
            ),
            "no task of this name",
            advice.unwrap_or_default(),
        );
    }
    found.map(|task| task.name.value.clone())
}

fn alias(reader: &mut Reader, scope: &mut Scope<'_>) -> String {
    let Some(alias) = scope.string(reader, "alias") else {
        return DEFAULT_ALIAS.to_owned();
    };
    if !names::is_alias_name(&alias.value) {
        reader.report(
            "alias-name",
            alias.span,
            format!("Lambda takes no alias `{}`", alias.value),
            "its name",
            "write up to 128 letters, digits, `-` or `_`, not only digits",
        );
    }
    alias.value
}

fn shared(reader: &mut Reader, scope: &mut Scope<'_>, files: &dyn Files) -> Vec<String> {
    let title = scope.title().to_owned();
    let mut folders: Vec<String> = Vec::new();
    for folder in scope.strings(reader, "shared").unwrap_or_default() {
        let Some(normal) = path::inside(reader, &title, &folder) else {
            continue;
        };
        if files.is_folder(&normal) {
            let shown = format!("the shared folder `{normal}`");
            source::packable(reader, files, &normal, &shown, folder.span);
        } else {
            reader.report(
                "missing-shared",
                folder.span,
                format!("the shared folder `{normal}` does not exist"),
                "no folder",
                "create it, or remove it from `shared`",
            );
        }
        folders.push(normal);
    }
    folders.sort();
    folders.dedup();
    folders
}

fn memory_sizes(reader: &mut Reader, scope: &mut Scope<'_>) -> Vec<u32> {
    let title = scope.title().to_owned();
    let Some(list) = scope.list(reader, "memory_sizes_mb") else {
        return Vec::new();
    };
    let sizes: BTreeSet<u32> = list
        .iter()
        .filter_map(|size| reader::integer(reader, &title, "memory_sizes_mb", size, MEMORY_MB))
        .collect();
    sizes.into_iter().collect()
}

fn task_sets(
    reader: &mut Reader,
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    name: &'static str,
) -> Vec<BTreeSet<TaskName>> {
    let Some(list) = scope.list(reader, name) else {
        return Vec::new();
    };
    let mut sets = Vec::new();
    for element in list {
        let span: Bytes = syntax::span(element);
        let names = syntax::strings(element).unwrap_or_default();
        let different: BTreeSet<&str> = names.iter().map(|name| name.value.as_str()).collect();
        if different.len() < 2 {
            reader.report(
                "task-set",
                span,
                format!("`{name}` has to be a list of lists, each naming at least two tasks"),
                "not a list of two or more tasks",
                format!("write `{name} = [[\"one\", \"other\"]]`"),
            );
            continue;
        }
        let place = format!("`{name}`");
        sets.push(
            names
                .iter()
                .filter_map(|task| context.task(reader, &place, task))
                .collect(),
        );
    }
    sets
}
