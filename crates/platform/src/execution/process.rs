//! One operating system process of an environment, from its start to the end of its group.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::UnboundedReceiver;

use super::capture::Capture;
use super::host::Host;
use super::invocation::Spec;
use super::log::Log;
use super::monitor::Watched;
use super::runtime_api::{self, RuntimeApi};
use super::variables::{self, Place};
use crate::cpu::group::Group;
use crate::lambda::settings::PROVIDED_RUNTIMES;

/// The variable by which a function names a wrapper script.
const WRAPPER: &str = "AWS_LAMBDA_EXEC_WRAPPER";

/// The program that a package brings as its runtime.
const BOOTSTRAP: &str = "bootstrap";

/// A running process with what surrounds it.
#[derive(Debug)]
pub struct Process {
    /// Its Runtime API.
    pub api: RuntimeApi,
    /// What its runtime client does.
    pub signals: UnboundedReceiver<runtime_api::Signal>,
    /// Its output.
    pub capture: Capture,
    /// Its memory and CPU.
    pub watched: Arc<Watched>,
    child: Child,
    // Closes with the platform, by which the runtime client notices its end.
    _stdin: Option<ChildStdin>,
    pid: i32,
    group: Option<Arc<Group>>,
    host: Arc<Host>,
}

/// The runtime's command line: our client for Node.js, or the program that the package brings; behind
/// the function's own wrapper script, if it names one.
///
/// A wrapper gets the command line as its arguments, changes what it likes, and ends by starting
/// it, or another client of the Runtime API.
fn command(host: &Host, spec: &Spec) -> Command {
    let settings = &spec.settings;
    let wrapper = settings
        .environment
        .iter()
        .flatten()
        .find(|(name, _)| *name == WRAPPER);
    let is_provided = PROVIDED_RUNTIMES.contains(&settings.runtime.as_str());
    let program = if is_provided {
        spec.package.folder().join(BOOTSTRAP)
    } else {
        host.node(&settings.runtime)
    };
    let mut command = match wrapper {
        // Through a shell, whose end tells of a missing script as on AWS: exit status 127.
        Some((_, path)) if !path.is_empty() => {
            let mut shell = Command::new("/bin/sh");
            shell.args(["-c", r#"exec "$0" "$@""#, path]).arg(program);
            shell
        }
        _ => Command::new(program),
    };
    if !is_provided {
        command
            .args(crate::runtimes::node_arguments(settings.memory_mb))
            .arg(host.bootstrap());
    }
    command
}

/// What happens in a process.
#[derive(Debug)]
pub enum Step {
    /// Its runtime client did something.
    Signal(runtime_api::Signal),
    /// It ended.
    End(ExitStatus),
}

impl Process {
    /// Starts the runtime of a version, with all of the host's CPU.
    pub async fn start(
        host: &Arc<Host>,
        spec: &Spec,
        log: &Arc<Log>,
        place: &Place,
        group: Option<Arc<Group>>,
    ) -> io::Result<Self> {
        let (api, signals) = RuntimeApi::listen().await?;
        let (output, input) = io::pipe()?;
        let capture = Capture::new(output, Arc::clone(log))?;
        if let Some(group) = &group {
            group.release()?;
        }
        let mut child = command(host, spec)
            .env_clear()
            .envs(variables::of(
                host,
                spec,
                place,
                api.address(),
                log.stream(),
            ))
            .current_dir(spec.package.folder())
            .stdin(Stdio::piped())
            .stdout(input.try_clone()?)
            .stderr(input)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.ok_or_else(|| io::Error::other("the process ended at once"))?;
        host.keeper.add(pid);
        if let Some(group) = &group
            && let Err(error) = group.enter(pid)
        {
            tracing::warn!(%error, "an environment runs outside of its control group");
        }
        let watched = Watched::new(
            pid,
            spec.settings.memory_mb,
            group.clone(),
            host.governs(group.as_ref()),
        );
        host.monitor.add(Arc::clone(&watched));
        tokio::spawn(capture.clone().follow());
        let host = Arc::clone(host);
        // Waiting for a child closes its input, if the child still has it.
        let stdin = child.stdin.take();
        Ok(Self {
            api,
            signals,
            capture,
            watched,
            child,
            _stdin: stdin,
            pid,
            group,
            host,
        })
    }

    /// Waits for what its runtime client does next, or for the end of the process.
    pub async fn next_step(&mut self) -> Step {
        tokio::select! {
            biased;
            Some(signal) = self.signals.recv() => Step::Signal(signal),
            status = self.child.wait() => {
                self.reaped();
                Step::End(status.unwrap_or_default())
            }
        }
    }

    /// Waits for the end of the process.
    pub async fn ended(&mut self) -> ExitStatus {
        let status = self.child.wait().await;
        self.reaped();
        status.unwrap_or_default()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        let runs = matches!(self.child.try_wait(), Ok(None));
        if !runs {
            self.reaped();
        }
        runs
    }

    /// Holds it to the share of its memory size from now on.
    pub fn limit(&self, memory_mb: u32) {
        if let Some(group) = &self.group
            && let Err(error) = group.limit(memory_mb)
        {
            tracing::warn!(%error, "an environment is not held to its share of CPU");
        }
        self.watched.limit();
    }

    /// Ends the process with everything it started, and reads the rest of its output.
    pub async fn end(mut self) {
        self.kill();
        self.ended().await;
        self.capture.finish();
    }

    /// The process was waited for. What it left behind in its group ends now, as long as nobody else
    /// can have its number.
    fn reaped(&self) {
        if !self.watched.is_gone() {
            let _ = killpg(Pid::from_raw(self.pid), Signal::SIGKILL);
            self.watched.forget();
            self.host.keeper.remove(self.pid);
        }
    }

    fn kill(&self) {
        if !self.watched.is_gone() {
            // Before the process, whose end cuts the way to those that left its group.
            for pid in self.watched.processes() {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
            let _ = killpg(Pid::from_raw(self.pid), Signal::SIGKILL);
        }
        // Each round may find what was forked in the one before.
        for _ in 0..100 {
            let left = self.group.as_ref().map(|group| group.processes());
            let Some(left) = left.filter(|left| !left.is_empty()) else {
                break;
            };
            for pid in left {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        self.host.monitor.remove(&self.watched);
        if !self.watched.is_gone() {
            // Killed, and waited for soon.
            self.watched.forget();
            self.host.keeper.remove(self.pid);
        }
    }
}
