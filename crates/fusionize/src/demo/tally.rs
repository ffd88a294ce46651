//! Requests that were sent since an apply, over all attempts of its round.

use crate::requests::Sent;

/// How many requests were sent, and how many of them got no right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Requests.
    pub sent: usize,
    /// Those without the right answer.
    pub failed: u64,
}

impl Tally {
    /// Counts one attempt's requests too. An attempt that is repeated since the machine was busy
    /// has to answer every request like any other.
    pub fn add(&mut self, attempt: &[Sent]) {
        self.sent += attempt.len();
        self.failed += attempt.iter().filter(|one| one.error.is_some()).count() as u64;
    }

    /// Everything that went wrong, with the invocations that failed at the platform.
    ///
    /// These are two different counts: a request may get a wrong answer from an invocation that
    /// succeeded, and an asynchronous invocation may fail that no request waits for. Neither
    /// hides the other; what is in both counts twice.
    pub fn errors(&self, failed_invocations: u64) -> u64 {
        self.failed + failed_invocations
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn attempt(errors: &[Option<&str>]) -> Vec<Sent> {
        let sent = |error: Option<&str>| Sent {
            latency: Duration::from_millis(1),
            lateness: Duration::ZERO,
            error: error.map(str::to_owned),
        };
        errors.iter().copied().map(sent).collect()
    }

    #[test]
    fn an_error_of_a_repeated_attempt_is_not_lost() {
        let mut tally = Tally::default();
        tally.add(&attempt(&[None, Some("another answer than before")]));
        tally.add(&attempt(&[None, None]));
        assert_eq!(tally, Tally { sent: 4, failed: 1 });
    }

    #[test]
    fn wrong_answers_and_failed_invocations_do_not_hide_each_other() {
        let tally = Tally { sent: 9, failed: 2 };
        assert_eq!([tally.errors(0), tally.errors(3)], [2, 5]);
    }
}
