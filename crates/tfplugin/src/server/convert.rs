//! Between this crate's types and the protocol's messages.

use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::dynamic::Dynamic;
use crate::function::{FunctionError, Parameter, Signature};
use crate::path::{AttributePath, Step};
use crate::proto::tfplugin6 as wire;
use crate::schema::{Attribute, AttributeKind, Block, BlockNesting, Nested, Nesting, Schema};
use crate::types::Type;
use crate::wire::{WireError, json, msgpack};

/// What a message says, read by its type: `MessagePack` where there is any, else JSON, else null.
///
/// # Errors
///
/// Where the message is no value of the type. The error says which part, in a message of at most
/// a few hundred bytes whatever the host sent.
pub fn value(message: &wire::DynamicValue, r#type: &Type) -> Result<Dynamic, WireError> {
    match (message.msgpack.as_slice(), message.json.as_slice()) {
        ([], []) => Ok(Dynamic::Null),
        ([], json) => json::decode_bytes(json, r#type),
        (msgpack, _) => msgpack::decode(msgpack, r#type),
    }
}

/// A value of a type as hosts send it and providers answer it.
///
/// # Errors
///
/// Where the value is not of the type; the error says which part.
///
/// ```
/// use tfplugin::testing::{message, value};
/// use tfplugin::{Dynamic, Type};
///
/// let sent = message(&Dynamic::from(128), &Type::Number)?;
/// assert_eq!(sent.msgpack, [0xcc, 128]);
/// assert_eq!(value(&sent, &Type::Number)?, Dynamic::from(128));
/// # Ok::<(), tfplugin::testing::WireError>(())
/// ```
pub fn message(value: &Dynamic, r#type: &Type) -> Result<wire::DynamicValue, WireError> {
    Ok(wire::DynamicValue {
        msgpack: msgpack::encode(value, r#type)?,
        json: Vec::new(),
    })
}

/// Reads a value of a subject's schema. A message that is not there is null.
pub(super) fn read(
    message: Option<&wire::DynamicValue>,
    r#type: &Type,
    subject: &str,
) -> Result<Dynamic, Diagnostic> {
    let read = message.map_or(Ok(Dynamic::Null), |message| value(message, r#type));
    read.map_err(|error| unreadable(&error, subject))
}

/// What to say of a value that does not have the type that the schema says.
pub(super) fn unreadable(error: &WireError, subject: &str) -> Diagnostic {
    let detail = format!(
        "A value of `{subject}` does not fit its schema: {}. It may come from another version of \
         the provider.",
        error.message
    );
    Diagnostic::error("Value does not fit its schema", detail).at(error.path.clone())
}

/// Writes a value that was checked to fit its type.
pub(super) fn written(
    value: &Dynamic,
    r#type: &Type,
    subject: &str,
) -> Result<Option<wire::DynamicValue>, Diagnostic> {
    match message(value, r#type) {
        Ok(message) => Ok(Some(message)),
        Err(error) => Err(crate::operation::bug(subject, &format!("{error}."))),
    }
}

/// Writes diagnostics.
pub(super) fn diagnostics(diagnostics: Diagnostics) -> Vec<wire::Diagnostic> {
    diagnostics.into_iter().map(diagnostic).collect()
}

/// Writes a diagnostic. One about the whole object has no path.
pub(super) fn diagnostic(diagnostic: Diagnostic) -> wire::Diagnostic {
    let severity = match diagnostic.severity {
        Severity::Error => wire::diagnostic::Severity::Error,
        Severity::Warning => wire::diagnostic::Severity::Warning,
    };
    wire::Diagnostic {
        severity: severity.into(),
        summary: diagnostic.summary,
        detail: diagnostic.detail,
        attribute: (!diagnostic.path.is_root()).then(|| path(&diagnostic.path)),
    }
}

/// Writes why a function has no result. Hosts end the sentence themselves.
pub(super) fn failed_call(error: FunctionError) -> wire::call_function::Response {
    let FunctionError { text, argument } = error;
    let text = text.strip_suffix('.').unwrap_or(&text).to_owned();
    let function_argument = argument.map(|at| i64::try_from(at).unwrap_or(i64::MAX));
    wire::call_function::Response {
        result: None,
        error: Some(wire::FunctionError {
            text,
            function_argument,
        }),
    }
}

/// Writes a path.
pub(super) fn path(path: &AttributePath) -> wire::AttributePath {
    use wire::attribute_path::{Step as WireStep, step::Selector};
    let steps = path.steps().iter().map(|step| WireStep {
        selector: Some(match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => {
                Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX))
            }
        }),
    });
    wire::AttributePath {
        steps: steps.collect(),
    }
}

/// Writes a schema.
pub(super) fn schema(schema: &Schema) -> wire::Schema {
    wire::Schema {
        version: schema.version,
        block: Some(block(schema)),
    }
}

/// The schema of the provider's configuration, in which nothing can be computed: a default is the
/// provider's own business.
pub(super) fn provider_schema(of: &Schema) -> wire::Schema {
    let mut written = schema(of);
    if let Some(block) = &mut written.block {
        not_computed(&mut block.attributes);
    }
    written
}

fn not_computed(attributes: &mut [wire::schema::Attribute]) {
    for attribute in attributes {
        attribute.computed = false;
        if let Some(nested) = &mut attribute.nested_type {
            not_computed(&mut nested.attributes);
        }
    }
}

fn block(schema: &Schema) -> wire::schema::Block {
    wire::schema::Block {
        version: schema.version,
        attributes: attributes(&schema.attributes),
        block_types: schema
            .blocks
            .iter()
            .map(|(n, b)| nested_block(n, b))
            .collect(),
        description: schema.description.clone(),
        description_kind: wire::StringKind::Markdown.into(),
        deprecated: schema.deprecated.is_some(),
        deprecation_message: schema.deprecated.clone().unwrap_or_default(),
    }
}

fn nested_block(name: &str, nested: &Block) -> wire::schema::NestedBlock {
    use wire::schema::nested_block::NestingMode;
    let nesting = match nested.nesting {
        BlockNesting::Single => NestingMode::Single,
        BlockNesting::Group => NestingMode::Group,
        BlockNesting::List => NestingMode::List,
        BlockNesting::Set => NestingMode::Set,
        BlockNesting::Map => NestingMode::Map,
    };
    wire::schema::NestedBlock {
        type_name: name.to_owned(),
        block: Some(block(&nested.schema)),
        nesting: nesting.into(),
        min_items: nested.min_items,
        max_items: nested.max_items,
    }
}

fn attributes(
    attributes: &std::collections::BTreeMap<String, Attribute>,
) -> Vec<wire::schema::Attribute> {
    attributes
        .iter()
        .map(|(name, of)| attribute(name, of))
        .collect()
}

fn attribute(name: &str, of: &Attribute) -> wire::schema::Attribute {
    let (r#type, nested_type) = match &of.kind {
        AttributeKind::Value(r#type) => (r#type.to_bytes(), None),
        AttributeKind::Nested(nested) => (Vec::new(), Some(nested_object(nested))),
    };
    wire::schema::Attribute {
        name: name.to_owned(),
        r#type,
        nested_type,
        description: of.description.clone(),
        required: of.required,
        optional: of.optional,
        computed: of.computed,
        sensitive: of.sensitive,
        description_kind: wire::StringKind::Markdown.into(),
        deprecated: of.deprecated.is_some(),
        deprecation_message: of.deprecated.clone().unwrap_or_default(),
        ..Default::default()
    }
}

#[allow(
    deprecated,
    reason = "the generated struct has the protocol's deprecated fields"
)]
fn nested_object(nested: &Nested) -> wire::schema::Object {
    use wire::schema::object::NestingMode;
    let nesting = match nested.nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    wire::schema::Object {
        attributes: attributes(&nested.attributes),
        nesting: nesting.into(),
        ..Default::default()
    }
}

/// Writes a function's signature.
pub(super) fn function(signature: &Signature) -> wire::Function {
    wire::Function {
        parameters: signature.parameters.iter().map(parameter).collect(),
        variadic_parameter: signature.variadic.as_ref().map(parameter),
        r#return: Some(wire::function::Return {
            r#type: signature.returns.to_bytes(),
        }),
        summary: signature.summary.clone(),
        description: signature.description.clone(),
        description_kind: wire::StringKind::Markdown.into(),
        deprecation_message: signature.deprecated.clone().unwrap_or_default(),
    }
}

fn parameter(of: &Parameter) -> wire::function::Parameter {
    wire::function::Parameter {
        name: of.name.clone(),
        r#type: of.r#type.to_bytes(),
        allow_null_value: of.nullable,
        allow_unknown_values: of.unknown_allowed,
        description: of.description.clone(),
        description_kind: wire::StringKind::Markdown.into(),
    }
}
