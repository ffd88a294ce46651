//! The handle to all telemetry of a platform.

use super::clock::{Clock, SystemClock};
use super::ingestion;
use super::journal::{Journal, JournalError};
use super::limits::Limits;
use super::logs::event::LogEvent;
use super::logs::group::Group;
use super::metrics::datum::{Datum, MetricId};
use super::metrics::unit::Unit;
use super::mutation::Mutation;
use super::state::State;
use super::wire;
use bytes::Bytes;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What a store needs to know at its start.
#[derive(Clone)]
pub struct StoreConfig {
    /// The only source of time.
    pub clock: Arc<dyn Clock>,
    /// How much to hold.
    pub limits: Limits,
    /// Where to keep the journal; without, everything ends with the process.
    pub directory: Option<PathBuf>,
    /// The region in ARNs, for example `us-east-1`.
    pub region: String,
    /// The account in ARNs, twelve digits.
    pub account: String,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            limits: Limits::default(),
            directory: None,
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
        }
    }
}

/// Why telemetry could not be stored. What failed has changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A log group too many.
    #[error("the store holds {0} log groups, which is its limit; delete groups that nobody needs")]
    TooManyLogGroups(usize),
}

/// A handle to the store; clones share it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Store")
            .field("directory", &self.0.config.directory)
            .finish_non_exhaustive()
    }
}

struct Inner {
    config: StoreConfig,
    stored: RwLock<Stored>,
}

/// The state with the journal that precedes it.
pub(super) struct Stored {
    pub(super) state: State,
    journal: Option<Journal>,
}

impl Store {
    /// Opens a store, with what its directory holds from an earlier run.
    pub fn open(config: StoreConfig) -> Result<Self, TelemetryError> {
        let mut state = State::new(config.limits);
        let journal = match &config.directory {
            Some(directory) => Some(Journal::open(directory, &mut state)?),
            None => None,
        };
        state.maintain(config.clock.now_ms());
        Ok(Self(Arc::new(Inner {
            config,
            stored: RwLock::new(Stored { state, journal }),
        })))
    }

    /// Adds a datum as it is, whatever its age.
    pub fn put_metric(&self, datum: Datum) -> Result<(), TelemetryError> {
        self.put_metrics(vec![datum])
    }

    /// Adds data together: all or none.
    pub fn put_metrics(&self, data: Vec<Datum>) -> Result<(), TelemetryError> {
        let mut stored = self.write();
        stored.commit(vec![Mutation::Metrics(data)], self.now_ms())
    }

    /// Adds one value of a metric that AWS Lambda reports, under each dimension set that Lambda uses:
    /// none, the function, the function with its `resource` (`name:alias` or `name:version`), and with
    /// `executed_version` where the function was invoked through an alias.
    pub fn lambda_metric(
        &self,
        function: &str,
        resource: &str,
        executed_version: Option<&str>,
        name: &str,
        value: f64,
        timestamp_ms: i64,
    ) -> Result<(), TelemetryError> {
        let dimensions = [
            Some(("FunctionName", function)),
            Some(("Resource", resource)),
            executed_version.map(|version| ("ExecutedVersion", version)),
        ];
        let known: Vec<_> = dimensions.into_iter().flatten().collect();
        let data = (0..=known.len()).map(|length| {
            let metric = MetricId::new("AWS/Lambda", name, known[..length].iter().copied());
            Datum::single(metric, lambda_unit(name), timestamp_ms, value)
        });
        self.put_metrics(data.collect())
    }

    /// Adds log events of one stream, making group and stream where missing, and extracts their metrics.
    pub fn append_log(
        &self,
        group: &str,
        stream: &str,
        events: Vec<LogEvent>,
    ) -> Result<(), TelemetryError> {
        let now_ms = self.now_ms();
        let arrival = ingestion::events(group, stream, events, now_ms);
        let mut stored = self.write();
        let logs = &stored.state.logs;
        let mut mutations = Vec::new();
        if logs.group(group).is_none() {
            if logs.groups().len() >= self.limits().log_groups {
                return Err(TelemetryError::TooManyLogGroups(self.limits().log_groups));
            }
            mutations.push(Mutation::Group {
                name: group.to_owned(),
                group: Group::new(now_ms),
            });
        }
        if logs.stream(group, stream).is_none() {
            let (group, name) = (group.to_owned(), stream.to_owned());
            mutations.push(Mutation::Stream {
                group,
                name,
                created_ms: now_ms,
            });
        }
        mutations.extend(arrival);
        stored.commit(mutations, now_ms)
    }

    /// Answers a request to CloudWatch or CloudWatch Logs; none if it is for neither.
    ///
    /// Whoever calls has checked the signature, over the body as it came.
    pub async fn handle(
        &self,
        request: &http::request::Parts,
        body: &Bytes,
    ) -> Option<http::Response<Bytes>> {
        let route = wire::route(request, body, self.limits().request_bytes)?;
        let store = self.clone();
        // A question over many metrics computes for a while, and the journal writes to a file.
        let answer = tokio::task::spawn_blocking(move || wire::answer(&store, route)).await;
        Some(answer.unwrap_or_else(|_| wire::internal_failure()))
    }

    /// Writes the present state in place of the journal, so that the next start is quick.
    pub fn compact(&self) -> Result<(), TelemetryError> {
        let mut stored = self.write();
        let Stored { state, journal } = &mut *stored;
        journal
            .as_mut()
            .map_or(Ok(()), |journal| journal.compact(state))?;
        Ok(())
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.0.config.clock.now_ms()
    }

    pub(super) fn limits(&self) -> Limits {
        self.0.config.limits
    }

    /// The ARN of a log group, without the ending `:*`.
    pub(super) fn log_group_arn(&self, group: &str) -> String {
        let StoreConfig {
            region, account, ..
        } = &self.0.config;
        format!("arn:aws:logs:{region}:{account}:log-group:{group}")
    }

    // A panic while the lock was held cannot have left a change half applied to what queries read: at
    // worst a datum is missing. Refusing all service after it would be the greater harm.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Stored> {
        self.0.stored.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Stored> {
        self.0
            .stored
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stored {
    /// Writes changes down, then applies them.
    pub(super) fn commit(
        &mut self,
        mutations: Vec<Mutation>,
        now_ms: i64,
    ) -> Result<(), TelemetryError> {
        if let Some(journal) = &mut self.journal {
            journal.append(&mutations)?;
        }
        for mutation in mutations {
            mutation.apply(&mut self.state);
        }
        self.state.maintain(now_ms);
        if let Some(journal) = self
            .journal
            .as_mut()
            .filter(|journal| journal.wants_compaction())
            && let Err(error) = journal.compact(&self.state)
        {
            // What was acknowledged is in the old file, which stays.
            tracing::warn!(%error, "the telemetry journal keeps growing");
        }
        Ok(())
    }
}

/// The unit in which AWS Lambda reports a metric.
fn lambda_unit(name: &str) -> Unit {
    match name {
        "Duration" | "PostRuntimeExtensionsDuration" | "AsyncEventAge" | "IteratorAge" => {
            Unit::MILLISECONDS
        }
        _ => Unit::COUNT,
    }
}
