//! How much better one plan is than another, and how sure that is.

use std::collections::BTreeSet;

use crate::forecast::{Change, Plan, evaluate, readable};
use crate::search::Problem;
use crate::workload::Parameter;

/// Standard deviations on each side of a 90 % interval.
const INTERVAL_DEVIATIONS: f64 = 1.645;

/// Relative changes from one plan to another, with standard errors.
#[derive(Clone, Copy, Debug, Default)]
pub struct Difference {
    /// Change of the objective's weighted sum; negative is better.
    pub score: Uncertain,
    /// Change of the mean latency.
    pub latency: Uncertain,
    /// Change of the cost.
    pub cost: Uncertain,
}

/// A value with its standard error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Uncertain {
    /// The value.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

impl Uncertain {
    /// The value with its 90 % interval.
    pub fn change(self) -> Change {
        let margin = INTERVAL_DEVIATIONS * self.error;
        Change {
            expected: readable(self.value),
            low: readable(self.value - margin),
            high: readable(self.value + margin),
        }
    }
}

/// The change from `before` to `after`.
///
/// Its error is `sqrt(sum over parameters of (change with the parameter moved by
/// its standard error - change)^2)`, the larger one where a parameter moves both ways.
/// Parameters of tasks whose groups are equal in both plans cancel and are left out.
pub fn difference(problem: &Problem<'_>, before: &Plan, after: &Plan) -> Difference {
    let base = changes(problem, problem.workload, before, after);
    let touched = touched(before, after);
    let mut squares = [0.0; 3];
    for parameter in problem.workload.parameters() {
        let matters = match parameter {
            Parameter::Wall(number, _) | Parameter::Cpu(number) | Parameter::Unmeasured(number) => {
                touched.contains(&number)
            }
            Parameter::Assumed | Parameter::Overhead | Parameter::Cold => true,
        };
        if !matters {
            continue;
        }
        let mut largest = [0.0_f64; 3];
        for workload in problem.workload.perturbed(parameter) {
            let moved = changes(problem, &workload, before, after);
            for index in 0..moved.len() {
                largest[index] = largest[index].max((moved[index] - base[index]).abs());
            }
        }
        for (square, largest) in squares.iter_mut().zip(largest) {
            *square += largest.powi(2);
        }
    }
    let [score, latency, cost] = [0, 1, 2].map(|index: usize| Uncertain {
        value: base[index],
        error: squares[index].sqrt(),
    });
    Difference {
        score,
        latency,
        cost,
    }
}

/// Relative changes of score, latency and cost under one model.
fn changes(
    problem: &Problem<'_>,
    workload: &crate::workload::Workload,
    before: &Plan,
    after: &Plan,
) -> [f64; 3] {
    let [old, new] = [before, after].map(|plan| {
        let evaluation = evaluate(workload, plan, &problem.terms);
        let (latency, cost) = (evaluation.latency_ms, evaluation.cost.total_usd());
        [problem.objective.score(latency, cost), latency, cost]
    });
    [0, 1, 2].map(|index: usize| {
        if old[index] > 0.0 {
            new[index] / old[index] - 1.0
        } else {
            0.0
        }
    })
}

/// Members of groups that are not equal in both plans.
fn touched(before: &Plan, after: &Plan) -> BTreeSet<usize> {
    let roots: BTreeSet<&usize> = before.groups.keys().chain(after.groups.keys()).collect();
    roots
        .into_iter()
        .filter(|root| before.groups.get(root) != after.groups.get(root))
        .flat_map(|root| [before.groups.get(root), after.groups.get(root)])
        .flatten()
        .flat_map(|group| group.members.iter().copied())
        .collect()
}
