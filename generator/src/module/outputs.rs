//! `outputs.tf`: what other stacks build on, and what the setup is.

use crate::hcl::{Body, Value};

/// An output with its expression.
pub(super) struct Output {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    code: &'static str,
}

/// All outputs by name.
pub(super) const OUTPUTS: &[Output] = &[
    Output {
        name: "decision",
        description: "Why the setup is what it is: what changed, because of what, instead of what.",
        code: "fusion_setup.this.decision",
    },
    Output {
        name: "entrypoints",
        description: "Like `tasks`, but only those that clients invoke.",
        code: "{
  for name, function in module.functions.functions : name => function
  if local.tasks[name].entrypoint
}",
    },
    Output {
        name: "forecast",
        description: "Latency and cost of the setup as expected when it was chosen, with intervals.",
        code: "fusion_setup.this.forecast",
    },
    Output {
        name: "notation",
        description: "The setup in one line, e.g. `(A,B)@128-(C)@1024`.",
        code: "fusion_setup.this.notation",
    },
    Output {
        name: "phase",
        description: "How the setup came about: `initial`, `optimized`, `reverted` or `pinned`.",
        code: "fusion_setup.this.phase",
    },
    Output {
        name: "setup_id",
        description: "First 12 hexadecimal digits of the SHA-256 of the notation.",
        code: "fusion_setup.this.setup_id",
    },
    Output {
        name: "tasks",
        description: "Of every task the `function_name`, and the `alias_arn` and `invoke_arn` under which it is called; a new setup changes none of them.",
        code: "module.functions.functions",
    },
];

pub(super) fn body() -> Body {
    OUTPUTS.iter().fold(Body::new(), |body, output| {
        let inner = Body::new()
            .attribute("description", output.description)
            .attribute("value", Value::code(output.code));
        body.block("output", &[output.name], inner)
    })
}
