//! Time that environments lost to other processes of the host.

use std::time::Duration;

/// What the environments consumed and waited for, from the platform's start until now. Two of
/// these make a window: [`HostPressure::since`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HostPressure {
    /// CPU time that the environments consumed.
    pub cpu: Duration,
    /// Time in which a thread of an environment was ready to run, its quota allowed it, and the
    /// host ran something else.
    pub run_delay: Duration,
}

impl HostPressure {
    /// The window from `earlier` to this one.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(earlier.cpu),
            run_delay: self.run_delay.saturating_sub(earlier.run_delay),
        }
    }

    /// The share of their active time that the environments lost: delay / (delay + CPU time),
    /// between 0 and 1; 0 when nothing ran.
    pub fn lost_share(&self) -> f64 {
        let active = (self.cpu + self.run_delay).as_secs_f64();
        if active == 0.0 {
            0.0
        } else {
            self.run_delay.as_secs_f64() / active
        }
    }
}
