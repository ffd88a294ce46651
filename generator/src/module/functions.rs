//! `functions.tf`: packages, functions and the switch, all of them in the building block.

use crate::frozen::Frozen;
use crate::hcl::{Body, Value};
use crate::module::embedded;

pub(super) fn body(frozen: Option<&Frozen>) -> Body {
    let (groups, sampling) = match frozen {
        Some(_) => ("local.groups", "var.sampling"),
        None => ("fusion_setup.this.groups", "fusion_setup.this.sampling"),
    };
    let arguments = [
        ("alias", "local.alias"),
        ("application", "local.application"),
        ("flush_seconds", "var.flush_seconds"),
        (
            "fusion_runtime_sha256",
            "data.fusion_sources.this.fusion_runtime_sha256",
        ),
        ("groups", groups),
        ("inline_async", "local.inline_async"),
        (
            "package_directory",
            "coalesce(var.package_directory, \"${path.root}/.fusionize/packages\")",
        ),
        ("role_arn", "var.role_arn"),
        ("runtime_path", "local.runtime_path"),
        ("sampling", sampling),
        ("shared", "local.shared"),
        ("source_root", "local.source_root"),
        ("tags", "var.tags"),
    ];
    let mut module = Body::new()
        .attribute("source", &format!("./{}", embedded::BLOCK_FOLDER))
        .blank();
    for (name, code) in arguments {
        module = module.attribute(name, Value::code(code));
    }
    module = module.blank().attribute("tasks", Value::code(TASKS));
    Body::new()
        .comment("One function a task, carrying the tasks of its group, behind an alias that never changes.")
        .block("module", &["functions"], module)
}

const TASKS: &str = "{
  for name, task in local.tasks : name => merge(task, {
    sha256 = data.fusion_sources.this.sources[name].sha256
  })
}";
