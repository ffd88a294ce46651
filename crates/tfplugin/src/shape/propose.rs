//! Completing a configuration: defaults, and unknown where only the apply can tell.

use crate::dynamic::Dynamic;
use crate::schema::{Attribute, AttributeKind, Nested, Nesting};
use std::collections::BTreeMap;

/// What becomes of a computed attribute that has neither value, default nor prior.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// A plan: the apply will tell.
    Unknown,
    /// A configuration: nobody has said yet.
    Null,
}

/// Completes the object that the host proposes.
///
/// Where the configuration is null, a default takes its place; without one, a computed attribute
/// of an object that has no prior becomes what `absent` says. All else stays as proposed.
pub(crate) fn propose(
    attributes: &BTreeMap<String, Attribute>,
    config: &Dynamic,
    proposed: Dynamic,
    prior: Option<&Dynamic>,
    absent: Absent,
) -> Dynamic {
    let Dynamic::Mapping(mut entries) = proposed else {
        return proposed;
    };
    for (name, attribute) in attributes {
        let null = Dynamic::Null;
        let config = config.get(name).unwrap_or(&null);
        let prior = prior.map(|prior| prior.get(name).unwrap_or(&null));
        let part = entries.remove(name).unwrap_or_default();
        entries.insert(
            name.clone(),
            propose_attribute(attribute, config, part, prior, absent),
        );
    }
    Dynamic::Mapping(entries)
}

fn propose_attribute(
    attribute: &Attribute,
    config: &Dynamic,
    proposed: Dynamic,
    prior: Option<&Dynamic>,
    absent: Absent,
) -> Dynamic {
    let (config, proposed) = match (&attribute.default, config) {
        (Some(default), Dynamic::Null) => (default, default.clone()),
        _ => (config, proposed),
    };
    match (&attribute.kind, config) {
        (_, Dynamic::Null) => {
            let untold = attribute.computed && prior.is_none() && proposed.is_null();
            if untold && absent == Absent::Unknown {
                Dynamic::UNKNOWN
            } else {
                proposed
            }
        }
        (AttributeKind::Nested(nested), _) => {
            propose_nested(nested, config, proposed, prior, absent)
        }
        (AttributeKind::Value(_), _) => proposed,
    }
}

fn propose_nested(
    nested: &Nested,
    config: &Dynamic,
    proposed: Dynamic,
    prior: Option<&Dynamic>,
    absent: Absent,
) -> Dynamic {
    // A prior element only counts where it is an object.
    let element = |config: &Dynamic, proposed, prior: Option<&Dynamic>| {
        let prior = prior.filter(|prior| !prior.is_null());
        propose(&nested.attributes, config, proposed, prior, absent)
    };
    match (nested.nesting, config, proposed) {
        (Nesting::Single, config, proposed) => element(config, proposed, prior),
        (Nesting::Map, Dynamic::Mapping(configs), Dynamic::Mapping(entries)) => {
            Dynamic::mapping(entries.into_iter().map(|(key, value)| {
                let config = configs.get(&key).unwrap_or(&Dynamic::Null);
                let value = element(config, value, prior.and_then(|prior| prior.get(&key)));
                (key, value)
            }))
        }
        (Nesting::List, Dynamic::Sequence(configs), Dynamic::Sequence(elements)) => {
            let priors = elements_of(prior);
            Dynamic::sequence(elements.into_iter().enumerate().map(|(i, value)| {
                let config = configs.get(i).unwrap_or(&Dynamic::Null);
                element(config, value, priors.get(i))
            }))
        }
        (Nesting::Set, Dynamic::Sequence(configs), Dynamic::Sequence(elements)) => {
            let priors = elements_of(prior);
            super::canonical_set(
                elements
                    .into_iter()
                    .map(|value| {
                        let config = configs.iter().find(|config| covers(&value, config));
                        let prior = priors.iter().find(|prior| **prior == value);
                        element(config.unwrap_or(&Dynamic::Null), value, prior)
                    })
                    .collect(),
            )
        }
        (_, _, proposed) => proposed,
    }
}

fn elements_of(value: Option<&Dynamic>) -> &[Dynamic] {
    match value {
        Some(Dynamic::Sequence(elements)) => elements,
        _ => &[],
    }
}

/// Whether the object has everything that the configuration says of it.
fn covers(object: &Dynamic, config: &Dynamic) -> bool {
    match (object, config) {
        (_, Dynamic::Null) => true,
        (Dynamic::Mapping(entries), Dynamic::Mapping(configs)) => configs.iter().all(|(n, c)| {
            entries
                .get(n)
                .map_or_else(|| c.is_null(), |value| covers(value, c))
        }),
        (object, config) => object == config,
    }
}
