//! The time that is looked at.

use aws_smithy_types::DateTime;

/// A span of time, in whole minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    from_epoch_s: i64,
    minutes: i64,
}

const MINUTE_S: i64 = 60;

/// The longest period that CloudWatch answers as one point.
const MAX_MINUTES: i64 = 24 * 60;

impl Window {
    /// A window that covers `from_epoch_s..to_epoch_s`, seconds since 1970, rounded outwards to
    /// whole minutes, in which CloudWatch counts.
    ///
    /// It is never longer than a day: the older part is left out.
    pub fn covering(from_epoch_s: i64, to_epoch_s: i64) -> Self {
        let to = to_epoch_s.saturating_add(MINUTE_S - 1).div_euclid(MINUTE_S);
        let from = from_epoch_s
            .div_euclid(MINUTE_S)
            .max(to.saturating_sub(MAX_MINUTES));
        Self {
            from_epoch_s: from.saturating_mul(MINUTE_S),
            minutes: to.saturating_sub(from).max(1),
        }
    }

    /// The first second.
    pub fn from_epoch_s(&self) -> i64 {
        self.from_epoch_s
    }

    /// The second after the last.
    pub fn to_epoch_s(&self) -> i64 {
        self.from_epoch_s + self.minutes * MINUTE_S
    }

    pub(super) fn start(&self) -> DateTime {
        DateTime::from_secs(self.from_epoch_s)
    }

    pub(super) fn end(&self) -> DateTime {
        DateTime::from_secs(self.to_epoch_s())
    }

    /// One period over all of it.
    pub(super) fn period_s(&self) -> i32 {
        i32::try_from(self.minutes * MINUTE_S).unwrap_or(i32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_whole_minutes_and_at_most_a_day() {
        let window = Window::covering(61, 121);
        assert_eq!((window.from_epoch_s(), window.to_epoch_s()), (60, 180));
        let exact = Window::covering(60, 120);
        assert_eq!((exact.from_epoch_s(), exact.period_s()), (60, 60));
        let long = Window::covering(0, 10 * 86_400);
        assert_eq!((long.from_epoch_s(), long.period_s()), (9 * 86_400, 86_400));
        assert_eq!(Window::covering(100, 50).period_s(), 60);
    }
}
