//! Trying again what may succeed later.
//!
//! The SDK repeats what fails on the network or is throttled, a few times. This is for the rest:
//! a function that is being updated, and control planes that throttle for a minute.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::{Error, Kind};

/// How long to try, and how long to wait between two tries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) total: Duration,
    pub(crate) first_wait: Duration,
    pub(crate) longest_wait: Duration,
}

impl Patience {
    /// For calls that change something.
    pub(crate) const CHANGING: Self = Self::of(300, 50, 5_000);
    /// For calls that only look.
    pub(crate) const LOOKING: Self = Self::of(60, 100, 5_000);
    /// For the states that a function goes through after a change.
    pub(crate) const SETTLING: Self = Self::of(600, 25, 1_000);

    const fn of(total_s: u64, first_ms: u64, longest_ms: u64) -> Self {
        Self {
            total: Duration::from_secs(total_s),
            first_wait: Duration::from_millis(first_ms),
            longest_wait: Duration::from_millis(longest_ms),
        }
    }
}

/// Repeats an attempt while it fails for a reason that passes, and time is left.
///
/// The waits double and are jittered, so that many functions do not ask in step.
pub(crate) async fn patiently<T, F>(
    patience: Patience,
    mut attempt: impl FnMut() -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let end = Instant::now() + patience.total;
    let mut wait = patience.first_wait;
    loop {
        let error = match attempt().await {
            Err(error) if error.is_temporary() => error,
            other => return other,
        };
        let pause = jittered(wait);
        if Instant::now() + pause > end {
            return Err(error);
        }
        sleep(pause).await;
        wait = (wait * 2).min(patience.longest_wait);
    }
}

/// Asks until the answer is there; `Ok(None)` means not yet.
pub(crate) async fn until<T, F>(
    patience: Patience,
    operation: &'static str,
    subject: &str,
    mut ask: impl FnMut() -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<Option<T>, Error>>,
{
    let not_yet = || {
        let reason = format!("it did not settle within {} s", patience.total.as_secs());
        Error::new(Kind::Busy, operation, subject, reason)
    };
    let asked = patiently(patience, || {
        let asking = ask();
        async { asking.await?.ok_or_else(not_yet) }
    })
    .await;
    asked.map_err(|error| match error.kind {
        Kind::Busy => Error {
            kind: Kind::Timeout,
            ..error
        },
        _ => error,
    })
}

/// Between half of the wait and all of it.
fn jittered(wait: Duration) -> Duration {
    wait.mul_f64(rand::random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn error(kind: Kind) -> Error {
        Error::new(kind, "UpdateAlias", "f", "because".to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_waited_for() {
        let tries = Cell::new(0);
        let result = patiently(Patience::CHANGING, || {
            tries.set(tries.get() + 1);
            let busy = tries.get() < 4;
            async move { if busy { Err(error(Kind::Busy)) } else { Ok(7) } }
        });
        assert_eq!(result.await, Ok(7));
        assert_eq!(tries.get(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn what_lasts_is_told_at_once() {
        let tries = Cell::new(0);
        let result: Result<(), Error> = patiently(Patience::CHANGING, || {
            tries.set(tries.get() + 1);
            async { Err(error(Kind::Conflict)) }
        })
        .await;
        assert_eq!(result.unwrap_err().kind, Kind::Conflict);
        assert_eq!(tries.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends() {
        let started = Instant::now();
        let result: Result<(), Error> =
            patiently(Patience::LOOKING, || async { Err(error(Kind::Throttled)) }).await;
        assert_eq!(result.unwrap_err().kind, Kind::Throttled);
        assert!(started.elapsed() <= Patience::LOOKING.total);
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_settles_is_a_timeout() {
        let result: Result<(), Error> = until(
            Patience::SETTLING,
            "GetFunctionConfiguration",
            "f",
            || async { Ok(None) },
        )
        .await;
        assert_eq!(result.unwrap_err().kind, Kind::Timeout);
    }
}
