//! What has to hold of values and answers.

use tfplugin::proto::tfplugin6::{Diagnostic, diagnostic::Severity};
use tfplugin::{Dynamic, Type};

/// How many values the value consists of.
pub fn parts(value: &Dynamic) -> usize {
    1 + match value {
        Dynamic::Sequence(elements) => elements.iter().map(parts).sum(),
        Dynamic::Mapping(entries) => entries.values().map(parts).sum(),
        Dynamic::Typed(typed) => parts(&typed.1),
        _ => 0,
    }
}

/// Whether something is known of an unknown part.
pub fn has_refinements(value: &Dynamic) -> bool {
    match value {
        Dynamic::Unknown(known) => known.is_some(),
        Dynamic::Sequence(elements) => elements.iter().any(has_refinements),
        Dynamic::Mapping(entries) => entries.values().any(has_refinements),
        Dynamic::Typed(typed) => has_refinements(&typed.1),
        _ => false,
    }
}

/// One more than the attributes of the widest object of the type, and of types in the value.
pub fn widest(r#type: &Type, value: &Dynamic) -> usize {
    let of_value = match value {
        Dynamic::Typed(typed) => widest(&typed.0, &typed.1),
        Dynamic::Sequence(elements) => {
            let widths = elements.iter().map(|part| widest(&Type::Bool, part));
            widths.max().unwrap_or(1)
        }
        Dynamic::Mapping(entries) => {
            let widths = entries.values().map(|part| widest(&Type::Bool, part));
            widths.max().unwrap_or(1)
        }
        _ => 1,
    };
    of_value.max(width(r#type))
}

fn width(r#type: &Type) -> usize {
    match r#type {
        Type::Bool | Type::Number | Type::String | Type::Dynamic => 1,
        Type::List(element) | Type::Set(element) | Type::Map(element) => width(element),
        Type::Tuple(types) => types.iter().map(width).max().unwrap_or(1),
        Type::Object { attributes, .. } => {
            let inner = attributes.values().map(width).max().unwrap_or(1);
            inner.max(attributes.len() + 1)
        }
    }
}

/// Whether it succeeded. A failure is told as an error that is nobody's bug: whatever a host
/// sends, it is not the provider that went wrong.
pub fn succeeded(diagnostics: &[Diagnostic]) -> bool {
    for diagnostic in diagnostics {
        assert!(!diagnostic.summary.is_empty());
        assert!(
            diagnostic.summary != "Provider failed unexpectedly",
            "{}",
            diagnostic.detail
        );
    }
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity() == Severity::Error;
    !diagnostics.iter().any(is_error)
}

/// Whether hosts accept the applied value for the planned one: what was known is the same.
pub fn came_true(planned: &Dynamic, applied: &Dynamic) -> bool {
    match (planned, applied) {
        (Dynamic::Unknown(_), _) => true,
        (Dynamic::Mapping(planned), Dynamic::Mapping(applied)) => {
            planned.len() == applied.len()
                && planned.iter().all(|(name, planned)| {
                    let applied = applied.get(name);
                    applied.is_some_and(|applied| came_true(planned, applied))
                })
        }
        // Elements of a set may turn out to be the same.
        (Dynamic::Sequence(_), Dynamic::Sequence(_)) if !planned.is_wholly_known() => true,
        (Dynamic::Typed(planned), Dynamic::Typed(applied)) => came_true(&planned.1, &applied.1),
        (planned, applied) => planned == applied,
    }
}
