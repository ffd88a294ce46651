//! The uncertainty of the model: its parameters, one at a time, moved by a
//! standard error. What a difference between two setups changes when a parameter
//! moves is that parameter's share in the difference's error; parameters that
//! both setups share cancel by themselves.

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
    /// Every time of a task.
    Task(usize),
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
        let tasks = 0..self.tasks.len();
        let mut parameters = vec![Parameter::Overhead, Parameter::Cold];
        if self.tasks.iter().any(|task| task.origin == Origin::Prior) {
            parameters.push(Parameter::Assumed);
        }
        for number in tasks.filter(|number| self.tasks[*number].origin != Origin::Unknown) {
            parameters.push(Parameter::Task(number));
            if self.tasks[number].origin != Origin::Prior {
                parameters.push(Parameter::Unmeasured(number));
            }
        }
        parameters
    }

    /// The workload with one parameter moved up by its standard error.
    #[must_use]
    pub fn perturbed(&self, parameter: Parameter) -> Self {
        let mut moved = self.clone();
        match parameter {
            Parameter::Task(number) => {
                let task = &mut moved.tasks[number];
                task.factor = 1.0 + task.relative_error();
            }
            Parameter::Unmeasured(number) => {
                let task = &mut moved.tasks[number];
                task.unmeasured_factor = 1.0 + cpu_error(task);
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
            Parameter::Overhead => moved.overheads.factor = 1.0 + moved.overheads.relative_error,
            Parameter::Cold => {
                for cold in &mut moved.cold {
                    cold.rate = (cold.rate * (1.0 + COLD_ERROR)).min(1.0);
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
