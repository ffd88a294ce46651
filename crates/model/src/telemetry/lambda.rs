//! What Lambda measures for free, of one function behind one alias.

use serde::{Deserialize, Serialize};

use super::Dimensions;
use super::figure::Given;

/// A metric of `AWS/Lambda` that the optimizer reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LambdaMetric {
    /// Requests that ran; what the request fee counts.
    Invocations,
    /// Invocations that ended with a function error, timeouts included.
    Errors,
    /// Requests refused for want of concurrency.
    Throttles,
    /// Handler time in milliseconds, without INIT.
    Duration,
}

/// A metric of `AWS/Lambda` as read.
pub(super) struct LambdaKey {
    pub(super) metric: LambdaMetric,
    pub(super) function_name: String,
    pub(super) alias: String,
    pub(super) version: Option<String>,
}

impl LambdaMetric {
    /// Every metric.
    pub const ALL: [Self; 4] = [
        Self::Invocations,
        Self::Errors,
        Self::Throttles,
        Self::Duration,
    ];

    /// The metric's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invocations => "Invocations",
            Self::Errors => "Errors",
            Self::Throttles => "Throttles",
            Self::Duration => "Duration",
        }
    }

    /// CloudWatch's unit.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Duration => "Milliseconds",
            _ => "Count",
        }
    }
}

pub(super) fn dimensions(function_name: &str, alias: &str, version: Option<&str>) -> Dimensions {
    let mut dimensions = vec![
        ("FunctionName", function_name.to_owned()),
        ("Resource", format!("{function_name}:{alias}")),
    ];
    if let Some(version) = version {
        dimensions.push(("ExecutedVersion", version.to_owned()));
    }
    dimensions
}

/// Reads a metric of `AWS/Lambda`; an error says what is wrong.
pub(super) fn parse(name: &str, given: &Given<'_>) -> Result<LambdaKey, String> {
    let metric = LambdaMetric::ALL
        .into_iter()
        .find(|metric| metric.name() == name)
        .ok_or("the name is unknown")?;
    let function_name = given.get("FunctionName")?;
    let resource = given.get("Resource")?;
    let alias = resource
        .strip_prefix(function_name)
        .and_then(|rest| rest.strip_prefix(':'))
        .ok_or_else(|| format!("`Resource` is `{resource}`, no alias of `{function_name}`"))?;
    let version = given.find("ExecutedVersion");
    given.expect_count(if version.is_some() { 3 } else { 2 })?;
    Ok(LambdaKey {
        metric,
        function_name: function_name.to_owned(),
        alias: alias.to_owned(),
        version: version.map(str::to_owned),
    })
}
