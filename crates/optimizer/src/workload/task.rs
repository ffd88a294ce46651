//! One task: IO time, CPU time and parallelism, and its wall time at any memory.

use std::collections::BTreeMap;

use super::cpu::busy_ms;
use crate::observation::{Spread, TaskFigures, pooled};

/// Where a task's CPU time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The runtime measured it.
    Measured,
    /// Fitted to wall times at two or more memory sizes.
    Fitted,
    /// Nothing tells IO from CPU: half of each is assumed.
    Prior,
    /// The task was never measured.
    Unknown,
}

/// One task.
#[derive(Clone, Debug)]
pub struct TaskModel {
    /// Wall time without waiting, as measured, by memory in MB.
    pub measured_ms: BTreeMap<u32, Spread>,
    /// CPU time of all threads in milliseconds.
    pub cpu_ms: f64,
    /// Standard error of `cpu_ms`.
    pub cpu_error_ms: f64,
    /// CPU time of all threads over that of the busiest.
    pub parallelism: f64,
    /// Where `cpu_ms` comes from.
    pub origin: Origin,
    /// Factor on CPU work at sizes that were not measured; 1 except where
    /// uncertainty is explored.
    pub unmeasured_factor: f64,
}

/// The share of wall time that is taken for CPU work where nothing tells.
const PRIOR_CPU_SHARE: f64 = 0.5;
/// Relative error of computed wall times of CPU work.
const BUSY_ERROR: f64 = 0.05;
/// Numbers of threads that a fit tries.
const PARALLELISMS: [f64; 4] = [1.0, 2.0, 4.0, 6.0];
/// Sizes whose x are nearer than this are one size to a fit.
const LEAST_SPREAD: f64 = 1e-12;

impl TaskModel {
    /// A task of which nothing is known: it takes no time.
    pub fn unknown() -> Self {
        Self {
            measured_ms: BTreeMap::new(),
            cpu_ms: 0.0,
            cpu_error_ms: 0.0,
            parallelism: 1.0,
            origin: Origin::Unknown,
            unmeasured_factor: 1.0,
        }
    }

    /// Fits a task to its figures by memory size.
    pub fn fit(figures: &BTreeMap<u32, TaskFigures>) -> Self {
        let measured_ms: BTreeMap<u32, Spread> = figures
            .iter()
            .filter(|(_, one)| one.self_ms.samples > 0.0)
            .map(|(memory_mb, one)| (*memory_mb, one.self_ms))
            .collect();
        let Some((anchor_mb, anchor)) = most_samples(&measured_ms) else {
            return Self::unknown();
        };
        let cpu = cpu_of(figures)
            .or_else(|| fitted(&measured_ms))
            .unwrap_or_else(|| prior(anchor, anchor_mb));
        Self { measured_ms, ..cpu }
    }

    /// Wall time of CPU work at `memory_mb`, in milliseconds.
    pub fn busy_ms(&self, memory_mb: u32) -> f64 {
        busy_ms(self.cpu_ms, self.parallelism, memory_mb)
    }

    /// Wall time without waiting for synchronous calls at `memory_mb`: what was
    /// measured there, else what follows from the nearest measured size,
    /// `measured + busy(m) - busy(measured size)` with the CPU part scaled to what
    /// was measured (at most a little more than computed).
    pub fn wall_ms(&self, memory_mb: u32) -> f64 {
        if let Some(measured) = self.measured_ms.get(&memory_mb) {
            return measured.mean;
        }
        let Some((near_mb, near)) = self.nearest(memory_mb) else {
            return 0.0;
        };
        let (busy_near, busy_here) = (self.busy_ms(near_mb), self.busy_ms(memory_mb));
        let explained = explained(near.mean, busy_near);
        let io_ms = near.mean - busy_near * explained;
        // CPU never below what was measured: no size makes a thread faster.
        let least = (self.cpu_ms / self.parallelism).min(near.mean);
        let busy = (busy_here * explained).max(least) * self.unmeasured_factor;
        io_ms + busy
    }

    /// Whether the task was measured at this size.
    pub fn is_measured_at(&self, memory_mb: u32) -> bool {
        self.measured_ms.contains_key(&memory_mb)
    }

    fn nearest(&self, memory_mb: u32) -> Option<(u32, Spread)> {
        let distance = |size: &u32| (f64::from(*size) / f64::from(memory_mb)).ln().abs();
        self.measured_ms
            .iter()
            .min_by(|one, other| crate::compare(distance(one.0), distance(other.0)))
            .map(|(memory_mb, spread)| (*memory_mb, *spread))
    }
}

/// The factor by which CPU work explains a wall time: at most the whole of it, and
/// a little more than computed. At small sizes CPU work takes many times its CPU
/// time, so that a small error of the latter would else look like much IO.
fn explained(wall_ms: f64, busy_ms: f64) -> f64 {
    if busy_ms > 0.0 {
        (wall_ms / busy_ms).min(1.0 + BUSY_ERROR)
    } else {
        1.0
    }
}

/// The size with the most samples; the smallest of equals.
fn most_samples(measured_ms: &BTreeMap<u32, Spread>) -> Option<(u32, Spread)> {
    let best = measured_ms
        .iter()
        .rev()
        .max_by(|one, other| one.1.samples.total_cmp(&other.1.samples));
    best.map(|(memory_mb, spread)| (*memory_mb, *spread))
}

/// CPU time and parallelism as measured: means over the sizes, by samples.
fn cpu_of(figures: &BTreeMap<u32, TaskFigures>) -> Option<TaskModel> {
    let cpus: Vec<Spread> = figures.values().filter_map(TaskFigures::cpu).collect();
    let cpu = pooled(&cpus)?;
    let known = figures
        .values()
        .filter_map(|one| Some((one.self_ms.samples, one.parallelism?)));
    let (weight, sum) = known.fold((0.0, 0.0), |(weight, sum), (samples, parallelism)| {
        (weight + samples, sum + samples * parallelism)
    });
    let parallelism = if weight > 0.0 { sum / weight } else { 1.0 };
    Some(TaskModel {
        cpu_ms: cpu.mean,
        cpu_error_ms: cpu.error,
        parallelism: parallelism.max(1.0),
        origin: Origin::Measured,
        ..TaskModel::unknown()
    })
}

/// CPU time from wall times at two or more sizes: least squares of
/// `wall = io + cpu * x(m)` with `x = 1 / min(m / 1769, p)`, for the number of
/// threads that leaves the smallest residual; neither may be negative.
fn fitted(measured_ms: &BTreeMap<u32, Spread>) -> Option<TaskModel> {
    let lines = PARALLELISMS.into_iter().filter_map(|parallelism| {
        let points = measured_ms.iter();
        let points: Vec<(f64, Spread)> = points
            .map(|(memory_mb, one)| (busy_ms(1e6, parallelism, *memory_mb) / 1e6, *one))
            .collect();
        Some((parallelism, Line::through(&points)?))
    });
    let (parallelism, line) =
        lines.min_by(|one, other| crate::compare(one.1.residual, other.1.residual))?;
    Some(TaskModel {
        cpu_ms: line.slope,
        cpu_error_ms: line.slope_error,
        parallelism,
        origin: Origin::Fitted,
        ..TaskModel::unknown()
    })
}

/// A straight line through wall times, by least squares.
struct Line {
    slope: f64,
    /// Standard error of the slope that follows from those of the times.
    slope_error: f64,
    /// Sum of the squared relative distances.
    residual: f64,
}

impl Line {
    /// Neither slope nor intercept is below zero; `None` where all x are equal.
    fn through(points: &[(f64, Spread)]) -> Option<Self> {
        let count = f64::from(u32::try_from(points.len()).ok()?);
        let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
        let mean_y = points.iter().map(|(_, wall)| wall.mean).sum::<f64>() / count;
        let spread: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        if spread.is_nan() || spread <= LEAST_SPREAD {
            return None;
        }
        let sum = |of: &dyn Fn(f64, Spread) -> f64| -> f64 {
            points.iter().map(|(x, wall)| of(*x, *wall)).sum()
        };
        let common = sum(&|x, wall| (x - mean_x) * (wall.mean - mean_y));
        let squares = sum(&|x, wall| ((x - mean_x) * wall.error).powi(2));
        let slope = (common / spread).max(0.0);
        let intercept = (mean_y - slope * mean_x).max(0.0);
        let residual =
            sum(&|x, wall| ((intercept + slope * x - wall.mean) / wall.mean.max(1.0)).powi(2));
        Some(Self {
            slope,
            slope_error: squares.sqrt() / spread,
            residual,
        })
    }
}

/// Half of the wall time is CPU work of one thread.
fn prior(anchor: Spread, anchor_mb: u32) -> TaskModel {
    let per_ms = busy_ms(1e6, 1.0, anchor_mb) / 1e6;
    TaskModel {
        cpu_ms: anchor.mean * PRIOR_CPU_SHARE / per_ms,
        origin: Origin::Prior,
        ..TaskModel::unknown()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(sizes: &[(u32, f64, Option<f64>, Option<f64>)]) -> BTreeMap<u32, TaskFigures> {
        let one =
            |(memory_mb, mean, cpu_ms, parallelism): &(u32, f64, Option<f64>, Option<f64>)| {
                let self_ms = Spread {
                    samples: 100.0,
                    mean: *mean,
                    error: 1.0,
                };
                (
                    *memory_mb,
                    TaskFigures {
                        self_ms,
                        cpu_ms: *cpu_ms,
                        parallelism: *parallelism,
                        ..TaskFigures::default()
                    },
                )
            };
        sizes.iter().map(one).collect()
    }

    fn near(value: f64, wanted: f64, relative: f64) {
        assert!(
            (value / wanted - 1.0).abs() <= relative,
            "{value} is not {wanted}"
        );
    }

    /// TREE's C on AWS Lambda, two threads (aggregated from umbrellerde/functionfusion).
    const C_BY_MEMORY: [(u32, f64); 7] = [
        (128, 2522.0),
        (768, 411.0),
        (1024, 296.0),
        (1536, 204.0),
        (2048, 152.0),
        (3000, 107.0),
        (4096, 86.0),
    ];

    #[test]
    fn one_size_with_cpu_time_tells_the_others() {
        // 2522 ms at 128 MB are 182 ms of CPU time.
        let task = TaskModel::fit(&figures(&[(128, 2522.0, Some(180.0), Some(2.0))]));
        assert_eq!(task.origin, Origin::Measured);
        for (memory_mb, wall_ms) in C_BY_MEMORY {
            near(task.wall_ms(memory_mb), wall_ms, 0.25);
        }
    }

    #[test]
    fn two_sizes_tell_the_others_without_cpu_time() {
        let task = TaskModel::fit(&figures(&[
            (128, 2522.0, None, None),
            (1536, 204.0, None, None),
        ]));
        assert_eq!(task.origin, Origin::Fitted);
        for (memory_mb, wall_ms) in &C_BY_MEMORY[..6] {
            near(task.wall_ms(*memory_mb), *wall_ms, 0.20);
        }
    }

    #[test]
    fn waiting_does_not_change_with_memory() {
        let task = TaskModel::fit(&figures(&[(128, 500.0, Some(0.5), Some(1.0))]));
        near(task.wall_ms(3008), 500.0, 0.01);
    }

    #[test]
    fn what_was_measured_is_what_is_said() {
        // CPU time beyond what the wall time can hold must not distort the measured point.
        let task = TaskModel::fit(&figures(&[(128, 100.0, Some(80.0), Some(1.0))]));
        near(task.wall_ms(128), 100.0, 1e-9);
        assert!(task.wall_ms(1769) >= 80.0 - 1e-9);
        assert!(task.wall_ms(256) <= 100.0);
    }

    #[test]
    fn one_size_without_cpu_time_says_so() {
        assert_eq!(
            TaskModel::fit(&figures(&[(128, 100.0, None, None)])).origin,
            Origin::Prior
        );
        assert_eq!(TaskModel::fit(&BTreeMap::new()).origin, Origin::Unknown);
    }
}
