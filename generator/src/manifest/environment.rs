//! Environment variables of tasks, within Lambda's limits.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::Expression;

use crate::manifest::reader::{Reader, Scope};
use crate::manifest::syntax::{self, Bytes};

/// Lambda's limit for the variables of one function, measured as compact JSON.
const MAX_BYTES: usize = 4096;

/// What of it the fusion runtime's own variables take at most.
const RUNTIME_BYTES: usize = 128;

/// Names that Lambda sets itself and refuses or overrides.
const RESERVED: &[&str] = &[
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// The beginnings of names that belong to Lambda and to the fusion runtime.
const RESERVED_PREFIXES: &[&str] = &["AWS_LAMBDA_", "FUSION_"];

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvironmentValue {
    /// A text, known now.
    Literal(String),
    /// An expression of the calling stack, as it stands in the manifest.
    Expression {
        /// Its text.
        text: String,
        /// Offset of its first byte in the manifest.
        offset_bytes: usize,
    },
}

impl EnvironmentValue {
    /// What it takes in JSON; what an expression will take is not known.
    fn json_bytes(&self) -> usize {
        match self {
            Self::Literal(text) => serde_json::Value::from(text.as_str()).to_string().len(),
            Self::Expression { .. } => 2,
        }
    }
}

/// Reads the attribute `environment`.
pub(super) fn read(
    reader: &mut Reader,
    scope: &mut Scope<'_>,
) -> BTreeMap<String, EnvironmentValue> {
    let title = scope.title().to_owned();
    let Some(value) = scope.value("environment") else {
        return BTreeMap::new();
    };
    let Some(object) = value.as_object() else {
        reader.report(
            "wrong-kind",
            syntax::span(value),
            format!("`environment` of {title} has to be an object"),
            "not an object",
            "write `environment = { NAME = \"value\" }`",
        );
        return BTreeMap::new();
    };
    let mut environment = BTreeMap::new();
    // The parser takes `NAME` and `"NAME"` for two keys.
    let mut names = BTreeSet::new();
    for (key, value) in object {
        let Some((name, span)) = syntax::key_name(key) else {
            reader.report(
                "environment-name",
                syntax::object_key_span(key),
                format!("{title} names an environment variable by an expression"),
                "not a name",
                "write the name itself, e.g. `environment = { NAME = \"value\" }`",
            );
            continue;
        };
        if !names.insert(name.clone()) {
            reader.report_duplicate_key(span);
        } else if check_name(reader, &title, &name, span)
            && let Some(value) = read_value(reader, &title, &name, value.expr())
        {
            environment.insert(name, value);
        }
    }
    environment
}

fn check_name(reader: &mut Reader, title: &str, name: &str, span: Bytes) -> bool {
    let plain = name.len() >= 2
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !plain {
        reader.report(
            "environment-name",
            span,
            format!("Lambda takes no environment variable `{name}`"),
            "its name",
            "begin it with a letter, then one or more letters, digits or `_`",
        );
        return false;
    }
    let reserved = RESERVED.contains(&name)
        || RESERVED_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix));
    if reserved {
        reader.report(
            "environment-reserved",
            span,
            format!("{title} sets `{name}`, which is set by Lambda or by the fusion runtime"),
            "reserved",
            "choose another name",
        );
    }
    !reserved
}

fn read_value(
    reader: &mut Reader,
    title: &str,
    name: &str,
    value: &Expression,
) -> Option<EnvironmentValue> {
    if let Some(text) = syntax::string(value) {
        return Some(EnvironmentValue::Literal(text.value));
    }
    match value {
        Expression::Bool(value) => Some(EnvironmentValue::Literal(value.to_string())),
        Expression::Number(value) => Some(EnvironmentValue::Literal(value.to_string())),
        Expression::Null(_) | Expression::Array(_) | Expression::Object(_) => {
            reader.report(
                "wrong-kind",
                syntax::span(value),
                format!("the environment variable `{name}` of {title} is no text"),
                "not a text",
                "write a string, e.g. the JSON text of a list or an object",
            );
            None
        }
        _ => {
            let span = syntax::span(value);
            let text = reader.slice(span.clone()).trim().to_owned();
            Some(EnvironmentValue::Expression {
                text,
                offset_bytes: span.start,
            })
        }
    }
}

/// What variables take of Lambda's limit, in bytes of compact JSON.
pub(super) fn size_bytes<'e>(
    variables: impl IntoIterator<Item = (&'e String, &'e EnvironmentValue)>,
) -> usize {
    // The name's quotes, the colon and a comma; the braces around all of it.
    variables
        .into_iter()
        .map(|(name, value)| name.len() + value.json_bytes() + 4)
        .sum::<usize>()
        + 2
}

/// How much of Lambda's limit is left to the tasks of one function, in bytes.
pub(super) const TASK_BYTES: usize = MAX_BYTES - RUNTIME_BYTES;
