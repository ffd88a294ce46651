//! Tags of log groups, by ARN and in the older form by name.

use super::Answer;
use super::log_names::{existing, group, invalid, of_arn, required};
use crate::telemetry::mutation::Mutation;
use crate::telemetry::store::Store;
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;
use crate::telemetry::wire::value::{Structure, Value};
use std::collections::BTreeMap;

const MAX_TAGS: usize = 50;
const MAX_KEY_CHARS: usize = 128;
const MAX_VALUE_CHARS: usize = 256;

/// Tags of a request within their limits.
pub fn checked_tags(input: &Input<'_>, member: &str) -> Result<BTreeMap<String, String>, ApiError> {
    let mut tags = BTreeMap::new();
    for (key, value) in input.text_map(member)? {
        let long = key.chars().count() > MAX_KEY_CHARS || value.chars().count() > MAX_VALUE_CHARS;
        if key.is_empty() || long {
            let message = format!(
                "The tag {key} is invalid: a key has 1 to {MAX_KEY_CHARS} characters, a value at most {MAX_VALUE_CHARS}."
            );
            return Err(invalid(message));
        }
        tags.insert(key.to_owned(), value.to_owned());
    }
    Ok(tags)
}

/// `ListTagsForResource`
pub fn list(store: &Store, input: &Input<'_>) -> Answer {
    tags_of(store, by_arn(input)?)
}

/// `ListTagsLogGroup`
pub fn list_by_name(store: &Store, input: &Input<'_>) -> Answer {
    tags_of(store, group(input)?)
}

/// `TagResource`
pub fn tag(store: &Store, input: &Input<'_>) -> Answer {
    add(store, by_arn(input)?, input)
}

/// `TagLogGroup`
pub fn tag_by_name(store: &Store, input: &Input<'_>) -> Answer {
    add(store, group(input)?, input)
}

/// `UntagResource`
pub fn untag(store: &Store, input: &Input<'_>) -> Answer {
    let keys = input.texts("tagKeys")?;
    change(store, by_arn(input)?, |tags| {
        tags.retain(|key, _| !keys.contains(&key.as_str()));
    })
}

fn by_arn<'a>(input: &Input<'a>) -> Result<&'a str, ApiError> {
    let arn = required(input, "resourceArn")?;
    of_arn(arn).ok_or_else(|| {
        ApiError::new(
            ErrorKind::ResourceNotFound,
            "The specified resource does not exist.",
        )
    })
}

fn tags_of(store: &Store, name: &str) -> Answer {
    let stored = store.read();
    let mut tags = Structure::new();
    for (key, value) in &existing(&stored, name)?.tags {
        tags.push(key.clone(), Value::text(value));
    }
    Ok(Structure::new().with("tags", Value::Map(tags)))
}

fn add(store: &Store, name: &str, input: &Input<'_>) -> Answer {
    let added = checked_tags(input, "tags")?;
    change(store, name, |tags| tags.extend(added))
}

fn change(store: &Store, name: &str, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Answer {
    let mut stored = store.write();
    let mut tags = existing(&stored, name)?.tags.clone();
    change(&mut tags);
    if tags.len() > MAX_TAGS {
        return Err(invalid(format!("A log group has at most {MAX_TAGS} tags.")));
    }
    stored.commit(
        vec![Mutation::Tags {
            group: name.to_owned(),
            tags,
        }],
        store.now_ms(),
    )?;
    Ok(Structure::new())
}
