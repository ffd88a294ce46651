//! How much of a round's time other work on the machine took.
//!
//! The platform knows how long environments were ready to run and did not; some of that they
//! owe to each other, most of all while many start at once. It is shared out by who had the
//! machine's CPU meanwhile: us or others.

use std::fs;

use crate::commands::local::Pressure;

/// A tick of `/proc`: `USER_HZ` is 100 wherever Linux runs.
const TICK_MS: f64 = 10.0;

/// The machine at one moment. Two of these make a window.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moment {
    environments: Pressure,
    /// CPU time of everything on the machine; `None` where the system does not tell.
    busy_ms: Option<f64>,
    /// CPU time of the platform's process and of this one.
    own_ms: f64,
}

impl Moment {
    /// This moment. `environments` is what the platform's process `platform` says just now.
    pub fn now(environments: Pressure, platform: u32) -> Self {
        let own = [platform, std::process::id()];
        Self {
            environments,
            busy_ms: fs::read_to_string("/proc/stat")
                .ok()
                .as_deref()
                .and_then(busy_ms),
            own_ms: own.iter().filter_map(|pid| process_ms(*pid)).sum(),
        }
    }

    /// The share of their active time that the environments lost to others since `earlier`, 0 to 1.
    pub fn lost_to_others_since(&self, earlier: &Self) -> f64 {
        let lost = self.environments.lost_share_since(&earlier.environments);
        lost * self.others_share_since(earlier)
    }

    /// The share of the CPU time that others took. All of it where that is not known: better a
    /// round too many than a wrong figure.
    fn others_share_since(&self, earlier: &Self) -> f64 {
        let (Some(now), Some(before)) = (self.busy_ms, earlier.busy_ms) else {
            return 1.0;
        };
        let busy = now - before;
        let own =
            self.own_ms - earlier.own_ms + self.environments.cpu_ms - earlier.environments.cpu_ms;
        if busy > 0.0 {
            ((busy - own) / busy).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

/// The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal.
fn busy_ms(stat: &str) -> Option<f64> {
    let ticks = stat
        .lines()
        .next()?
        .strip_prefix("cpu ")?
        .split_whitespace();
    let ticks: Vec<f64> = ticks.map_while(|text| text.parse().ok()).collect();
    let at = |index: usize| ticks.get(index).copied().unwrap_or(0.0);
    (ticks.len() >= 4).then(|| [0, 1, 2, 5, 6, 7].map(at).iter().sum::<f64>() * TICK_MS)
}

/// CPU time of one process, its ended children left out.
fn process_ms(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name stands in brackets and may hold anything.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let ticks: (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((ticks.0 + ticks.1) * TICK_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(busy_ms: f64, cpu_ms: f64, run_delay_ms: f64) -> Moment {
        Moment {
            environments: Pressure {
                cpu_ms,
                run_delay_ms,
            },
            busy_ms: Some(busy_ms),
            own_ms: 0.0,
        }
    }

    #[test]
    fn what_environments_owe_to_each_other_is_not_others_work() {
        let before = moment(0.0, 0.0, 0.0);
        assert!(
            moment(1000.0, 1000.0, 1000.0)
                .lost_to_others_since(&before)
                .abs()
                < 1e-9
        );
        let half = moment(2000.0, 1000.0, 1000.0).lost_to_others_since(&before);
        assert!((half - 0.25).abs() < 1e-9, "{half}");
        let unknown = Moment {
            busy_ms: None,
            ..moment(0.0, 1000.0, 1000.0)
        };
        assert!((unknown.lost_to_others_since(&before) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn proc_is_read() {
        let stat = "cpu  100 10 20 5000 7 1 2 3 50 0\ncpu0 1 2 3 4\n";
        assert_eq!(busy_ms(stat), Some(1360.0));
        assert_eq!(busy_ms("intr 5"), None);
    }
}
