//! `variables.tf`: what a stack may set, with the manifest's values as defaults.

use std::fmt::Write as _;

use crate::frozen::Frozen;
use crate::hcl::{Body, Value};
use crate::manifest::{Manifest, Minimize, Objective, Observation};

/// A variable of the module.
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) description: String,
    /// The type as HCL spells it.
    pub(super) kind: String,
    pub(super) default: Value,
    nullable: bool,
    /// Conditions with their messages.
    rules: Vec<(String, &'static str)>,
}

/// Role of functions on the embedded platform, which has no IAM.
const LOCAL_ROLE_ARN: &str = "arn:aws:iam::000000000000:role/fusionize";

/// How long functions on the embedded platform keep telemetry: it costs nothing there.
const LOCAL_FLUSH_SECONDS: u32 = 1;

/// The share of the cost that telemetry may take on the embedded platform: all of it.
const LOCAL_TELEMETRY_BUDGET: f64 = 1.0;

/// The embedded platform's figures are complete at once.
const LOCAL_SETTLE_SECONDS: u32 = 0;

/// All variables of the module for a manifest, by name. What steers decisions is left out where
/// the setup is frozen.
pub(super) fn of(manifest: &Manifest, frozen: Option<&Frozen>) -> Vec<Variable> {
    let mut variables = vec![
        flush_seconds(),
        plain(
            "package_directory",
            "Folder for the functions' packages; by default `.fusionize/packages` in the stack's folder.",
        ),
        role_arn(),
        tags(),
    ];
    if frozen.is_some() {
        variables.push(sampling());
    } else {
        variables.extend([
            mode(),
            objective(&manifest.objective),
            observation(&manifest.observation),
            plain(
                "pinned_setup",
                "A setup in notation, e.g. `(A,B)@128-(C)@1024`, to deploy whatever the figures say.",
            ),
            telemetry_budget(manifest),
        ]);
    }
    variables.sort_by_key(|variable| variable.name);
    variables
}

pub(super) fn body(manifest: &Manifest, frozen: Option<&Frozen>) -> Body {
    of(manifest, frozen)
        .into_iter()
        .fold(Body::new(), |body, variable| {
            let name = variable.name;
            body.block("variable", &[name], block(variable))
        })
}

fn block(variable: Variable) -> Body {
    let mut body = Body::new()
        .attribute("description", &variable.description)
        .attribute("type", Value::code(variable.kind))
        .attribute("default", variable.default);
    if !variable.nullable {
        body = body.attribute("nullable", false);
    }
    for (condition, message) in variable.rules {
        let rule = Body::new()
            .attribute("condition", Value::code(condition))
            .attribute("error_message", message);
        body = body.block("validation", &[], rule);
    }
    body
}

/// What has to hold for a value, in `holds` a pair of braces, that `otherwise` stands for where it
/// is left out. Without a rule the provider would tell it of its own argument.
fn rule(of: &str, otherwise: &str, holds: &str, message: &'static str) -> (String, &'static str) {
    let value = format!("coalesce({of}, {otherwise})");
    (holds.replace("{}", &value), message)
}

/// A string that may be absent.
fn plain(name: &'static str, description: &str) -> Variable {
    Variable {
        name,
        description: description.to_owned(),
        kind: "string".to_owned(),
        default: Value::Null,
        nullable: true,
        rules: Vec::new(),
    }
}

fn flush_seconds() -> Variable {
    Variable {
        name: "flush_seconds",
        description: "How long a function may keep telemetry before it writes it, in seconds. On AWS 60 is a good value.".to_owned(),
        kind: "number".to_owned(),
        default: LOCAL_FLUSH_SECONDS.into(),
        nullable: false,
        rules: vec![(
            "var.flush_seconds >= 1 && floor(var.flush_seconds) == var.flush_seconds".to_owned(),
            "The flush interval has to be a whole number of seconds, at least 1.",
        )],
    }
}

fn mode() -> Variable {
    Variable {
        name: "mode",
        description:
            "`auto` lets every plan look for a better setup, `hold` keeps the one that is deployed."
                .to_owned(),
        kind: "string".to_owned(),
        default: "auto".into(),
        nullable: false,
        rules: vec![(
            "contains([\"auto\", \"hold\"], var.mode)".to_owned(),
            "The mode has to be \"auto\" or \"hold\".",
        )],
    }
}

fn objective(objective: &Objective) -> Variable {
    let fields = [
        (
            "latency_weight",
            "number",
            Value::from(objective.latency_weight),
        ),
        (
            "max_cost_per_million_usd",
            "number",
            objective.max_cost_per_million_usd.into(),
        ),
        (
            "max_latency_p95_ms",
            "number",
            objective.max_latency_p95_ms.into(),
        ),
        (
            "minimize",
            "string",
            objective.minimize.map(Minimize::as_str).into(),
        ),
    ];
    Variable {
        name: "objective",
        description: "What to optimize for: `minimize` is `balanced`, `cost` or `latency`; `latency_weight` (0 to 1) weighs latency against cost; the other two are bounds to keep.".to_owned(),
        kind: object_type(&fields),
        default: Value::Object(Vec::new()),
        nullable: false,
        rules: vec![
            (
                "contains([\"balanced\", \"cost\", \"latency\"], coalesce(var.objective.minimize, \"balanced\"))".to_owned(),
                "What to minimize has to be \"balanced\", \"cost\" or \"latency\".",
            ),
            rule(
                "var.objective.latency_weight",
                "0",
                "{} >= 0 && {} <= 1",
                "The weight of latency has to be between 0 and 1.",
            ),
            rule(
                "var.objective.max_cost_per_million_usd",
                "1",
                "{} > 0",
                "The bound `max_cost_per_million_usd` has to be above 0.",
            ),
            rule(
                "var.objective.max_latency_p95_ms",
                "1",
                "{} > 0",
                "The bound `max_latency_p95_ms` has to be above 0.",
            ),
        ],
    }
}

fn observation(observation: &Observation) -> Variable {
    let settle_seconds = observation.settle_seconds.unwrap_or(LOCAL_SETTLE_SECONDS);
    let fields = [
        ("confidence", "number", Value::from(observation.confidence)),
        (
            "min_improvement",
            "number",
            observation.min_improvement.into(),
        ),
        ("min_requests", "number", observation.min_requests.into()),
        ("settle_seconds", "number", settle_seconds.into()),
        ("window_hours", "number", observation.window_hours.into()),
    ];
    Variable {
        name: "observation",
        description: "What counts as evidence: the window that is looked at, the requests that every entrypoint needs in it, the least relative improvement and its confidence, and the age in seconds below which figures are not believed yet (on AWS 180).".to_owned(),
        kind: object_type(&fields),
        default: Value::Object(Vec::new()),
        nullable: false,
        rules: vec![
            rule(
                "var.observation.confidence",
                "0.95",
                "{} >= 0.5 && {} <= 0.9999",
                "The attribute `confidence` has to be between 0.5 and 0.9999.",
            ),
            rule(
                "var.observation.min_improvement",
                "0",
                "{} >= 0 && {} <= 1",
                "The attribute `min_improvement` has to be between 0 and 1.",
            ),
            rule(
                "var.observation.min_requests",
                "1",
                "{} >= 1 && floor({}) == {}",
                "The attribute `min_requests` has to be a whole number, at least 1.",
            ),
            rule(
                "var.observation.settle_seconds",
                "0",
                "{} >= 0 && floor({}) == {}",
                "The attribute `settle_seconds` has to be a whole number, at least 0.",
            ),
            rule(
                "var.observation.window_hours",
                "24",
                "{} >= 0.01 && {} <= 24",
                "The attribute `window_hours` has to be between 0.01 and 24.",
            ),
        ],
    }
}

fn role_arn() -> Variable {
    Variable {
        name: "role_arn",
        description: "ARN of the role that the functions run under. The default is for the embedded platform, which has no IAM.".to_owned(),
        kind: "string".to_owned(),
        default: LOCAL_ROLE_ARN.into(),
        nullable: false,
        rules: vec![(
            "can(regex(\"^arn:[^:]+:iam::[0-9]{12}:role/.+$\", var.role_arn))".to_owned(),
            "The role has to be an ARN, e.g. arn:aws:iam::123456789012:role/name.",
        )],
    }
}

fn sampling() -> Variable {
    let default = Value::object([("hours", 1_u32), ("share", 1_u32)]);
    Variable {
        name: "sampling",
        description:
            "Which requests are measured: a share of them, 0 to 1, in one hour of so many."
                .to_owned(),
        kind: "object({\n  hours = number\n  share = number\n})".to_owned(),
        default,
        nullable: false,
        rules: vec![(
            "var.sampling.share >= 0 && var.sampling.share <= 1 && var.sampling.hours >= 1"
                .to_owned(),
            "The share has to be between 0 and 1, and the hours at least 1.",
        )],
    }
}

fn tags() -> Variable {
    Variable {
        name: "tags",
        description: "Tags of every function.".to_owned(),
        kind: "map(string)".to_owned(),
        default: Value::Object(Vec::new()),
        nullable: false,
        rules: Vec::new(),
    }
}

fn telemetry_budget(manifest: &Manifest) -> Variable {
    Variable {
        name: "telemetry_budget",
        description: "The share of the application's cost that telemetry may take, 0 to 1. On AWS 0.02 is a good value.".to_owned(),
        kind: "number".to_owned(),
        default: manifest.telemetry_budget.unwrap_or(LOCAL_TELEMETRY_BUDGET).into(),
        nullable: false,
        rules: vec![(
            "var.telemetry_budget >= 0 && var.telemetry_budget <= 1".to_owned(),
            "The budget has to be between 0 and 1.",
        )],
    }
}

/// An object type whose attributes may all be left out.
fn object_type(fields: &[(&str, &str, Value)]) -> String {
    let width = fields
        .iter()
        .map(|(name, ..)| name.len())
        .max()
        .unwrap_or_default();
    let mut text = String::from("object({\n");
    for (name, kind, default) in fields {
        let kind = match default.line() {
            Some(default) if default != "null" => format!("optional({kind}, {default})"),
            _ => format!("optional({kind})"),
        };
        let _ = writeln!(text, "  {name:width$} = {kind}");
    }
    text.push_str("})");
    text
}
