//! The errors that the service itself reports for a function, in their payloads' words.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

/// The longest result that a function may give: 6 MiB and 100 bytes.
pub const MAX_RESPONSE_BYTES: usize = 6_291_556;

/// Why an invocation has no answer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The function's timeout.
    Timeout(Duration),
    /// The process ended.
    Exit(ExitStatus),
    /// The process was killed for its memory.
    OutOfMemory(ExitStatus),
    /// The result is too long.
    ResponseTooLarge,
    /// The process could not be started.
    NotStarted,
}

impl Failure {
    /// What the caller gets.
    pub fn payload(self, request_id: &str) -> Bytes {
        let text = match self {
            Self::Timeout(limit) => json!({
                "errorType": "Sandbox.Timedout",
                "errorMessage": format!(
                    "RequestId: {request_id} Error: Task timed out after {:.2} seconds",
                    limit.as_secs_f64()
                ),
            }),
            Self::ResponseTooLarge => json!({
                "errorMessage": format!(
                    "Response payload size exceeded maximum allowed payload size \
                     ({MAX_RESPONSE_BYTES} bytes)."
                ),
                "errorType": "Function.ResponseSizeTooLarge",
            }),
            Self::Exit(status) | Self::OutOfMemory(status) => json!({
                "errorType": "Runtime.ExitError",
                "errorMessage": format!("RequestId: {request_id} Error: {}", ending(status)),
            }),
            Self::NotStarted => json!({
                "errorType": "Runtime.InvalidEntrypoint",
                "errorMessage": format!("RequestId: {request_id} Error: the runtime did not start"),
            }),
        };
        Bytes::from(text.to_string())
    }

    /// The error type in the platform's log lines; none for a timeout, whose status says it.
    pub fn logged_type(self) -> Option<&'static str> {
        match self {
            Self::Timeout(_) => None,
            Self::Exit(_) => Some("Runtime.ExitError"),
            Self::OutOfMemory(_) => Some("Runtime.OutOfMemory"),
            Self::ResponseTooLarge => Some("Function.ResponseSizeTooLarge"),
            Self::NotStarted => Some("Runtime.InvalidEntrypoint"),
        }
    }
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(0), _) => "Runtime exited without providing a reason".to_owned(),
        (Some(code), _) => format!("Runtime exited with error: exit status {code}"),
        (None, Some(signal)) => {
            format!("Runtime exited with error: signal: {}", signal_name(signal))
        }
        (None, None) => "Runtime exited with an unknown error".to_owned(),
    }
}

fn signal_name(signal: i32) -> String {
    use nix::sys::signal::Signal;
    let known = match Signal::try_from(signal) {
        Ok(Signal::SIGKILL) => "killed",
        Ok(Signal::SIGSEGV) => "segmentation fault",
        Ok(Signal::SIGABRT) => "aborted",
        Ok(Signal::SIGTERM) => "terminated",
        Ok(Signal::SIGILL) => "illegal instruction",
        Ok(Signal::SIGBUS) => "bus error",
        Ok(Signal::SIGFPE) => "floating point exception",
        Ok(Signal::SIGINT) => "interrupt",
        _ => return format!("signal {signal}"),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(failure: Failure) -> String {
        String::from_utf8(failure.payload("ID").to_vec()).unwrap()
    }

    #[test]
    fn payloads_have_the_words_and_the_order_of_the_service() {
        assert_eq!(
            text(Failure::Timeout(Duration::from_secs(1))),
            r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ID Error: Task timed out after 1.00 seconds"}"#
        );
        assert_eq!(
            text(Failure::Exit(ExitStatus::from_raw(0))),
            r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited without providing a reason"}"#
        );
        assert_eq!(
            text(Failure::Exit(ExitStatus::from_raw(3 << 8))),
            r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3"}"#
        );
        assert_eq!(
            text(Failure::OutOfMemory(ExitStatus::from_raw(9))),
            r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: signal: killed"}"#
        );
        assert_eq!(
            text(Failure::ResponseTooLarge),
            r#"{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}"#
        );
    }
}
