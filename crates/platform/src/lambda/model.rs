//! What is known of a function: plain data, kept as it stands here under `--data`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::policy::Policy;

/// A function with everything that belongs to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Function {
    /// The bare name.
    pub name: String,
    /// `$LATEST`.
    pub latest: Version,
    /// Where `$LATEST` is in its life cycle.
    pub phase: Phase,
    /// The published versions by number.
    pub versions: BTreeMap<u64, Version>,
    /// The number of the next version; numbers are not used again.
    pub next_version: u64,
    /// What `$LATEST` was when it was last published: publishing it again gives that version.
    pub published: Option<Published>,
    /// Aliases by name.
    pub aliases: BTreeMap<String, Alias>,
    /// Tags by key.
    pub tags: BTreeMap<String, String>,
    /// Concurrency set aside for the function, which also limits it.
    pub reserved_concurrency: Option<u32>,
    /// How asynchronous events are treated, by qualifier.
    pub event_invoke: BTreeMap<String, EventInvoke>,
    /// Resource policies, by qualifier; empty for the function itself.
    #[serde(default)]
    pub policies: BTreeMap<String, Policy>,
}

/// Where `$LATEST` is between an acknowledged change and its effect.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub enum Phase {
    /// Created, not active yet.
    Pending {
        /// When it becomes active, in milliseconds since 1970.
        until_ms: i64,
    },
    /// Updated, not successful yet.
    InProgress {
        /// When it becomes successful, in milliseconds since 1970.
        until_ms: i64,
    },
    /// At rest.
    Ready,
}

/// `$LATEST` at its last publication.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Published {
    /// The number that it got.
    pub version: u64,
    /// What was configured, description included.
    pub settings: Settings,
    /// Its code.
    pub code: Code,
}

/// `$LATEST` or a published version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Version {
    /// What was configured.
    pub settings: Settings,
    /// What was uploaded.
    pub code: Code,
    /// When it came to be, in milliseconds since 1970.
    pub last_modified_ms: i64,
    /// Changes with every change.
    pub revision_id: String,
    /// Names the environments that may run this: each publication and each update has its own.
    pub incarnation: String,
}

/// An uploaded zip, which the code store keeps by its content.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Code {
    /// SHA-256 of the zip in hexadecimal digits: the key in the code store.
    pub sha256_hex: String,
    /// Length of the zip.
    pub size_bytes: u64,
}

/// The configuration of a function.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct Settings {
    /// A managed runtime, for example `nodejs22.x`.
    pub runtime: String,
    /// The ARN of a role; nobody checks what it may do.
    pub role: String,
    /// `file.export`.
    pub handler: String,
    /// Free text.
    pub description: String,
    /// The longest duration of an invocation.
    pub timeout_seconds: u32,
    /// Memory, and by it CPU.
    pub memory_mb: u32,
    /// Variables, absent where never given.
    pub environment: Option<BTreeMap<String, String>>,
    /// `x86_64` or `arm64`: told, not emulated.
    pub architecture: String,
    /// Size of `/tmp`: told, not enforced.
    pub ephemeral_storage_mb: u32,
    /// `PassThrough` or `Active`.
    pub tracing_mode: String,
    /// Where and how it logs.
    pub logging: Logging,
    /// The queue or topic for events that failed: told, and not here.
    pub dead_letter_target: Option<String>,
    /// A key that nobody uses here.
    pub kms_key_arn: Option<String>,
}

impl Eq for Settings {}

/// Where and how a function logs.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Logging {
    /// Whether platform lines and the runtime's lines are JSON.
    pub json: bool,
    /// The least level of the function's own lines, with JSON.
    pub application_level: String,
    /// The least level of the platform's lines, with JSON.
    pub system_level: String,
    /// The log group, `/aws/lambda/NAME` unless given.
    pub group: String,
}

/// A name that points to a version, or by weight to two.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Alias {
    /// The version that is served: a number or `$LATEST`.
    pub version: String,
    /// Free text.
    pub description: String,
    /// Changes with every change.
    pub revision_id: String,
    /// The share of invocations of another version, at most one entry.
    pub weights: BTreeMap<String, f64>,
}

/// How asynchronous events of a qualifier are treated.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
pub struct EventInvoke {
    /// When it was set, in milliseconds since 1970.
    pub last_modified_ms: i64,
    /// Retries after the first try, 2 if absent.
    pub retries: Option<u32>,
    /// The longest time in the queue in seconds, 6 hours if absent.
    pub max_age_seconds: Option<u32>,
    /// ARN of where the record of a success goes.
    pub on_success: Option<String>,
    /// ARN of where the record of a failure goes.
    pub on_failure: Option<String>,
}

impl Function {
    /// Takes the step that is due at `now_ms`; true if there was one.
    pub fn settle(&mut self, now_ms: i64) -> bool {
        let due = match self.phase {
            Phase::Pending { until_ms } | Phase::InProgress { until_ms } => until_ms <= now_ms,
            Phase::Ready => false,
        };
        if due {
            self.phase = Phase::Ready;
            self.latest.revision_id = new_id();
        }
        due
    }

    /// The version behind a number or `$LATEST`.
    pub fn version(&self, version: &str) -> Option<&Version> {
        if version == super::names::LATEST {
            return Some(&self.latest);
        }
        self.versions.get(&version.parse().ok()?)
    }

    /// The number (or `$LATEST`) that a qualifier stands for, weights aside.
    pub fn resolve(&self, qualifier: &str) -> Option<String> {
        if let Some(alias) = self.aliases.get(qualifier) {
            return Some(alias.version.clone());
        }
        self.version(qualifier).map(|_| qualifier.to_owned())
    }
}

/// A fresh UUID as text, for revisions, requests and incarnations.
pub fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
