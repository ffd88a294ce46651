//! The share of CPU where there are no control groups: an environment that consumed more than its
//! share is stopped until the share has caught up. What it overdrew is carried as debt, so that the
//! mean is right although a tick is longer than the slice of a small memory size.

use std::time::Duration;

use super::{PERIOD_US, cpus_of};

/// How often an environment is looked at.
pub const TICK: Duration = Duration::from_millis(4);

/// What to do with an environment's processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Let them run.
    Run,
    /// Stop them.
    Stop,
}

/// The account of one environment's CPU time.
#[derive(Debug)]
pub struct Account {
    cpus: f64,
    /// CPU seconds consumed beyond the share; below zero what it may still use at once.
    debt_s: f64,
}

impl Account {
    /// An account for a memory size, with one full slice to begin with.
    pub fn new(memory_mb: u32) -> Self {
        let cpus = cpus_of(memory_mb);
        Self {
            cpus,
            debt_s: -slice_s(cpus),
        }
    }

    /// Books a tick: the time that went by, and the CPU time consumed in it.
    pub fn book(&mut self, elapsed: Duration, consumed: Duration) -> Order {
        self.debt_s += consumed.as_secs_f64() - elapsed.as_secs_f64() * self.cpus;
        // Unused time does not add up: a quota begins anew in every period.
        self.debt_s = self.debt_s.max(-slice_s(self.cpus));
        if self.debt_s > 0.0 {
            Order::Stop
        } else {
            Order::Run
        }
    }
}

fn slice_s(cpus: f64) -> f64 {
    f64::from(PERIOD_US) / 1e6 * cpus
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A process that runs whenever it may gets its share of the CPU, at any memory size.
        #[test]
        fn a_busy_process_gets_its_share(memory_mb in 128_u32..1769, tick_ms in 1_u32..12) {
            let mut account = Account::new(memory_mb);
            let tick = Duration::from_millis(tick_ms.into());
            let (mut order, mut consumed_s, ticks) = (Order::Run, 0.0, 20_000 / tick_ms);
            for _ in 0..ticks {
                let used = if order == Order::Run { tick } else { Duration::ZERO };
                consumed_s += used.as_secs_f64();
                order = account.book(tick, used);
            }
            let share = consumed_s / (tick.as_secs_f64() * f64::from(ticks));
            prop_assert!((share / cpus_of(memory_mb) - 1.0).abs() < 0.03, "{share}");
        }

        #[test]
        fn waiting_earns_one_slice_at_most(memory_mb in 128_u32..1769) {
            let mut account = Account::new(memory_mb);
            account.book(Duration::from_secs(60), Duration::ZERO);
            let slice = Duration::from_secs_f64(slice_s(cpus_of(memory_mb)) * 1.01);
            prop_assert_eq!(account.book(Duration::ZERO, slice), Order::Stop);
        }
    }
}
