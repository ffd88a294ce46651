//! The log stream of an environment: the function's lines as they are, and the platform's lines in
//! the text or JSON form that the function chose.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::invocation::Spec;
use crate::clock::now_ms;
use crate::lambda::wire::{iso_utc, runtime_version_arn};
use crate::lambda::{model, names};
use crate::telemetry::{LogEvent, Store};

/// How much of the log's end a caller may have.
const TAIL_BYTES: usize = 4096;

/// The log of one environment.
pub struct Log {
    telemetry: Store,
    spec: Arc<Spec>,
    stream: String,
    tail: Mutex<Option<Vec<u8>>>,
}

/// How INIT ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InitEnd {
    /// The runtime asked for its first event.
    Success,
    /// It overran its time.
    Timeout,
    /// It failed, with the type of the error.
    Error(String),
}

/// When INIT takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InitPhase {
    /// Before the first invocation.
    Init,
    /// Within an invocation, after a failure.
    Invoke,
}

/// What the report of an invocation says.
#[derive(Debug)]
pub struct Report<'a> {
    /// The invocation.
    pub request_id: &'a str,
    /// Its duration.
    pub duration: Duration,
    /// The INIT that preceded it, on a cold start.
    pub init: Option<Duration>,
    /// The most memory seen.
    pub peak_memory_mb: u64,
    /// What the service itself found wrong.
    pub failure: Option<Failure>,
    /// Length of the result.
    pub produced_bytes: usize,
}

impl Report<'_> {
    /// Milliseconds on the bill: INIT belongs to it.
    fn billed_ms(&self) -> u128 {
        (self.duration + self.init.unwrap_or_default())
            .as_nanos()
            .div_ceil(1_000_000)
    }
}

impl Log {
    /// A log in the group of a function, in a stream of its own.
    pub fn new(telemetry: Store, spec: Arc<Spec>) -> Self {
        let date = iso_utc(now_ms())
            .get(..10)
            .unwrap_or_default()
            .replace('-', "/");
        let id = uuid::Uuid::new_v4().simple();
        let stream = format!("{date}/[{}]{id}", spec.version);
        Self {
            telemetry,
            spec,
            stream,
            tail: Mutex::new(None),
        }
    }

    /// The stream's name.
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// From now on the end of the log is kept for a caller.
    pub fn begin_tail(&self) {
        *self.tail.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// The end of the log since [`Log::begin_tail`].
    pub fn take_tail(&self) -> Option<Vec<u8>> {
        self.tail
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Writes events of the function.
    pub fn lines(&self, messages: Vec<String>) {
        if messages.is_empty() {
            return;
        }
        if let Some(tail) = self
            .tail
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
        {
            for message in &messages {
                tail.extend_from_slice(message.as_bytes());
                if !message.ends_with('\n') {
                    tail.push(b'\n');
                }
            }
            let surplus = tail.len().saturating_sub(TAIL_BYTES);
            tail.drain(..surplus);
        }
        let timestamp_ms = now_ms();
        let events = messages
            .into_iter()
            .map(|message| LogEvent {
                timestamp_ms,
                message,
            })
            .collect();
        let group = &self.spec.settings.logging.group;
        if let Err(error) = self.telemetry.append_log(group, &self.stream, events) {
            tracing::warn!(%error, group, "log events were lost");
        }
    }

    /// INIT begins.
    pub fn init_start(&self, phase: InitPhase) {
        let runtime = &self.spec.settings.runtime;
        let arn = runtime_version_arn(runtime);
        // The text form has this line for a new environment only.
        let text = (phase == InitPhase::Init).then(|| {
            format!("INIT_START Runtime Version: {runtime}\tRuntime Version ARN: {arn}\t\n")
        });
        let record = || {
            json!({
                "initializationType": "on-demand",
                "runtimeVersion": runtime,
                "runtimeVersionArn": arn,
                "functionName": self.spec.function,
                "functionArn": names::arn(&self.spec.function),
                "functionVersion": self.spec.version,
                "instanceId": self.stream,
                "instanceMaxMemory": u64::from(self.spec.settings.memory_mb) << 20,
                "phase": phase.word(),
            })
        };
        self.platform("INFO", text, "platform.initStart", record);
    }

    /// INIT ended.
    pub fn init_end(&self, phase: InitPhase, duration: Duration, end: &InitEnd) {
        let (status, error_type) = match end {
            InitEnd::Success => ("success", None),
            InitEnd::Timeout => ("timeout", None),
            InitEnd::Error(kind) => ("error", Some(kind.as_str())),
        };
        let text = (*end != InitEnd::Success).then(|| {
            let mut line = format!(
                "INIT_REPORT Init Duration: {:.2} ms\tPhase: {}\tStatus: {status}",
                milliseconds(duration),
                phase.word()
            );
            if let Some(kind) = error_type {
                let _ = write!(line, "\tError Type: {kind}");
            }
            line + "\n"
        });
        let record = || {
            let mut record = Map::new();
            record.insert("initializationType".into(), "on-demand".into());
            record.insert("phase".into(), phase.word().into());
            record.insert("status".into(), status.into());
            if let Some(kind) = error_type {
                record.insert("errorType".into(), kind.into());
            }
            record.insert("metrics".into(), json!({ "durationMs": rounded(duration) }));
            Value::Object(record)
        };
        let level = if *end == InitEnd::Success {
            "DEBUG"
        } else {
            "WARN"
        };
        self.platform(level, text, "platform.initReport", record);
    }

    /// An invocation begins.
    pub fn start(&self, request_id: &str) {
        let version = &self.spec.version;
        let text = format!("START RequestId: {request_id} Version: {version}\n");
        let record = || json!({ "requestId": request_id, "version": version });
        self.platform("INFO", Some(text), "platform.start", record);
    }

    /// An invocation is over.
    pub fn end(&self, report: &Report<'_>) {
        if self.spec.settings.logging.json {
            self.end_as_json(report);
            return;
        }
        let memory_mb = self.spec.settings.memory_mb;
        let id = report.request_id;
        let mut line = format!(
            "REPORT RequestId: {id}\tDuration: {:.2} ms\tBilled Duration: {} ms\t\
             Memory Size: {memory_mb} MB\tMax Memory Used: {} MB\t",
            milliseconds(report.duration),
            report.billed_ms(),
            report.peak_memory_mb
        );
        if let Some(init) = report.init {
            let _ = write!(line, "Init Duration: {:.2} ms\t", milliseconds(init));
        }
        match report.failure {
            Some(Failure::Timeout(_)) => line += "Status: timeout",
            Some(failure) => {
                let kind = failure.logged_type().unwrap_or_default();
                let _ = write!(line, "Status: error\tError Type: {kind}");
            }
            None => {}
        }
        self.lines(vec![format!("END RequestId: {id}\n"), line + "\n"]);
    }

    fn end_as_json(&self, report: &Report<'_>) {
        let status = match report.failure {
            None => "success",
            Some(Failure::Timeout(_)) => "timeout",
            Some(_) => "error",
        };
        let level = if report.failure.is_none() {
            "INFO"
        } else {
            "WARN"
        };
        let mut common = Map::new();
        common.insert("requestId".into(), report.request_id.into());
        common.insert("status".into(), status.into());
        if let Some(kind) = report.failure.and_then(Failure::logged_type) {
            common.insert("errorType".into(), kind.into());
        }
        let with_metrics = |metrics: Value| {
            let mut record = common.clone();
            record.insert("metrics".into(), metrics);
            Value::Object(record)
        };
        let done_level = if report.failure.is_none() {
            "DEBUG"
        } else {
            "WARN"
        };
        self.platform(done_level, None, "platform.runtimeDone", || {
            with_metrics(json!({
                "durationMs": rounded(report.duration),
                "producedBytes": report.produced_bytes,
            }))
        });
        self.platform(level, None, "platform.report", || {
            let mut metrics = json!({
                "durationMs": rounded(report.duration),
                "billedDurationMs": u64::try_from(report.billed_ms()).unwrap_or(u64::MAX),
                "memorySizeMB": self.spec.settings.memory_mb,
                "maxMemoryUsedMB": report.peak_memory_mb,
            });
            if let Some(init) = report.init {
                metrics["initDurationMs"] = rounded(init).into();
            }
            with_metrics(metrics)
        });
    }

    /// A line of the platform, if the function wants lines of this level.
    fn platform(
        &self,
        level: &str,
        text: Option<String>,
        kind: &str,
        record: impl FnOnce() -> Value,
    ) {
        let logging: &model::Logging = &self.spec.settings.logging;
        if !logging.json {
            self.lines(text.into_iter().collect());
            return;
        }
        let rank = |level: &str| {
            ["DEBUG", "INFO", "WARN"]
                .iter()
                .position(|one| *one == level)
        };
        if rank(level) >= rank(&logging.system_level) {
            let line = json!({ "time": iso_utc(now_ms()), "type": kind, "record": record() });
            self.lines(vec![line.to_string()]);
        }
    }
}

impl std::fmt::Debug for Log {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Log")
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}

impl InitPhase {
    fn word(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Invoke => "invoke",
        }
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Milliseconds with at most three decimals.
fn rounded(duration: Duration) -> f64 {
    (milliseconds(duration) * 1000.0).round() / 1000.0
}
