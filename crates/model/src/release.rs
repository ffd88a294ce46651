//! Releases: the identity of how one function behaves, and the sampling of
//! telemetry, which is part of it on entrypoints.
//!
//! A release is a dimension of every metric, an environment variable of the
//! function, and stands in the description of the published version.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::application::Application;
use crate::hash::{SHORT_DIGITS, is_hex, short_id};
use crate::setup::Group;
use crate::task::TaskName;

/// Environment variable with a function's [`ReleaseId`].
pub const RELEASE_VARIABLE: &str = "FUSION_RELEASE";
/// Environment variable with an entrypoint's [`Sampling`].
pub const SAMPLING_VARIABLE: &str = "FUSION_SAMPLING";
/// Environment variable with the seconds after which telemetry is flushed.
pub const FLUSH_VARIABLE: &str = "FUSION_FLUSH_SECONDS";

/// The identity of how a function behaves, 12 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseId(String);

/// Which requests are measured: a share of the traces, in one hour of
/// `every_hours` (those whose number since the epoch it divides).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sampling {
    /// Share of the traces in millionths, at most 1,000,000.
    share_millionths: u32,
    /// One hour in so many, at least 1.
    every_hours: u32,
}

/// What the description of a published version says: `fusion <release> <attempt>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VersionLabel {
    /// The release that the version is.
    pub release: ReleaseId,
    /// Counts how often the same release was published anew to heal an alias.
    pub attempt: u32,
}

/// A text that is no release, sampling or label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}: {rule}")]
pub struct ReleaseError {
    what: &'static str,
    text: String,
    rule: &'static str,
}

/// What decides how a function behaves; the fields in the order of their names,
/// because their text is hashed.
#[derive(Serialize)]
struct Behaviour<'a> {
    alias: &'a str,
    application: &'a str,
    fusion_runtime_sha256: &'a str,
    inline_async: bool,
    members: BTreeMap<&'a TaskName, Member<'a>>,
    memory_mb: u32,
    root: &'a TaskName,
    sampling: Option<String>,
}

#[derive(Serialize)]
struct Member<'a> {
    runtime: &'a str,
    source_sha256: &'a str,
    timeout_seconds: u32,
}

impl ReleaseId {
    /// The release of the function of `root` when it carries `group`.
    /// `sampling` counts on entrypoints only.
    pub fn of(
        application: &Application,
        root: &TaskName,
        group: &Group,
        sampling: Sampling,
    ) -> Self {
        let members = group.tasks.iter().filter_map(|name| {
            let task = application.tasks.get(name)?;
            let member = Member {
                runtime: &task.runtime,
                source_sha256: &task.source_sha256,
                timeout_seconds: task.timeout_seconds,
            };
            Some((name, member))
        });
        let is_entrypoint = application
            .tasks
            .get(root)
            .is_some_and(|task| task.entrypoint);
        let behaviour = Behaviour {
            alias: &application.alias,
            application: &application.name,
            fusion_runtime_sha256: &application.fusion_runtime_sha256,
            inline_async: application.inline_async,
            members: members.collect(),
            memory_mb: group.memory_mb,
            root,
            sampling: is_entrypoint.then(|| sampling.to_string()),
        };
        // Strings, numbers and maps with text keys always serialize.
        Self(short_id(
            serde_json::to_string(&behaviour).unwrap_or_default(),
        ))
    }

    /// Checks `text` and makes a release of it.
    pub fn new(text: impl Into<String>) -> Result<Self, ReleaseError> {
        let text = text.into();
        if is_hex(&text, SHORT_DIGITS) {
            return Ok(Self(text));
        }
        Err(ReleaseError {
            what: "release",
            text,
            rule: "it has 12 hexadecimal digits",
        })
    }

    /// The release as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Sampling {
    /// Every request is measured.
    pub const ALL: Self = Self {
        share_millionths: 1_000_000,
        every_hours: 1,
    };

    /// A share from 0 to 1 (clamped, rounded to millionths) in one hour of
    /// `every_hours` (at least 1).
    pub fn new(share: f64, every_hours: u32) -> Self {
        let millionths = (share.clamp(0.0, 1.0) * 1e6).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 1e6"
        )]
        let share_millionths = if millionths.is_nan() {
            0
        } else {
            millionths as u32
        };
        Self {
            share_millionths,
            every_hours: every_hours.max(1),
        }
    }

    /// The share of traces, 0 to 1, in the hours that are measured.
    pub fn share(self) -> f64 {
        f64::from(self.share_millionths) / 1e6
    }

    /// One hour in so many is measured.
    pub fn every_hours(self) -> u32 {
        self.every_hours
    }

    /// The share of all requests that are measured, over the hours.
    pub fn overall_share(self) -> f64 {
        self.share() / f64::from(self.every_hours)
    }
}

impl Default for Sampling {
    fn default() -> Self {
        Self::ALL
    }
}

impl fmt::Display for ReleaseId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Display for Sampling {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.share(), self.every_hours)
    }
}

impl fmt::Display for VersionLabel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "fusion {} {}", self.release, self.attempt)
    }
}

impl FromStr for Sampling {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/').and_then(|(share, hours)| {
            let share = share
                .parse::<f64>()
                .ok()
                .filter(|share| (0.0..=1.0).contains(share))?;
            let hours = hours.parse::<u32>().ok().filter(|hours| *hours >= 1)?;
            Some(Self::new(share, hours))
        });
        parts.ok_or_else(|| ReleaseError {
            what: "sampling",
            text: text.to_owned(),
            rule: "it is a share from 0 to 1, `/`, and a number of hours from 1, as in `0.25/6`",
        })
    }
}

impl FromStr for VersionLabel {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.split(' ');
        let label = match (words.next(), words.next(), words.next(), words.next()) {
            (Some("fusion"), Some(release), Some(attempt), None) => ReleaseId::new(release)
                .ok()
                .zip(attempt.parse().ok())
                .map(|(release, attempt)| Self { release, attempt }),
            _ => None,
        };
        label.ok_or_else(|| ReleaseError {
            what: "version description",
            text: text.to_owned(),
            rule: "it is `fusion`, a release and an attempt, as in `fusion 0123456789ab 0`",
        })
    }
}

impl TryFrom<String> for ReleaseId {
    type Error = ReleaseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<ReleaseId> for String {
    fn from(release: ReleaseId) -> Self {
        release.0
    }
}

impl TryFrom<String> for Sampling {
    type Error = ReleaseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Sampling> for String {
    fn from(sampling: Sampling) -> Self {
        sampling.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::tests::{application, set};

    #[test]
    fn a_release_changes_with_whatever_decides_behaviour() {
        let app = application(&["a", "b"]);
        let (a, b) = (TaskName::new("a").unwrap(), TaskName::new("b").unwrap());
        let group = Group {
            tasks: set(&["a", "b"]),
            memory_mb: 128,
        };
        let base = ReleaseId::of(&app, &a, &group, Sampling::ALL);
        assert_eq!(base, ReleaseId::of(&app.clone(), &a, &group, Sampling::ALL));

        let mut changed = vec![ReleaseId::of(&app, &a, &group, Sampling::new(0.5, 1))];
        for memory_mb in [129, 512] {
            let group = Group {
                memory_mb,
                ..group.clone()
            };
            changed.push(ReleaseId::of(&app, &a, &group, Sampling::ALL));
        }
        changed.push(ReleaseId::of(
            &app,
            &a,
            &Group::alone(&a, 128),
            Sampling::ALL,
        ));
        let mut other = app.clone();
        other
            .tasks
            .entry(b.clone())
            .and_modify(|task| task.source_sha256 = "x".into());
        changed.push(ReleaseId::of(&other, &a, &group, Sampling::ALL));
        other = app.clone();
        other.fusion_runtime_sha256 = "y".into();
        changed.push(ReleaseId::of(&other, &a, &group, Sampling::ALL));
        let distinct: std::collections::BTreeSet<_> = changed.iter().chain([&base]).collect();
        assert_eq!(distinct.len(), changed.len() + 1);

        let alone = Group::alone(&b, 128);
        assert_eq!(
            ReleaseId::of(&app, &b, &alone, Sampling::ALL),
            ReleaseId::of(&app, &b, &alone, Sampling::new(0.5, 1)),
            "sampling is decided where a trace starts"
        );
    }

    #[test]
    fn texts_read_back() {
        for sampling in [
            Sampling::ALL,
            Sampling::new(0.123_456_7, 24),
            Sampling::new(0.0, 1),
        ] {
            assert_eq!(sampling.to_string().parse::<Sampling>().unwrap(), sampling);
        }
        assert_eq!(Sampling::ALL.to_string(), "1/1");
        for bad in ["", "1", "2/1", "0.5/0", "-1/1", "NaN/1", "a/b"] {
            assert!(bad.parse::<Sampling>().is_err(), "{bad}");
        }
        let label = "fusion 0123456789ab 3".parse::<VersionLabel>().unwrap();
        assert_eq!(
            (label.attempt, label.to_string().as_str()),
            (3, "fusion 0123456789ab 3")
        );
        for bad in [
            "",
            "fusion 0123456789ab",
            "fusion 0123456789AB 0",
            "x 0123456789ab 0",
        ] {
            assert!(bad.parse::<VersionLabel>().is_err(), "{bad}");
        }
    }
}
