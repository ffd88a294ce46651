//! `outputs.tf`: what other stacks build on, and what the setup is.

use crate::frozen::Frozen;
use crate::hcl::{Body, Value};

/// An output with its value.
pub(super) struct Output {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    value: Value,
}

/// All outputs by name. Of a frozen setup there is no decision and no forecast.
pub(super) fn of(frozen: Option<&Frozen>) -> Vec<Output> {
    let mut outputs = functions();
    match frozen {
        None => outputs.extend(decided()),
        Some(frozen) => {
            outputs.push(notation(Value::from(frozen.notation())));
            outputs.push(setup_id(Value::from(&frozen.setup_id())));
        }
    }
    outputs.sort_by_key(|output| output.name);
    outputs
}

pub(super) fn body(frozen: Option<&Frozen>) -> Body {
    of(frozen).into_iter().fold(Body::new(), |body, output| {
        let inner = Body::new()
            .attribute("description", output.description)
            .attribute("value", output.value);
        body.block("output", &[output.name], inner)
    })
}

fn functions() -> Vec<Output> {
    vec![
        Output {
            name: "entrypoints",
            description: "Like `tasks`, but only those that clients invoke.",
            value: Value::code(ENTRYPOINTS),
        },
        Output {
            name: "tasks",
            description: "Of every task the `function_name`, and the `alias_arn` and `invoke_arn` under which it is called; a new setup changes none of them.",
            value: Value::code("module.functions.functions"),
        },
    ]
}

fn decided() -> Vec<Output> {
    vec![
        Output {
            name: "decision",
            description: "Why the setup is what it is: what changed, because of what, instead of what.",
            value: Value::code("fusion_setup.this.decision"),
        },
        Output {
            name: "forecast",
            description: "Latency and cost of the setup as expected when it was chosen, with intervals.",
            value: Value::code("fusion_setup.this.forecast"),
        },
        notation(Value::code("fusion_setup.this.notation")),
        Output {
            name: "phase",
            description: "How the setup came about: `initial`, `optimized`, `reverted` or `pinned`.",
            value: Value::code("fusion_setup.this.phase"),
        },
        Output {
            name: "setup",
            description: "The resource `fusion_setup` as JSON: what the argument `setup` of `data.fusion_status` takes, which then says what would be decided at this moment.",
            value: Value::code("jsonencode(fusion_setup.this)"),
        },
        setup_id(Value::code("fusion_setup.this.setup_id")),
    ]
}

fn notation(value: Value) -> Output {
    Output {
        name: "notation",
        description: "The setup in one line, e.g. `(A,B)@128-(C)@1024`.",
        value,
    }
}

fn setup_id(value: Value) -> Output {
    Output {
        name: "setup_id",
        description: "First 12 hexadecimal digits of the SHA-256 of the notation.",
        value,
    }
}

const ENTRYPOINTS: &str = "{
  for name, function in module.functions.functions : name => function
  if local.tasks[name].entrypoint
}";
