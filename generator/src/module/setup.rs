//! `setup.tf`: the sources' hashes and the resource that decides the setup.

use std::collections::BTreeSet;

use crate::frozen::Frozen;
use crate::hcl::{Body, Value};
use crate::manifest::{Initial, Manifest, Pricing, TaskName};

pub(super) fn body(manifest: &Manifest, frozen: Option<&Frozen>) -> Body {
    let body = Body::new()
        .comment("Content hash and size of every task, read in the plan.")
        .block("data", &["fusion_sources", "this"], sources());
    match frozen {
        None => body
            .comment(
                "Decides which tasks run inside which function, and how much memory each function gets:\n\
                 first from the settings below, then from what CloudWatch says about the application.",
            )
            .block("resource", &["fusion_setup", "this"], setup(manifest)),
        Some(frozen) => body
            .comment(
                "The setup: which tasks run inside which function, and how much memory each function gets.\n\
                 It is frozen; `fusionize generate --frozen` writes another one.",
            )
            .block("locals", &[], frozen_setup(frozen)),
    }
}

/// The groups as literals, with the releases that `fusion_setup` would give them.
fn frozen_setup(frozen: &Frozen) -> Body {
    let setup = frozen.groups().iter().map(|(root, group)| {
        let tasks = Value::list(group.tasks.iter().map(TaskName::as_str));
        let group = [
            ("memory_mb", Value::from(group.memory_mb)),
            ("tasks", tasks),
        ];
        (root.as_str(), Value::object(group).inline())
    });
    Body::new()
        .attribute("setup", Value::object(setup))
        .comment(
            "12 hexadecimal digits over everything that decides how a function behaves. Metrics bear them.",
        )
        .attribute("releases", Value::code(FROZEN_RELEASES))
        .blank()
        .attribute("groups", Value::code(FROZEN_GROUPS))
}

fn sources() -> Body {
    Body::new()
        .attribute("root", Value::code("local.source_root"))
        .attribute("runtime_path", Value::code("local.runtime_path"))
        .attribute("shared", Value::code("local.shared"))
        .blank()
        .attribute("tasks", Value::code(SOURCES_TASKS))
}

fn setup(manifest: &Manifest) -> Body {
    let mut body = Body::new()
        .attribute("alias", Value::code("local.alias"))
        .optional("apart", task_sets(&manifest.apart))
        .attribute("application", Value::code("local.application"))
        .attribute(
            "fusion_runtime_sha256",
            Value::code("data.fusion_sources.this.fusion_runtime_sha256"),
        )
        .optional("initial", manifest.initial.map(Initial::as_str))
        .attribute("inline_async", Value::code("local.inline_async"))
        .optional("memory_sizes_mb", memory_sizes(manifest))
        .attribute("mode", Value::code("var.mode"))
        .attribute("objective", Value::code("var.objective"))
        .attribute("observation", Value::code("var.observation"))
        .attribute("pinned_setup", Value::code("var.pinned_setup"));
    if let Some(pricing) = pricing(&manifest.pricing) {
        body = body.attribute("pricing", pricing);
    }
    body.attribute("telemetry_budget", Value::code("var.telemetry_budget"))
        .optional("together", task_sets(&manifest.together))
        .blank()
        .attribute("sources", Value::code(SETUP_SOURCES))
        .blank()
        .attribute("tasks", Value::code(SETUP_TASKS))
}

fn task_sets(sets: &[BTreeSet<TaskName>]) -> Value {
    if sets.is_empty() {
        return Value::Null;
    }
    Value::list(
        sets.iter()
            .map(|set| Value::list(set.iter().map(TaskName::as_str))),
    )
}

fn memory_sizes(manifest: &Manifest) -> Value {
    if manifest.memory_sizes_mb.is_empty() {
        return Value::Null;
    }
    Value::list(manifest.memory_sizes_mb.iter().copied())
}

fn pricing(pricing: &Pricing) -> Option<Value> {
    let elements = [
        ("architecture", Value::from(pricing.architecture.as_ref())),
        ("gb_second_usd", pricing.gb_second_usd.into()),
        ("request_usd", pricing.request_usd.into()),
    ];
    let set: Vec<_> = elements
        .into_iter()
        .filter(|(_, value)| *value != Value::Null)
        .collect();
    (!set.is_empty()).then(|| Value::object(set))
}

const SOURCES_TASKS: &str = "{
  for name, task in local.tasks : name => {
    handler = task.handler
    runtime = task.runtime
    source  = task.source
  }
}";

const SETUP_SOURCES: &str = "{
  root         = local.source_root
  runtime_path = local.runtime_path
  shared       = local.shared
}";

const SETUP_TASKS: &str = "{
  for name, task in local.tasks : name => {
    alone           = task.alone
    calls           = task.calls
    entrypoint      = task.entrypoint
    function_name   = task.function_name
    handler         = task.handler
    isolation       = task.isolation
    min_memory_mb   = task.min_memory_mb
    permissions     = task.permissions
    runtime         = task.runtime
    source          = task.source
    source_bytes    = data.fusion_sources.this.sources[name].bytes
    source_sha256   = data.fusion_sources.this.sources[name].sha256
    timeout_seconds = task.timeout_seconds
  }
}";

const FROZEN_RELEASES: &str = r#"{
  for root, group in local.setup : root => substr(sha256(jsonencode({
    alias                 = local.alias
    application           = local.application
    fusion_runtime_sha256 = data.fusion_sources.this.fusion_runtime_sha256
    inline_async          = local.inline_async
    members = {
      for name in group.tasks : name => {
        runtime         = local.tasks[name].runtime
        source_sha256   = data.fusion_sources.this.sources[name].sha256
        timeout_seconds = local.tasks[name].timeout_seconds
      }
    }
    memory_mb = group.memory_mb
    root      = root
    sampling  = local.tasks[root].entrypoint ? "${var.sampling.share}/${var.sampling.hours}" : null
  })), 0, 12)
}"#;

const FROZEN_GROUPS: &str = "{
  for root, group in local.setup : root => {
    attempt         = 0
    memory_mb       = group.memory_mb
    release         = local.releases[root]
    tasks           = group.tasks
    timeout_seconds = local.tasks[root].timeout_seconds
  }
}";
