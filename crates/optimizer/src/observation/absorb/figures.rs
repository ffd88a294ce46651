//! The figures of each function whose alias serves the planned release.

use std::collections::BTreeMap;

use fusion_model::setup::Group;
use fusion_model::telemetry::{LambdaMetric, Measure};
use fusion_model::{Figure, Metric, TaskName};

use super::super::{Spread, Window, spread};

/// Figures of one function of one served release.
pub(in crate::observation) struct FunctionFigures<'a> {
    pub(in crate::observation) group: &'a Group,
    pub(in crate::observation) measures: BTreeMap<&'a Measure, &'a Figure>,
    pub(in crate::observation) lambda: BTreeMap<LambdaMetric, &'a Figure>,
}

impl FunctionFigures<'_> {
    /// The figure of a measure, if it has values.
    pub(in crate::observation) fn find(&self, measure: &Measure) -> Option<&Figure> {
        self.measures
            .get(measure)
            .copied()
            .filter(|figure| figure.samples > 0.0)
    }

    pub(super) fn task(
        &self,
        measure: fn(TaskName) -> Measure,
        task: &TaskName,
    ) -> Option<&Figure> {
        self.find(&measure(task.clone()))
    }

    /// Measured runs of a member.
    pub(in crate::observation) fn runs(&self, task: &TaskName) -> f64 {
        self.task(self_time, task)
            .map_or(0.0, |figure| figure.samples)
    }

    /// Invocations that Lambda counted for each run of the root that was measured; 1
    /// where one of the two is not known.
    pub(super) fn invocations_per_run(&self, root: &TaskName) -> f64 {
        let counted = self.lambda.get(&LambdaMetric::Invocations);
        match (counted.map_or(0.0, |figure| figure.sum), self.runs(root)) {
            (counted, runs) if counted > 0.0 && runs > 0.0 => counted / runs,
            _ => 1.0,
        }
    }

    /// Mean wall time of a member's run with its waiting.
    pub(in crate::observation) fn span(&self, task: &TaskName) -> Option<Spread> {
        let self_ms = spread(self.task(self_time, task)?);
        let wait_ms = self.task(wait_time, task).map(spread).unwrap_or_default();
        Some(Spread {
            samples: self_ms.samples,
            mean: self_ms.mean + wait_ms.mean,
            error: self_ms.error.hypot(wait_ms.error),
        })
    }

    /// Cold starts among all invocations, 0 to 1, and mean INIT time in milliseconds.
    pub(super) fn cold(&self, root: &TaskName) -> (f64, f64) {
        let Some(init) = self.find(&Measure::InitDuration) else {
            return (0.0, 0.0);
        };
        let invocations = self
            .lambda
            .get(&LambdaMetric::Invocations)
            .map_or_else(|| self.runs(root), |figure| figure.sum);
        let rate = if invocations > 0.0 {
            (init.samples / invocations).min(1.0)
        } else {
            0.0
        };
        (rate, init.mean().unwrap_or(0.0))
    }
}

pub(super) fn self_time(task: TaskName) -> Measure {
    Measure::TaskSelfTime { task }
}

fn wait_time(task: TaskName) -> Measure {
    Measure::TaskWaitTime { task }
}

/// The figures of each active function whose alias serves the planned release.
pub(super) fn by_function<'a>(window: &Window<'a>) -> BTreeMap<TaskName, FunctionFigures<'a>> {
    let mut functions = BTreeMap::new();
    for (root, function) in &window.deployed.functions {
        let served = window.served.get(root);
        let serves = served.and_then(|served| served.release.as_ref()) == Some(&function.release);
        let Some(group) = window.deployed.setup.groups.get(root).filter(|_| serves) else {
            continue;
        };
        let figures = FunctionFigures {
            group,
            measures: BTreeMap::new(),
            lambda: BTreeMap::new(),
        };
        functions.insert(root.clone(), figures);
    }
    for figure in window.figures.iter().filter(|figure| is_sound(figure)) {
        place(window, figure, &mut functions);
    }
    functions
}

/// Puts a figure to the function that it belongs to, if there is one.
fn place<'a>(
    window: &Window<'a>,
    figure: &'a Figure,
    functions: &mut BTreeMap<TaskName, FunctionFigures<'a>>,
) {
    let application = window.application;
    match &figure.metric {
        Metric::Fusion { function, measure } => {
            let planned = window.deployed.functions.get(&function.function);
            let is_planned = planned.is_some_and(|planned| planned.release == function.release);
            let is_ours = function.application == application.name && is_planned;
            if let Some(found) = functions.get_mut(&function.function).filter(|_| is_ours) {
                found.measures.insert(measure, figure);
            }
        }
        Metric::Lambda {
            metric,
            function_name,
            alias,
            version,
        } => {
            let root = application.task_of_function(function_name);
            let Some(root) = root.filter(|_| *alias == application.alias) else {
                return;
            };
            let served = window
                .served
                .get(root)
                .map(|served| served.version.as_str());
            let is_served = version
                .as_deref()
                .is_none_or(|version| Some(version) == served);
            if let Some(found) = functions.get_mut(root).filter(|_| is_served) {
                found.lambda.insert(*metric, figure);
            }
        }
    }
}

/// Whether a figure's numbers can be meant: finite, not negative.
fn is_sound(figure: &Figure) -> bool {
    [figure.sum, figure.samples]
        .iter()
        .all(|value| value.is_finite() && *value >= 0.0)
}
