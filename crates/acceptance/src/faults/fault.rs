//! Which requests are to fail, and how.

use serde::Deserialize;

use super::Change;

/// One fault, as the matrix writes it: what it meets, how often, and what then happens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// A part of the path: `GetMetricData`, `/versions`.
    pub path: String,
    /// The method; every one where absent.
    #[serde(default)]
    pub method: Option<String>,
    /// How many requests it meets before it is over; all where absent.
    #[serde(default)]
    pub times: Option<u32>,
    /// How many matching requests pass before it begins.
    #[serde(default)]
    pub after: u32,
    /// Answers in the platform's place.
    #[serde(default)]
    pub answer: Option<Answer>,
    /// Waits so long before it passes the request on, in milliseconds.
    #[serde(default)]
    pub late_ms: Option<u64>,
    /// Changes CloudWatch's answer.
    #[serde(default)]
    pub change: Option<Change>,
    /// Kills somebody who waits for the answer.
    #[serde(default)]
    pub kill: Option<Victim>,
    /// Whether the request still reaches the platform before somebody is killed.
    #[serde(default)]
    pub done: bool,
}

impl Fault {
    /// Whether a request is one of those that fail.
    pub fn meets(&self, method: &str, path: &str) -> bool {
        path.contains(&self.path) && self.method.as_deref().is_none_or(|wanted| wanted == method)
    }
}

/// An error in the platform's place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The service's name of the error, such as `Throttling`.
    pub code: String,
    /// What it says; some of Lambda's errors differ in nothing else.
    #[serde(default = "by_default")]
    pub message: String,
}

fn by_default() -> String {
    "This fault was asked for by a test.".to_owned()
}

/// Who is killed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Victim {
    /// Every provider that the host started.
    Provider,
    /// The host itself.
    Host,
}
