//! The life of one environment: INIT with all CPU, then invocations one at a time with its share,
//! frozen in between; a new process in the same place after a timeout or a crash.

use std::io;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::failure::Failure;
use super::host::Host;
use super::invocation::{Invocation, Outcome, Spec};
use super::log::{InitEnd, InitPhase, Log, Report};
use super::process::{Process, Step};
use super::runtime_api::{Event, Signal};
use super::variables::Place;
use crate::clock::now_ms;
use crate::cpu::group::Group;
use crate::server::credentials::Session;

/// How long INIT may take before the first invocation.
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// How long a start may keep others from starting.
const START_TURN: Duration = Duration::from_secs(2);
/// How long after the answer the runtime may take to ask for the next event before the caller gets
/// its answer all the same.
const ANSWER_GRACE: Duration = Duration::from_millis(100);

/// One environment.
#[derive(Debug)]
pub struct Environment {
    spec: Arc<Spec>,
    host: Arc<Host>,
    log: Arc<Log>,
    place: Place,
    process: Option<Process>,
    /// Whether INIT before an invocation is still to come.
    is_new: bool,
    /// The right to start now, which few have at a time.
    turn: Option<OwnedSemaphorePermit>,
    /// The most memory that its process was seen with.
    peak_memory_mb: u64,
    // In the order in which they may go: after the process.
    group: Option<Arc<Group>>,
    _tmp: tempfile::TempDir,
    _session: Session,
}

/// How a wait for the runtime's first request ended.
enum Ready {
    Yes,
    Reported { body: Bytes, kind: Option<String> },
    Ended(Failure),
    Overran,
}

/// What an invocation came to.
struct Conclusion {
    payload: Bytes,
    failed: bool,
    failure: Option<Failure>,
}

impl Environment {
    /// A new environment; its process starts with its first invocation, and lets others start
    /// when INIT is over.
    pub fn new(
        host: &Arc<Host>,
        spec: Arc<Spec>,
        turn: Option<OwnedSemaphorePermit>,
    ) -> io::Result<Self> {
        let tmp = host.make_tmp()?;
        let session = host.credentials.open_session();
        let place = Place {
            tmp: tmp.path().to_owned(),
            access_key: session.access_key().to_owned(),
            secret_key: session.secret_key().to_owned(),
            session_token: session.token().to_owned(),
        };
        let log = Arc::new(Log::new(host.telemetry.0.clone(), Arc::clone(&spec)));
        let name = tmp
            .path()
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let group = host.control.group(&name.unwrap_or_default()).map(Arc::new);
        Ok(Self {
            spec,
            host: Arc::clone(host),
            log,
            place,
            process: None,
            is_new: true,
            turn,
            peak_memory_mb: 0,
            group,
            _tmp: tmp,
            _session: session,
        })
    }

    /// What it runs.
    pub fn spec(&self) -> &Arc<Spec> {
        &self.spec
    }

    /// Whether it waits with a process that may get the next event at once.
    pub fn is_warm(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::runs)
    }

    /// Whether its process was lost to a timeout or a crash, and is started anew by an invocation.
    pub fn is_reset(&self) -> bool {
        self.process.is_none() && !self.is_new
    }

    /// Ends the process.
    pub async fn end(mut self) {
        if let Some(process) = self.process.take() {
            process.end().await;
        }
    }

    /// Runs one invocation to its end. `early` is called with the answer if the runtime has given
    /// it but goes on working.
    pub async fn run(&mut self, invocation: &Invocation, early: impl FnOnce(Outcome)) -> Outcome {
        let init = if std::mem::take(&mut self.is_new) {
            self.init_ahead().await
        } else {
            None
        };
        if invocation.tail {
            self.log.begin_tail();
        }
        self.log.start(&invocation.request_id);
        let began = Instant::now();
        let limit = Duration::from_secs(u64::from(self.spec.settings.timeout_seconds));
        let conclusion = self.conclude(invocation, began, limit, early).await;
        let duration = began.elapsed().min(limit);
        if let Some(process) = &self.process {
            process.capture.drain();
            self.peak_memory_mb = process.watched.peak_mb();
        }
        self.log.end(&Report {
            request_id: &invocation.request_id,
            duration,
            init,
            peak_memory_mb: self.peak_memory_mb,
            failure: conclusion.failure,
            produced_bytes: conclusion.payload.len(),
        });
        Outcome {
            payload: conclusion.payload,
            failed: conclusion.failed,
            log_tail: self.log.take_tail(),
            duration,
        }
    }

    /// INIT before the first invocation. If it fails, the invocation begins it anew.
    async fn init_ahead(&mut self) -> Option<Duration> {
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

    async fn conclude(
        &mut self,
        invocation: &Invocation,
        began: Instant,
        limit: Duration,
        early: impl FnOnce(Outcome),
    ) -> Conclusion {
        let deadline = began + limit;
        if self.process.is_none()
            && let Err(conclusion) = self.init_within(invocation, deadline, limit).await
        {
            self.end_process().await;
            return conclusion;
        }
        let left_ms = i64::try_from(
            deadline
                .saturating_duration_since(Instant::now())
                .as_millis(),
        );
        self.offer(invocation, now_ms() + left_ms.unwrap_or(i64::MAX / 2));
        let mut early = Some(early);
        let mut answer: Option<Conclusion> = None;
        let mut grace = None;
        while let Some(process) = self.process.as_mut() {
            let ended = tokio::select! {
                biased;
                step = process.next_step() => match step {
                    Step::Signal(Signal::Next) => break,
                    Step::Signal(signal) => {
                        answer = answer.or_else(|| concluded(signal, &invocation.request_id));
                        grace = Some(Instant::now() + ANSWER_GRACE);
                        continue;
                    }
                    Step::End(status) => process.failure(status),
                },
                () = sleep_until(grace.unwrap_or(deadline)), if grace.is_some() => {
                    grace = None;
                    if let (Some(early), Some(answer)) = (early.take(), &answer)
                        && !invocation.tail
                    {
                        early(answer.outcome(began.elapsed().min(limit)));
                    }
                    continue;
                }
                () = sleep_until(deadline) => Failure::Timeout(limit),
            };
            // What was posted before the end still counts.
            while let Some(signal) = self
                .process
                .as_mut()
                .and_then(|one| one.signals.try_recv().ok())
            {
                answer = answer.or_else(|| concluded(signal, &invocation.request_id));
            }
            self.end_process().await;
            let failed = Conclusion {
                payload: ended.payload(&invocation.request_id),
                failed: true,
                failure: Some(ended),
            };
            return match answer {
                Some(answer) => Conclusion {
                    failure: Some(ended),
                    ..answer
                },
                None => failed,
            };
        }
        if let Some(process) = &self.process {
            process.watched.freeze();
        }
        answer.unwrap_or_else(|| Conclusion {
            payload: Failure::NotStarted.payload(&invocation.request_id),
            failed: true,
            failure: Some(Failure::NotStarted),
        })
    }

    /// INIT within an invocation, under the function's timeout and with its share of CPU.
    async fn init_within(
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

    async fn start(&mut self) -> Result<(), Failure> {
        let group = self.group.clone();
        match Process::start(&self.host, &self.spec, &self.log, &self.place, group).await {
            Ok(process) => {
                self.process = Some(process);
                Ok(())
            }
            Err(error) => {
                self.log.lines(vec![format!(
                    "The platform could not start the runtime: {error}\n"
                )]);
                Err(Failure::NotStarted)
            }
        }
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

    fn offer(&self, invocation: &Invocation, deadline_ms: i64) {
        let Some(process) = &self.process else { return };
        process.watched.thaw();
        process.api.offer(Event {
            request_id: invocation.request_id.clone(),
            body: invocation.event.clone(),
            deadline_ms,
            invoked_arn: invocation.invoked_arn.clone(),
            trace: trace_of(invocation.trace.as_deref()),
            client_context: invocation.client_context.clone(),
        });
    }

    fn limit(&self) {
        if let Some(process) = &self.process {
            process.limit(self.spec.settings.memory_mb);
        }
    }

    async fn end_process(&mut self) {
        if let Some(process) = self.process.take() {
            self.peak_memory_mb = process.watched.peak_mb();
            process.end().await;
        }
    }
}

impl Process {
    fn failure(&self, status: ExitStatus) -> Failure {
        if self.watched.is_out_of_memory() {
            Failure::OutOfMemory(status)
        } else {
            Failure::Exit(status)
        }
    }
}

impl Conclusion {
    fn outcome(&self, duration: Duration) -> Outcome {
        Outcome {
            payload: self.payload.clone(),
            failed: self.failed,
            log_tail: None,
            duration,
        }
    }
}

fn concluded(signal: Signal, request_id: &str) -> Option<Conclusion> {
    match signal {
        Signal::Response(payload) => Some(Conclusion {
            payload,
            failed: false,
            failure: None,
        }),
        Signal::Error(payload) => Some(Conclusion {
            payload,
            failed: true,
            failure: None,
        }),
        Signal::TooLarge => Some(Conclusion {
            payload: Failure::ResponseTooLarge.payload(request_id),
            failed: true,
            failure: Some(Failure::ResponseTooLarge),
        }),
        Signal::Next | Signal::InitError(..) => None,
    }
}

/// The trace header of an invocation: the caller's root is kept, the rest is new.
fn trace_of(given: Option<&str>) -> String {
    let mut fields = given.into_iter().flat_map(|text| text.split(';'));
    let root = fields.find_map(|field| field.trim().strip_prefix("Root="));
    let random = uuid::Uuid::new_v4().simple().to_string();
    let root = root.map_or_else(
        || format!("1-{:08x}-{}", now_ms() / 1000, &random[..24]),
        str::to_owned,
    );
    format!(
        "Root={root};Parent={};Sampled=0;Lineage=1:{}:0",
        &random[16..],
        &random[24..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_a_trace_is_kept() {
        let kept = trace_of(Some(
            "Parent=1;Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
        ));
        assert!(
            kept.starts_with("Root=1-5759e988-bd862e3fe1be46a994272793;Parent="),
            "{kept}"
        );
        assert!(trace_of(None).starts_with("Root=1-"));
    }
}
