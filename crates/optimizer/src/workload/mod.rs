//! The workload model: what each task and call costs in time, at any memory
//! size and in any group.
//!
//! It is fitted to evidence, and each parameter knows its uncertainty. What a
//! whole setup would do is the forecast's; tasks are numbered here in byte order
//! of their names, so that searching handles numbers instead of texts.

mod cpu;
mod fit;
mod perturbation;
mod task;

use std::collections::BTreeMap;

use fusion_model::{CallMode, TaskName};

pub use cpu::busy_ms;
pub use fit::fit;
pub use perturbation::Parameter;
pub use task::{Origin, TaskModel};

/// Calls whose caller waits for less than this share of their latency overlap
/// with others.
const OVERLAP_BELOW: f64 = 0.95;

/// A workload: tasks by number, calls between them, and load.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Names in byte order; the position is the task's number.
    pub names: Vec<TaskName>,
    /// Each task.
    pub tasks: Vec<TaskModel>,
    /// The calls that each task makes.
    pub calls: Vec<Vec<CallModel>>,
    /// Each entrypoint that was requested, by number.
    pub entries: BTreeMap<usize, EntryModel>,
    /// What a remote call takes beyond the callee's own time.
    pub overheads: Overheads,
    /// Cold starts of each function.
    pub cold: Vec<ColdStart>,
    /// Billed time of each function beyond its root task's own, in milliseconds.
    pub extra_ms: Vec<f64>,
    /// Requests an hour.
    pub requests_per_hour: f64,
}

/// One call of a task.
#[derive(Clone, Copy, Debug)]
pub struct CallModel {
    /// The callee's number.
    pub callee: usize,
    /// Whether the caller waits.
    pub mode: CallMode,
    /// Calls in each run of the caller.
    pub per_run: f64,
    /// Whether the caller has other calls outstanding meanwhile.
    pub overlaps: bool,
    /// Waiting per run over the latency of the slowest call, where calls overlap.
    pub overlap_factor: f64,
    /// The call's own overhead where it was made remotely: milliseconds and the
    /// caller's memory in MB.
    pub overhead: Option<(f64, u32)>,
}

/// Requests to one entrypoint.
#[derive(Clone, Copy, Debug)]
pub struct EntryModel {
    /// Share of all requests, 0 to 1.
    pub share: f64,
    /// Mean latency as measured, in milliseconds.
    pub mean_ms: f64,
    /// Median over mean of the latency as measured.
    pub p50_over_mean: f64,
    /// 95th percentile over mean of the latency.
    pub p95_over_mean: f64,
}

/// Cold starts of one function.
#[derive(Clone, Copy, Debug, Default)]
pub struct ColdStart {
    /// Share of invocations, 0 to 1.
    pub rate: f64,
    /// Duration of INIT in milliseconds.
    pub init_ms: f64,
}

/// Overheads of remote calls in general, from the calls that were made remotely.
#[derive(Clone, Debug)]
pub struct Overheads {
    /// Mean overhead of synchronous calls by the caller's memory, in milliseconds.
    pub sync_ms: BTreeMap<u32, f64>,
    /// Relative standard error of the above.
    pub relative_error: f64,
    /// Factor on every overhead; 1 except where uncertainty is explored.
    pub factor: f64,
}

impl Workload {
    /// The number of a task.
    pub fn number(&self, name: &TaskName) -> Option<usize> {
        self.names.binary_search(name).ok()
    }

    /// What the caller waits beyond the callee's own time when it makes `call`
    /// remotely and synchronously at `memory_mb`.
    pub fn overhead_ms(&self, call: &CallModel, memory_mb: u32) -> f64 {
        let own = call
            .overhead
            .filter(|(_, at_mb)| *at_mb == memory_mb)
            .map(|(ms, _)| ms);
        let general = || self.overheads.sync_ms_at(memory_mb);
        own.unwrap_or_else(general) * self.overheads.factor
    }

    /// Whether any calls overlap.
    pub fn has_overlaps(&self) -> bool {
        self.calls.iter().flatten().any(|call| call.overlaps)
    }
}

impl Overheads {
    /// The mean overhead at a memory size: measured there, else at the nearest
    /// size (by ratio), else the prior.
    fn sync_ms_at(&self, memory_mb: u32) -> f64 {
        let distance = |size: &u32| (f64::from(*size) / f64::from(memory_mb)).ln().abs();
        self.sync_ms
            .iter()
            .min_by(|one, other| crate::compare(distance(one.0), distance(other.0)))
            .map_or_else(
                || prior_overhead_ms(memory_mb),
                |(_, overhead_ms)| *overhead_ms,
            )
    }
}

/// The overhead of a remote synchronous call where none was measured: 33 ms at
/// 128 MB, as measured for TREE on AWS Lambda (Node.js), of which most is CPU
/// time and shrinks with memory.
fn prior_overhead_ms(memory_mb: u32) -> f64 {
    const IO_MS: f64 = 8.0;
    const CPU_MS_AT_128_MB: f64 = 25.0;
    IO_MS + CPU_MS_AT_128_MB * 128.0 / f64::from(memory_mb.clamp(128, 1769))
}
