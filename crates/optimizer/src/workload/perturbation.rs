//! The uncertainty of the model: its parameters, one at a time, moved by a
//! standard error. What a difference between two setups changes when a parameter
//! moves is that parameter's share in the difference's error; parameters that
//! both setups share cancel by themselves.
//!
//! Wall time and CPU time of a task move one without the other, as if neither told
//! anything of the other's error: how much of a wall time is CPU work, and so what
//! another size is worth, is as uncertain as both.

use super::{Origin, TaskModel, Workload};

/// Relative error of CPU work at sizes that were not measured, by origin: what
/// forecasts of TREE from one or two sizes miss.
const MEASURED_CPU_ERROR: f64 = 0.08;
const FITTED_CPU_ERROR: f64 = 0.10;
/// Relative error of cold-start rates after a regrouping.
const COLD_ERROR: f64 = 0.30;

/// A parameter of the model that is not known exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// Wall time of a task as measured at one size in MB, its CPU time being what it is:
    /// the rest is IO.
    Wall(usize, u32),
    /// CPU time of a task, its measured wall times being what they are.
    Cpu(usize),
    /// CPU work of a task at sizes that were not measured.
    Unmeasured(usize),
    /// Whether tasks of which nothing tells IO from CPU do CPU work at all: one
    /// assumption for all of them, so that they err together.
    Assumed,
    /// The overhead of remote calls.
    Overhead,
    /// The rates of cold starts.
    Cold,
}

impl Workload {
    /// Every parameter that is uncertain.
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut parameters = vec![Parameter::Overhead, Parameter::Cold];
        if self.tasks.iter().any(|task| task.origin == Origin::Prior) {
            parameters.push(Parameter::Assumed);
        }
        for (number, task) in self.tasks.iter().enumerate() {
            let sizes = task.measured_ms.keys();
            parameters.extend(sizes.map(|memory_mb| Parameter::Wall(number, *memory_mb)));
            if matches!(task.origin, Origin::Measured | Origin::Fitted) {
                parameters.extend([Parameter::Cpu(number), Parameter::Unmeasured(number)]);
            }
        }
        parameters
    }

    /// The workload with one parameter moved by its standard error: up, and where less
    /// does not do the opposite of more (below its slice of the quota CPU work is never
    /// slowed down, and it explains no more than the whole of a wall time), down as well.
    #[must_use]
    pub fn perturbed(&self, parameter: Parameter) -> Vec<Self> {
        match parameter {
            Parameter::Wall(..) | Parameter::Cpu(_) => {
                vec![self.moved(parameter, 1.0), self.moved(parameter, -1.0)]
            }
            _ => vec![self.moved(parameter, 1.0)],
        }
    }

    /// The workload with one parameter moved by so many standard errors; no time
    /// becomes negative.
    fn moved(&self, parameter: Parameter, errors: f64) -> Self {
        let mut moved = self.clone();
        match parameter {
            Parameter::Wall(number, memory_mb) => {
                if let Some(wall) = moved.tasks[number].measured_ms.get_mut(&memory_mb) {
                    wall.mean = (wall.mean + errors * wall.error).max(0.0);
                }
            }
            Parameter::Cpu(number) => {
                let task = &mut moved.tasks[number];
                task.cpu_ms = (task.cpu_ms + errors * task.cpu_error_ms).max(0.0);
            }
            Parameter::Unmeasured(number) => {
                let task = &mut moved.tasks[number];
                task.unmeasured_factor = 1.0 + errors * cpu_error(task);
            }
            Parameter::Assumed => {
                for task in moved
                    .tasks
                    .iter_mut()
                    .filter(|task| task.origin == Origin::Prior)
                {
                    task.cpu_ms = 0.0;
                }
            }
            Parameter::Overhead => {
                moved.overheads.factor = 1.0 + errors * moved.overheads.relative_error;
            }
            Parameter::Cold => {
                for cold in &mut moved.cold {
                    cold.rate = (cold.rate * (1.0 + errors * COLD_ERROR)).min(1.0);
                }
            }
        }
        moved
    }
}

fn cpu_error(task: &TaskModel) -> f64 {
    match task.origin {
        Origin::Measured => MEASURED_CPU_ERROR,
        Origin::Fitted | Origin::Prior | Origin::Unknown => FITTED_CPU_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::observation::{Spread, TaskFigures};
    use crate::workload::Overheads;

    /// The share of its time that a task saves at 256 MB of what it takes at 128 MB, and
    /// how far one standard error of `parameter` moves it.
    fn saved(self_error: f64, cpu_error: f64, parameter: Parameter) -> (f64, f64) {
        let figures = TaskFigures {
            self_ms: Spread {
                samples: 60.0,
                mean: 11.0,
                error: 11.0 * self_error,
            },
            cpu_ms: Some(1.7),
            cpu_error_ms: Some(1.7 * cpu_error),
            parallelism: None,
        };
        let task = TaskModel::fit(&BTreeMap::from([(128, figures)]));
        let share = |task: &TaskModel| 1.0 - task.wall_ms(256) / task.wall_ms(128);
        let workload = Workload {
            names: vec![],
            tasks: vec![task],
            calls: vec![],
            entries: BTreeMap::new(),
            overheads: Overheads {
                sync_ms: BTreeMap::new(),
                relative_error: 0.0,
                factor: 1.0,
            },
            cold: vec![],
            extra_ms: vec![],
            requests_per_hour: 0.0,
        };
        let expected = share(&workload.tasks[0]);
        let moved = workload.perturbed(parameter).into_iter();
        let farthest = moved
            .map(|moved| (share(&moved.tasks[0]) - expected).abs())
            .fold(0.0, f64::max);
        (expected, farthest)
    }

    #[test]
    fn an_error_of_wall_time_makes_another_size_uncertain() {
        let (expected, farthest) = saved(0.5, 0.0, Parameter::Wall(0, 128));
        assert!(farthest > 0.5 * expected, "{expected} +- {farthest}");
        let (_, farthest) = saved(0.01, 0.0, Parameter::Wall(0, 128));
        assert!(farthest < 0.02, "{farthest}");
    }

    /// 1.7 ms are beyond the slice of 128 MB, and 1.4 ms are not.
    #[test]
    fn an_error_of_cpu_time_makes_another_size_uncertain() {
        let (expected, farthest) = saved(0.0, 0.2, Parameter::Cpu(0));
        assert!(farthest > 0.9 * expected, "{expected} +- {farthest}");
        let (_, farthest) = saved(0.0, 0.005, Parameter::Cpu(0));
        assert!(farthest < 0.02, "{farthest}");
    }
}
