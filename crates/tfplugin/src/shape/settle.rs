//! Keeping a value equal to the one it came from, through Rust types that hold less.

use crate::dynamic::Dynamic;
use crate::number::Number;
use crate::types::Type;
use crate::wire::msgpack;

/// Restores what a Rust type lost on the way: the exact number behind a float, what is known of
/// an unknown value, and the type of a value of dynamic type.
pub(crate) fn settle(value: Dynamic, reference: &Dynamic) -> Dynamic {
    match (value, reference) {
        (Dynamic::Number(number), Dynamic::Number(exact)) => {
            Dynamic::Number(settle_number(number, exact))
        }
        (Dynamic::Unknown(None), Dynamic::Unknown(known)) => Dynamic::Unknown(known.clone()),
        (Dynamic::Sequence(elements), Dynamic::Sequence(references))
            if elements.len() == references.len() =>
        {
            Dynamic::sequence(
                elements
                    .into_iter()
                    .zip(references)
                    .map(|(v, r)| settle(v, r)),
            )
        }
        (Dynamic::Mapping(entries), Dynamic::Mapping(references)) => {
            Dynamic::mapping(entries.into_iter().map(|(name, value)| {
                let value = match references.get(&name) {
                    Some(reference) => settle(value, reference),
                    None => value,
                };
                (name, value)
            }))
        }
        (Dynamic::Typed(typed), Dynamic::Typed(reference)) if typed.0 == reference.0 => {
            Dynamic::Typed(Box::new((typed.0, settle(typed.1, &reference.1))))
        }
        (plain, Dynamic::Typed(reference)) if takes_type(&plain, &reference.0) => {
            Dynamic::Typed(Box::new((reference.0.clone(), settle(plain, &reference.1))))
        }
        (value, _) => value,
    }
}

fn takes_type(value: &Dynamic, r#type: &Type) -> bool {
    !matches!(
        value,
        Dynamic::Typed(_) | Dynamic::Null | Dynamic::Unknown(_)
    ) && msgpack::encode(value, r#type).is_ok()
}

/// A number that is what a float of the exact one prints as was the exact one.
fn settle_number(number: Number, exact: &Number) -> Number {
    let float = exact.to_f64();
    if number != *exact && Number::from_f64(float).as_ref() == Ok(&number) {
        exact.clone()
    } else {
        number
    }
}
