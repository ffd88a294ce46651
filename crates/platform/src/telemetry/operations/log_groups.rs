//! Log groups: making, describing, deleting, and how long they keep their events.

use super::Answer;
use super::common::in_range;
use super::log_names::{existing, group, invalid, new_group};
use super::log_tags::checked_tags;
use super::paging_token;
use crate::telemetry::logs::group::{Group, RETENTION_DAYS};
use crate::telemetry::mutation::Mutation;
use crate::telemetry::store::{Store, TelemetryError};
use crate::telemetry::wire::error::{ApiError, ErrorKind};
use crate::telemetry::wire::input::Input;
use crate::telemetry::wire::value::{Structure, Value};

const PAGE: usize = 50;

/// `CreateLogGroup`
pub fn create(store: &Store, input: &Input<'_>) -> Answer {
    let name = new_group(input)?;
    let tags = checked_tags(input, "tags")?;
    let now_ms = store.now_ms();
    let mut stored = store.write();
    let logs = &stored.state.logs;
    if logs.group(name).is_some() {
        let message = "The specified log group already exists";
        return Err(ApiError::new(ErrorKind::ResourceAlreadyExists, message));
    }
    let limit = store.limits().log_groups;
    if logs.groups().len() >= limit {
        return Err(TelemetryError::TooManyLogGroups(limit).into());
    }
    let group = Group {
        tags,
        ..Group::new(now_ms)
    };
    stored.commit(
        vec![Mutation::Group {
            name: name.to_owned(),
            group,
        }],
        now_ms,
    )?;
    Ok(Structure::new())
}

/// `DeleteLogGroup`
pub fn delete(store: &Store, input: &Input<'_>) -> Answer {
    change(store, input, Mutation::DeleteGroup)
}

/// `PutRetentionPolicy`
pub fn put_retention(store: &Store, input: &Input<'_>) -> Answer {
    let days = input.integer("retentionInDays")?;
    let Some(days) = days.filter(|days| RETENTION_DAYS.contains(days)) else {
        let allowed: Vec<String> = RETENTION_DAYS.iter().map(ToString::to_string).collect();
        let message = format!(
            "1 validation error detected: Value at 'retentionInDays' failed to satisfy constraint: Member must be one of [{}]",
            allowed.join(", ")
        );
        return Err(invalid(message));
    };
    change(store, input, |group| Mutation::Retention {
        group,
        days: Some(days),
    })
}

/// `DeleteRetentionPolicy`
pub fn delete_retention(store: &Store, input: &Input<'_>) -> Answer {
    change(store, input, |group| Mutation::Retention {
        group,
        days: None,
    })
}

/// Changes a group that exists.
fn change(store: &Store, input: &Input<'_>, mutation: impl FnOnce(String) -> Mutation) -> Answer {
    let name = group(input)?;
    let mut stored = store.write();
    existing(&stored, name)?;
    stored.commit(vec![mutation(name.to_owned())], store.now_ms())?;
    Ok(Structure::new())
}

/// What to describe; its description is what a paging token is bound to.
#[derive(Debug)]
struct Filter<'a> {
    prefix: Option<&'a str>,
    pattern: Option<&'a str>,
}

/// `DescribeLogGroups`
pub fn describe(store: &Store, input: &Input<'_>) -> Answer {
    let filter = Filter {
        prefix: input.text("logGroupNamePrefix")?,
        pattern: input.text("logGroupNamePattern")?,
    };
    if filter.prefix.is_some() && filter.pattern.is_some() {
        return Err(invalid(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ));
    }
    let limit = in_range(
        input.integer("limit")?,
        PAGE,
        1..=PAGE,
        "limit",
        ErrorKind::InvalidParameter,
    )?;
    let after: Option<String> = match input.text("nextToken")? {
        None => None,
        Some(token) => {
            let position = paging_token::read(&filter, token);
            Some(position.ok_or_else(|| invalid("The specified nextToken is invalid."))?)
        }
    };
    let stored = store.read();
    let mut found = stored.state.logs.groups().iter().filter(|(name, _)| {
        after.as_ref().is_none_or(|after| *name > after)
            && filter.prefix.is_none_or(|prefix| name.starts_with(prefix))
            && filter.pattern.is_none_or(|pattern| name.contains(pattern))
    });
    let page: Vec<_> = found.by_ref().take(limit).collect();
    let more = found.next().is_some();
    let token = page
        .last()
        .filter(|_| more)
        .map(|(last, _)| paging_token::write(&filter, last));
    let summary = filter.pattern.is_none();
    let groups = page
        .iter()
        .map(|(name, group)| description(store, name, group, summary))
        .collect();
    Ok(Structure::new()
        .with("logGroups", Value::List(groups))
        .with_some("nextToken", token.map(Value::Text)))
}

/// A group as it is described; a search by pattern leaves two members out.
fn description(store: &Store, name: &str, group: &Group, whole: bool) -> Value {
    let arn = store.log_group_arn(name);
    Structure::new()
        .with("logGroupName", Value::text(name))
        .with("creationTime", Value::Integer(group.created_ms))
        .with_some("retentionInDays", group.retention_days.map(Value::Integer))
        .with("metricFilterCount", Value::Integer(0))
        .with("arn", Value::Text(format!("{arn}:*")))
        .with_some("storedBytes", whole.then_some(Value::Integer(0)))
        .with("logGroupClass", Value::text("STANDARD"))
        .with("logGroupArn", Value::Text(arn))
        .with_some(
            "deletionProtectionEnabled",
            whole.then_some(Value::Bool(false)),
        )
        .into()
}
