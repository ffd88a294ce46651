//! Requests at a fixed rate, and what became of them.
//!
//! An open loop: the next request is sent at its time whether earlier ones were answered or not,
//! as clients do who do not know of each other. A loop that waits would hide every slowness.

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// One request that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// From sending to the answer.
    pub latency: Duration,
    /// How much later than planned it was sent: the loop's own fault, not the function's.
    pub lateness: Duration,
    /// Why it has no good answer.
    pub error: Option<String>,
}

/// Sends `count` requests at `per_second`, and gives them back in the order of their answers.
///
/// `answered` is called after each answer.
pub async fn open_loop<S, F>(
    per_second: f64,
    count: usize,
    send: S,
    mut answered: impl FnMut(),
) -> Vec<Sent>
where
    S: Fn(usize) -> F,
    F: Future<Output = Option<String>> + Send + 'static,
{
    let begin = Instant::now();
    let mut running = JoinSet::new();
    let mut done = Vec::new();
    for index in 0..count {
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of requests are far below 2^52"
        )]
        let due = begin + Duration::from_secs_f64(index as f64 / per_second);
        while !wait_until(due, &mut running, &mut done).await {
            answered();
        }
        let lateness = due.elapsed();
        let request = send(index);
        running.spawn(async move {
            let start = Instant::now();
            let error = request.await;
            Sent {
                latency: start.elapsed(),
                lateness,
                error,
            }
        });
    }
    while let Some(answer) = running.join_next().await {
        done.extend(answer);
        answered();
    }
    done
}

/// Waits for the time (`true`), or for the next answer before it (`false`).
async fn wait_until(due: Instant, running: &mut JoinSet<Sent>, done: &mut Vec<Sent>) -> bool {
    tokio::select! {
        biased;
        () = sleep_until(due) => true,
        Some(answer) = running.join_next(), if !running.is_empty() => {
            done.extend(answer);
            false
        }
    }
}

/// Percentiles of latencies, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Percentiles {
    /// The median.
    pub p50: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Percentiles {
    /// Of durations in any order; `None` without any.
    pub fn of(durations: impl IntoIterator<Item = Duration>) -> Option<Self> {
        let mut ms: Vec<f64> = durations
            .into_iter()
            .map(|duration| duration.as_secs_f64() * 1000.0)
            .collect();
        ms.sort_by(f64::total_cmp);
        let max = *ms.last()?;
        Some(Self {
            p50: rank(&ms, 50),
            p95: rank(&ms, 95),
            p99: rank(&ms, 99),
            max,
        })
    }
}

/// The nearest rank: the smallest value that at least `percent` % of the values do not exceed.
fn rank(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let ms = |values: &[u64]| {
            values
                .iter()
                .map(|ms| Duration::from_millis(*ms))
                .collect::<Vec<_>>()
        };
        let hundred = Percentiles::of(ms(&(1..=100).collect::<Vec<_>>())).unwrap();
        assert_eq!(
            (hundred.p50, hundred.p95, hundred.p99, hundred.max),
            (50.0, 95.0, 99.0, 100.0)
        );
        let one = Percentiles::of(ms(&[7])).unwrap();
        assert_eq!((one.p50, one.p99), (7.0, 7.0));
        assert_eq!(Percentiles::of([]), None);
    }

    #[tokio::test(start_paused = true)]
    async fn slow_answers_hold_no_request_back() {
        let begin = Instant::now();
        let sent = open_loop(
            10.0,
            20,
            |_| async {
                tokio::time::sleep(Duration::from_secs(5)).await;
                None
            },
            || {},
        )
        .await;
        assert_eq!(sent.len(), 20);
        // 19 tenths of a second until the last one is sent, and 5 s for its answer.
        assert!(
            begin.elapsed() < Duration::from_millis(6_950),
            "{:?}",
            begin.elapsed()
        );
        assert!(
            sent.iter()
                .all(|one| one.lateness < Duration::from_millis(50))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_loop_without_an_end_takes_memory_for_what_it_sent_only() {
        let endless = open_loop(1.0, usize::MAX, |_| async { None }, || {});
        let minute = tokio::time::timeout(Duration::from_secs(60), endless);
        assert!(minute.await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn errors_and_progress_are_counted() {
        let mut answers = 0;
        let failing = |index: usize| async move { (index == 1).then(|| "broken".to_owned()) };
        let sent = open_loop(100.0, 3, failing, || answers += 1).await;
        assert_eq!(sent.iter().filter(|one| one.error.is_some()).count(), 1);
        assert_eq!(answers, 3);
    }
}
