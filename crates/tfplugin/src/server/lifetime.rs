//! When the process ends, and what it finishes first.
//!
//! A host asks for the end by `Shutdown`; one that was killed only closes its connection. Ctrl-C
//! is neither: the terminal sends it to this process too, but the host says itself what it wants.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// After `Shutdown` the host waits 2 s before it kills; what is in flight gets less than that.
const GRACE_AFTER_SHUTDOWN: Duration = Duration::from_millis(1500);

/// The state of the process: serving, stopping what is in flight, ending.
#[derive(Debug, Default)]
pub(super) struct Lifetime {
    /// What is in flight.
    pub(super) work: TaskTracker,
    /// Cancelled by `Shutdown`.
    shutdown: CancellationToken,
    /// Cancelled when no connection is to be accepted any more.
    closing: CancellationToken,
    /// Cancels what is in flight now; replaced with every `StopProvider`.
    stopping: Mutex<CancellationToken>,
    /// Serve for many runs.
    until_interrupt: bool,
}

impl Lifetime {
    /// A process that outlives its connections and ends with Ctrl-C.
    pub(super) fn until_interrupt() -> Self {
        let lifetime = Self {
            until_interrupt: true,
            ..Self::default()
        };
        let closing = lifetime.closing.clone();
        tokio::spawn(async move {
            // Where no handler can be installed the signal ends the process by itself.
            if tokio::signal::ctrl_c().await.is_ok() {
                closing.cancel();
            }
        });
        lifetime
    }

    fn lock_stopping(&self) -> MutexGuard<'_, CancellationToken> {
        self.stopping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token that stops what starts now.
    pub(super) fn stopping(&self) -> CancellationToken {
        self.lock_stopping().clone()
    }

    /// Stops what is in flight. What starts later runs as ever.
    pub(super) fn stop_in_flight(&self) {
        std::mem::take(&mut *self.lock_stopping()).cancel();
    }

    /// The host asked for the end.
    pub(super) fn shut_down(&self) {
        if !self.until_interrupt {
            self.stop_in_flight();
            self.shutdown.cancel();
            self.closing.cancel();
        }
    }

    /// The last of the connections has closed.
    pub(super) fn host_is_gone(&self) {
        if !self.until_interrupt {
            self.closing.cancel();
        }
    }

    /// Resolves when the end has come.
    pub(super) async fn closing(&self) {
        self.closing.cancelled().await;
    }

    /// Waits for what is in flight: to its own end, or for a moment where the host waits too.
    pub(super) async fn finish(&self) {
        self.work.close();
        let hurried = async {
            self.shutdown.cancelled().await;
            tokio::time::sleep(GRACE_AFTER_SHUTDOWN).await;
        };
        tokio::select! {
            () = self.work.wait() => {}
            () = hurried => tracing::warn!("ended before all operations did"),
        }
    }
}

/// Takes Ctrl-C away from the process, as long as the handle lives.
pub(super) fn ignore_interrupts() -> Option<JoinHandle<()>> {
    match signal(SignalKind::interrupt()) {
        Ok(mut interrupts) => Some(tokio::spawn(async move {
            while interrupts.recv().await.is_some() {}
        })),
        Err(error) => {
            tracing::warn!(%error, "Ctrl-C cannot be ignored");
            None
        }
    }
}
