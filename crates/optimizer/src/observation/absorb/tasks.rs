//! Times of tasks by the memory of the functions that ran them.

use std::collections::BTreeMap;

use fusion_model::telemetry::Measure;
use fusion_model::{Figure, TaskName};

use super::super::evidence::{KEPT_SIZES, significant};
use super::super::{Evidence, Spread, TaskFigures, pooled, spread};
use super::figures::{FunctionFigures, self_time};
use super::supersedes;

/// CPU time and parallelism count from so many values on.
const MIN_CPU_SAMPLES: f64 = 3.0;

impl Evidence {
    pub(super) fn absorb_tasks(&mut self, functions: &BTreeMap<TaskName, FunctionFigures<'_>>) {
        for (name, evidence) in &mut self.tasks {
            let mut at_memory: BTreeMap<u32, Vec<&FunctionFigures<'_>>> = BTreeMap::new();
            for figures in functions
                .values()
                .filter(|one| one.group.tasks.contains(name))
            {
                at_memory
                    .entry(figures.group.memory_mb)
                    .or_default()
                    .push(figures);
            }
            for (memory_mb, several) in at_memory {
                let Some(new) = task_figures(name, &several) else {
                    continue;
                };
                let old = evidence
                    .at_memory
                    .get(&memory_mb)
                    .copied()
                    .unwrap_or_default();
                if supersedes(new.self_ms.samples, old.self_ms.samples) {
                    let new = TaskFigures {
                        cpu_ms: new.cpu_ms.or(old.cpu_ms),
                        cpu_error_ms: new.cpu_ms.map_or(old.cpu_error_ms, |_| new.cpu_error_ms),
                        parallelism: new.parallelism.or(old.parallelism),
                        ..new
                    };
                    evidence.at_memory.insert(memory_mb, new);
                }
            }
            while evidence.at_memory.len() > KEPT_SIZES {
                let least = evidence
                    .at_memory
                    .iter()
                    .min_by(|one, other| one.1.self_ms.samples.total_cmp(&other.1.self_ms.samples))
                    .map(|(memory_mb, _)| *memory_mb);
                if let Some(memory_mb) = least {
                    evidence.at_memory.remove(&memory_mb);
                }
            }
        }
    }
}

/// A task's figures over the functions of one memory size that carry it.
fn task_figures(task: &TaskName, several: &[&FunctionFigures<'_>]) -> Option<TaskFigures> {
    let spreads: Vec<Spread> = several
        .iter()
        .filter_map(|one| one.task(self_time, task))
        .map(spread)
        .collect();
    let self_ms = pooled(&spreads)?;
    let of = |measure: fn(TaskName) -> Measure, spread_of: &dyn Fn(&Figure) -> Spread| {
        let figures = several.iter().filter_map(|one| one.task(measure, task));
        let spreads: Vec<Spread> = figures.map(spread_of).collect();
        pooled(&spreads).filter(|one| one.samples >= MIN_CPU_SAMPLES)
    };
    let cpu_of = |figure: &Figure| cpu_spread(figure, self_ms);
    let cpu = of(|task| Measure::TaskCpuTime { task }, &cpu_of);
    let parallelism = of(|task| Measure::TaskParallelism { task }, &spread);
    Some(TaskFigures {
        self_ms: self_ms.compact(),
        cpu_ms: cpu.map(|cpu| significant(cpu.mean)),
        cpu_error_ms: cpu.map(|cpu| significant(cpu.error)),
        parallelism: parallelism.map(|one| significant(one.mean).max(1.0)),
    })
}

/// CPU time is read without percentiles, which cost: a few long runs do not show in it by
/// themselves. But they show in the wall time of the same runs.
fn cpu_spread(figure: &Figure, self_ms: Spread) -> Spread {
    let cpu = spread(figure);
    let error = match figure.p50 {
        Some(_) => cpu.error,
        None => cpu.error.max(self_ms.relative_error() * cpu.mean),
    };
    Spread { error, ..cpu }
}
