//! The life of one environment: INIT with all CPU ([`init`]), then invocations one at a time with
//! its share, frozen in between; a new process in the same place after a timeout or a crash.

mod init;

use std::io;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep_until};

use super::failure::Failure;
use super::host::Host;
use super::invocation::{Invocation, Outcome, Spec};
use super::log::{Log, Report};
use super::process::{Process, Step};
use super::runtime_api::{Event, Signal};
use super::trace;
use super::variables::Place;
use crate::clock::now_ms;
use crate::cpu::group::Group;
use crate::server::credentials::Session;

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
            process.capture.finish();
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
        let tell = |answer: &Conclusion| {
            if !invocation.tail {
                early(answer.outcome(began.elapsed().min(limit)));
            }
        };
        let mut answer = None;
        let failure = match &mut self.process {
            Some(process) => {
                let id = &invocation.request_id;
                process
                    .until_next(id, (deadline, limit), &mut answer, tell)
                    .await
            }
            None => Some(Failure::NotStarted),
        };
        match &self.process {
            Some(process) if failure.is_none() => process.watched.freeze(),
            _ => self.end_process().await,
        }
        let answer = answer.unwrap_or_else(|| {
            Conclusion::of(
                failure.unwrap_or(Failure::NotStarted),
                &invocation.request_id,
            )
        });
        Conclusion {
            failure: failure.or(answer.failure),
            ..answer
        }
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

    fn offer(&self, invocation: &Invocation, deadline_ms: i64) {
        let Some(process) = &self.process else { return };
        process.watched.thaw();
        process.api.offer(Event {
            request_id: invocation.request_id.clone(),
            body: invocation.event.clone(),
            deadline_ms,
            invoked_arn: invocation.invoked_arn.clone(),
            trace: trace::header(invocation.trace.as_deref()),
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
    /// Waits until the runtime asks for the next event, and notes its answer. If it takes its time
    /// after that, `early` gets the answer. Returns what happened instead of the next request: that
    /// the process ended, or that the deadline of a limit passed.
    async fn until_next(
        &mut self,
        request_id: &str,
        (deadline, limit): (Instant, Duration),
        answer: &mut Option<Conclusion>,
        early: impl FnOnce(&Conclusion),
    ) -> Option<Failure> {
        let mut early = Some(early);
        let mut grace = None;
        let ended = loop {
            tokio::select! {
                biased;
                step = self.next_step() => match step {
                    Step::Signal(Signal::Next) => return None,
                    Step::Signal(signal) => {
                        note(answer, signal, request_id);
                        grace = Some(Instant::now() + ANSWER_GRACE);
                    }
                    Step::End(status) => break self.failure(status),
                },
                () = sleep_until(grace.unwrap_or(deadline)), if grace.is_some() => {
                    grace = None;
                    if let (Some(early), Some(answer)) = (early.take(), &answer) {
                        early(answer);
                    }
                }
                () = sleep_until(deadline) => break Failure::Timeout(limit),
            }
        };
        // What was posted before the end still counts.
        while let Ok(signal) = self.signals.try_recv() {
            note(answer, signal, request_id);
        }
        Some(ended)
    }

    fn failure(&self, status: ExitStatus) -> Failure {
        if self.watched.is_out_of_memory() {
            Failure::OutOfMemory(status)
        } else {
            Failure::Exit(status)
        }
    }
}

impl Conclusion {
    /// A failure that the service itself reports.
    fn of(failure: Failure, request_id: &str) -> Self {
        Self {
            payload: failure.payload(request_id),
            failed: true,
            failure: Some(failure),
        }
    }

    fn outcome(&self, duration: Duration) -> Outcome {
        Outcome {
            payload: self.payload.clone(),
            failed: self.failed,
            log_tail: None,
            duration,
        }
    }
}

/// The first answer counts.
fn note(answer: &mut Option<Conclusion>, signal: Signal, request_id: &str) {
    let conclusion = match signal {
        Signal::Response(payload) => Conclusion {
            payload,
            failed: false,
            failure: None,
        },
        Signal::Error(payload) => Conclusion {
            payload,
            failed: true,
            failure: None,
        },
        Signal::TooLarge => Conclusion::of(Failure::ResponseTooLarge, request_id),
        Signal::Next | Signal::InitError(..) => return,
    };
    answer.get_or_insert(conclusion);
}
