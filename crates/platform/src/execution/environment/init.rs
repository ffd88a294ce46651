//! INIT: before the first invocation with all CPU, or within one after a failure, under its timeout
//! and with the environment's share.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{ANSWER_GRACE, Conclusion, Environment};
use crate::execution::failure::Failure;
use crate::execution::invocation::Invocation;
use crate::execution::log::{InitEnd, InitPhase};
use crate::execution::process::Step;
use crate::execution::runtime_api::Signal;

/// How long INIT may take before the first invocation.
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// How long a start may keep others from starting.
const START_TURN: Duration = Duration::from_secs(2);
/// How a wait for the runtime's first request ended.
enum Ready {
    Yes,
    Reported { body: Bytes, kind: Option<String> },
    Ended(Failure),
    Overran,
}

impl Environment {
    /// INIT before the first invocation. If it fails, the invocation begins it anew.
    pub(super) async fn init_ahead(&mut self) -> Option<Duration> {
        let turn = self.turn.take();
        self.log.init_start(InitPhase::Init);
        let began = Instant::now();
        let limit = began + INIT_LIMIT;
        let ready = match self.start().await {
            Ok(()) => match self.until_ready(limit.min(began + START_TURN)).await {
                Ready::Overran => {
                    drop(turn);
                    self.until_ready(limit).await
                }
                ready => {
                    drop(turn);
                    ready
                }
            },
            Err(failure) => Ready::Ended(failure),
        };
        let duration = began.elapsed();
        let end = match ready {
            Ready::Yes => InitEnd::Success,
            Ready::Overran => InitEnd::Timeout,
            Ready::Reported { kind, .. } => {
                InitEnd::Error(kind.unwrap_or("Runtime.Unknown".into()))
            }
            Ready::Ended(failure) => {
                InitEnd::Error(failure.logged_type().unwrap_or_default().to_owned())
            }
        };
        if end == InitEnd::Success {
            self.limit();
        } else {
            self.end_process().await;
        }
        self.log.init_end(InitPhase::Init, duration, &end);
        (end == InitEnd::Success).then_some(duration)
    }

    /// INIT within an invocation, under the function's timeout and with its share of CPU.
    pub(super) async fn init_within(
        &mut self,
        invocation: &Invocation,
        deadline: Instant,
        limit: Duration,
    ) -> Result<(), Conclusion> {
        self.log.init_start(InitPhase::Invoke);
        let began = Instant::now();
        let ready = match self.start().await {
            Ok(()) => {
                self.limit();
                self.until_ready(deadline).await
            }
            Err(failure) => Ready::Ended(failure),
        };
        let (end, failure, body) = match ready {
            Ready::Yes => (InitEnd::Success, None, None),
            Ready::Overran => (InitEnd::Timeout, Some(Failure::Timeout(limit)), None),
            Ready::Ended(failure) => {
                let kind = failure.logged_type().unwrap_or_default().to_owned();
                (InitEnd::Error(kind), Some(failure), None)
            }
            Ready::Reported { body, kind } => {
                let kind = kind.unwrap_or("Runtime.Unknown".into());
                let exit = self.exit_after_report().await;
                (InitEnd::Error(kind), exit, Some(body))
            }
        };
        self.log.init_end(InitPhase::Invoke, began.elapsed(), &end);
        let payload = match (failure, body) {
            (_, Some(body)) => body,
            (Some(failure), None) => failure.payload(&invocation.request_id),
            (None, None) => return Ok(()),
        };
        Err(Conclusion {
            payload,
            failed: true,
            failure,
        })
    }

    /// A client that reported a failure of INIT ends itself; how, the log says.
    async fn exit_after_report(&mut self) -> Option<Failure> {
        let process = self.process.as_mut()?;
        let patience = Instant::now() + ANSWER_GRACE;
        let status = timeout_at(patience, process.ended()).await.ok()?;
        Some(process.failure(status))
    }

    async fn until_ready(&mut self, deadline: Instant) -> Ready {
        let Some(process) = self.process.as_mut() else {
            return Ready::Ended(Failure::NotStarted);
        };
        loop {
            let step = tokio::select! {
                biased;
                step = process.next_step() => step,
                () = sleep_until(deadline) => return Ready::Overran,
            };
            match step {
                Step::Signal(Signal::Next) => return Ready::Yes,
                Step::Signal(Signal::InitError(body, kind)) => {
                    return Ready::Reported { body, kind };
                }
                Step::Signal(_) => {}
                Step::End(status) => {
                    // What was posted before the end still counts.
                    if let Ok(Signal::InitError(body, kind)) = process.signals.try_recv() {
                        return Ready::Reported { body, kind };
                    }
                    return Ready::Ended(process.failure(status));
                }
            }
        }
    }
}
