//! What one function of the present setup did: invocations, errors, cold starts, memory,
//! and who called it.

use std::collections::BTreeMap;

use fusion_model::telemetry::{CallPath, LambdaMetric, Measure};
use fusion_model::{Figure, TaskName};

use super::super::evidence::{RequestFigures, significant};
use super::super::{FunctionEvidence, spread};
use super::figures::FunctionFigures;

pub(super) fn function_evidence(
    root: &TaskName,
    figures: &FunctionFigures<'_>,
    functions: &BTreeMap<TaskName, FunctionFigures<'_>>,
) -> FunctionEvidence {
    let lambda = |metric: LambdaMetric| figures.lambda.get(&metric).map_or(0.0, |one| one.sum);
    let requests = figures.find(&Measure::RequestLatency {
        entrypoint: root.clone(),
    });
    let span = figures.span(root);
    let duration = figures
        .lambda
        .get(&LambdaMetric::Duration)
        .and_then(|figure| figure.mean());
    let extra_ms = match (duration, span) {
        (Some(duration), Some(span)) => (duration - span.mean).max(0.0),
        _ => 0.0,
    };
    let init = figures.find(&Measure::InitDuration);
    let memory_used_mb = figures.find(&Measure::MemoryUsed).map_or(0.0, |figure| {
        figure.p95.unwrap_or(0.0).max(figure.mean().unwrap_or(0.0))
    });
    FunctionEvidence {
        root_runs: significant(figures.runs(root)),
        invocations: significant(lambda(LambdaMetric::Invocations)),
        errors: significant(lambda(LambdaMetric::Errors)),
        extra_ms: significant(extra_ms),
        cold_starts: significant(init.map_or(0.0, |figure| figure.samples)),
        init_ms: significant(init.and_then(Figure::mean).unwrap_or(0.0)),
        memory_used_mb: significant(memory_used_mb),
        requests: requests.map(|figure| RequestFigures {
            latency_ms: spread(figure).compact(),
            p50_ms: figure.p50.map(significant),
            p95_ms: figure.p95.map(significant),
        }),
        called: significant(times_called(root, functions)),
        waited_ms: waited(figures),
    }
}

/// How often other functions called `root` remotely: what was measured, scaled to all
/// invocations of each calling function, since values that an environment did not
/// write before it ended are missing from each function in another share.
fn times_called(root: &TaskName, functions: &BTreeMap<TaskName, FunctionFigures<'_>>) -> f64 {
    let calls = |figures: &FunctionFigures<'_>| -> f64 {
        let of_root = figures.measures.iter().filter(|(measure, _)| {
            matches!(measure, Measure::CallLatency { call }
                if call.callee == *root && call.path == CallPath::Remote)
        });
        of_root.map(|(_, figure)| figure.samples).sum()
    };
    functions
        .iter()
        .map(|(caller, figures)| calls(figures) * figures.invocations_per_run(caller))
        .sum()
}

/// The waiting of all members, and the part of it that calls explain.
fn waited(figures: &FunctionFigures<'_>) -> (f64, f64) {
    let sum = |wanted: fn(&Measure) -> bool| {
        let figures = figures
            .measures
            .iter()
            .filter(|(measure, _)| wanted(measure));
        significant(figures.map(|(_, figure)| figure.sum).sum())
    };
    (
        sum(|measure| matches!(measure, Measure::TaskWaitTime { .. })),
        sum(|measure| matches!(measure, Measure::CallWait { .. })),
    )
}
