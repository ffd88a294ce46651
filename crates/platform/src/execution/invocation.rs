//! What goes into an environment and what comes out of it.

use std::time::Duration;

use bytes::Bytes;

use crate::code::Held;
use crate::lambda::model::Settings;

/// What an environment runs: a version as it was published, or `$LATEST` as it was updated.
#[derive(Debug)]
pub struct Spec {
    /// The function's name.
    pub function: String,
    /// The number, or `$LATEST`.
    pub version: String,
    /// Names this state of this version; environments of another state do not serve it.
    pub incarnation: String,
    /// Its configuration.
    pub settings: Settings,
    /// Its package, which stays while it runs.
    pub package: Held,
}

/// One request to a function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The id that client, function and logs see; it stays the same over retries.
    pub request_id: String,
    /// The event, JSON.
    pub event: Bytes,
    /// The ARN as it was asked for.
    pub invoked_arn: String,
    /// JSON of the client context, if there was one.
    pub client_context: Option<String>,
    /// `X-Amzn-Trace-Id` of the caller, if there was one.
    pub trace: Option<String>,
    /// Whether the caller wants the end of the log.
    pub tail: bool,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The result, or the error as JSON.
    pub payload: Bytes,
    /// Whether the function failed.
    pub failed: bool,
    /// The last 4 KB of the log, if asked for.
    pub log_tail: Option<Vec<u8>>,
    /// From the event's delivery to the runtime's next request, INIT left out.
    pub duration: Duration,
}
