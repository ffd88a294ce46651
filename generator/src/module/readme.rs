//! `README.md`: how to use the module, and what goes in and comes out.

use std::fmt::Write as _;

use crate::frozen::Frozen;
use crate::manifest::Manifest;
use crate::module::{outputs, variables, versions};

const DECIDED: &str = "Apply it, let requests come in, and apply again: every plan shows which \
                       setup the figures speak for, and why.";

const FROZEN: &str = "The setup is frozen in `setup.tf`: another one is a change of that file, \
                      written by `fusionize generate --frozen` and reviewed like any other.";

pub(super) fn text(manifest: &Manifest, frozen: Option<&Frozen>) -> String {
    let name = &manifest.application;
    let mut text = format!(
        "# {name}\n\n\
         The functions of the application `{name}` and the setup that decides what each of them carries. \
         Written by `fusionize generate` from the application's manifest: change that, not these files.\n\n\
         ## Usage\n\n\
         ```hcl\n\
         terraform {{\n  required_providers {{\n    fusion = {{\n      source = \"{source}\"\n    }}\n  }}\n}}\n\n\
         provider \"fusion\" {{}}\n\n\
         module \"{name}\" {{\n  source = \"./{folder}\"\n}}\n\
         ```\n\n\
         The stack configures the provider; a module has no provider block of its own. {next}\n\n",
        next = if frozen.is_some() { FROZEN } else { DECIDED },
        source = versions::PROVIDER_SOURCE,
        folder = super::FOLDER_NAME,
    );
    tasks(&mut text, manifest);
    inputs(&mut text, manifest, frozen);
    text.push_str("\n## Outputs\n\n| name | description |\n|---|---|\n");
    for output in outputs::of(frozen) {
        let _ = writeln!(text, "| {} | {} |", output.name, output.description);
    }
    text
}

fn tasks(text: &mut String, manifest: &Manifest) {
    text.push_str("## Tasks\n\n| task | function | source | runtime | entrypoint | declared calls |\n|---|---|---|---|---|---|\n");
    for (name, task) in &manifest.tasks {
        let calls = match &task.calls {
            None => "observed".to_owned(),
            Some(calls) if calls.is_empty() => "none".to_owned(),
            Some(calls) => calls
                .iter()
                .map(|call| format!("{} ({})", call.task, call.mode.as_str()))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let _ = writeln!(
            text,
            "| {name} | `{}` | `{}` | `{}` | {} | {calls} |",
            task.function_name,
            task.source,
            task.runtime,
            if task.entrypoint { "yes" } else { "no" },
        );
    }
}

fn inputs(text: &mut String, manifest: &Manifest, frozen: Option<&Frozen>) {
    text.push_str("\n## Inputs\n\n| name | description | type | default |\n|---|---|---|---|\n");
    for variable in variables::of(manifest, frozen) {
        let kind = if variable.kind.contains('\n') {
            "object"
        } else {
            &variable.kind
        };
        let default = variable.default.line().unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} | `{kind}` | `{default}` |",
            variable.name, variable.description
        );
    }
}
