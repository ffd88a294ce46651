//! Fitting the workload model to evidence.

use std::collections::BTreeMap;

use fusion_model::{Application, CallMode, TaskName};

use super::{CallModel, ColdStart, EntryModel, OVERLAP_BELOW, Overheads, TaskModel, Workload};
use crate::deployed::Deployed;
use crate::observation::{CallEvidence, Evidence, Spread, TaskEvidence, pooled, source_digits};

/// Relative standard error of overheads where only the prior is known.
const PRIOR_OVERHEAD_ERROR: f64 = 0.5;
/// Overheads vary with load and place by at least this, relative.
const LEAST_OVERHEAD_ERROR: f64 = 0.10;

/// The workload that the evidence describes. Evidence of other sources than the
/// application's present ones is left out.
pub fn fit(application: &Application, deployed: &Deployed, evidence: &Evidence) -> Workload {
    let names: Vec<TaskName> = application.tasks.keys().cloned().collect();
    let known = |name: &TaskName| {
        let source = source_digits(&application.tasks.get(name)?.source_sha256);
        evidence
            .tasks
            .get(name)
            .filter(|task| task.source == source)
    };
    let tasks = names
        .iter()
        .map(|name| {
            known(name).map_or_else(TaskModel::unknown, |task| TaskModel::fit(&task.at_memory))
        })
        .collect();
    let mut workload = Workload {
        calls: names
            .iter()
            .map(|name| {
                known(name)
                    .map(|task| calls(&names, task))
                    .unwrap_or_default()
            })
            .collect(),
        overheads: overheads(evidence),
        cold: cold(&names, evidence),
        extra_ms: extra_ms(&names, evidence),
        requests_per_hour: evidence
            .setups
            .get(&deployed.generation)
            .map_or(0.0, |setup| setup.requests_per_hour),
        entries: BTreeMap::new(),
        names,
        tasks,
    };
    workload.entries = entries(application, evidence, &workload);
    workload
}

fn calls(names: &[TaskName], task: &TaskEvidence) -> Vec<CallModel> {
    let mut calls = Vec::new();
    for (callee, modes) in &task.calls {
        let Ok(callee) = names.binary_search(callee) else {
            continue;
        };
        for (mode, call) in modes {
            if call.per_run > 0.0 {
                calls.push(CallModel {
                    callee,
                    mode: *mode,
                    per_run: call.per_run,
                    overlaps: *mode == CallMode::Sync && call.wait_share < OVERLAP_BELOW,
                    overlap_factor: call.per_run * call.wait_share,
                    overhead: call
                        .overhead_ms
                        .map(|spread| spread.mean)
                        .zip(call.overhead_at_mb),
                });
            }
        }
    }
    share_overlap(&mut calls);
    calls
}

/// Overlapping calls wait for the slowest of them. Each keeps the factor of all:
/// waiting per run over the latency of one call, summed over the calls that
/// overlap (their waits are shares of one time).
fn share_overlap(calls: &mut [CallModel]) {
    let factor: f64 = calls
        .iter()
        .filter(|call| call.overlaps)
        .map(|call| call.overlap_factor)
        .sum();
    for call in calls {
        call.overlap_factor = factor;
    }
}

fn overheads(evidence: &Evidence) -> Overheads {
    let mut by_memory: BTreeMap<u32, Vec<Spread>> = BTreeMap::new();
    for call in sync_calls(evidence) {
        if let (Some(overhead), Some(memory_mb)) = (call.overhead_ms, call.overhead_at_mb) {
            by_memory.entry(memory_mb).or_default().push(overhead);
        }
    }
    let mut sync_ms = BTreeMap::new();
    let mut relative_error: f64 = if by_memory.is_empty() {
        PRIOR_OVERHEAD_ERROR
    } else {
        0.0
    };
    for (memory_mb, spreads) in by_memory {
        let Some(overhead) = pooled(&spreads) else {
            continue;
        };
        relative_error = relative_error.max(overhead.relative_error().min(PRIOR_OVERHEAD_ERROR));
        sync_ms.insert(memory_mb, overhead.mean);
    }
    Overheads {
        sync_ms,
        relative_error: relative_error.max(LEAST_OVERHEAD_ERROR),
        factor: 1.0,
    }
}

fn sync_calls(evidence: &Evidence) -> impl Iterator<Item = &CallEvidence> {
    let calls = evidence.tasks.values().flat_map(|task| task.calls.values());
    calls.filter_map(|modes| modes.get(&CallMode::Sync))
}

/// Cold starts as measured; of functions that were not, the mean of the others.
fn cold(names: &[TaskName], evidence: &Evidence) -> Vec<ColdStart> {
    let known: Vec<&_> = evidence
        .functions
        .values()
        .filter(|one| one.root_runs > 0.0)
        .collect();
    let count = f64::from(u32::try_from(known.len()).unwrap_or(u32::MAX)).max(1.0);
    let cold_starts: Vec<_> = known.iter().filter(|one| one.cold_starts > 0.0).collect();
    let seen: f64 = cold_starts.iter().map(|one| one.cold_starts).sum();
    let usual = ColdStart {
        rate: known.iter().map(|one| one.cold_rate()).sum::<f64>() / count,
        init_ms: if seen > 0.0 {
            cold_starts
                .iter()
                .map(|one| one.cold_starts * one.init_ms)
                .sum::<f64>()
                / seen
        } else {
            0.0
        },
    };
    names
        .iter()
        .map(|name| {
            match evidence
                .functions
                .get(name)
                .filter(|one| one.root_runs > 0.0)
            {
                Some(function) if function.cold_starts > 0.0 => ColdStart {
                    rate: function.cold_rate(),
                    init_ms: function.init_ms,
                },
                Some(_) => ColdStart {
                    rate: 0.0,
                    init_ms: usual.init_ms,
                },
                None => usual,
            }
        })
        .collect()
}

/// Billed time beyond the root task's own; of functions that were not measured,
/// the mean of the others.
fn extra_ms(names: &[TaskName], evidence: &Evidence) -> Vec<f64> {
    let known: Vec<&_> = evidence
        .functions
        .values()
        .filter(|one| one.root_runs > 0.0)
        .collect();
    let count = f64::from(u32::try_from(known.len()).unwrap_or(u32::MAX)).max(1.0);
    let usual = known.iter().map(|one| one.extra_ms).sum::<f64>() / count;
    names
        .iter()
        .map(|name| {
            let function = evidence
                .functions
                .get(name)
                .filter(|one| one.root_runs > 0.0);
            function.map_or(usual, |one| one.extra_ms)
        })
        .collect()
}

fn entries(
    application: &Application,
    evidence: &Evidence,
    workload: &Workload,
) -> BTreeMap<usize, EntryModel> {
    let requested: Vec<(usize, &TaskName, _)> = application
        .entrypoints()
        .filter_map(|name| {
            let function = evidence.functions.get(name)?;
            let requests = function.requests?;
            Some((
                workload.number(name)?,
                name,
                (requests, function.invocations),
            ))
        })
        .collect();
    let weight = |(requests, invocations): &(crate::observation::RequestFigures, f64)| {
        invocations.max(requests.latency_ms.samples)
    };
    let all: f64 = requested.iter().map(|(_, _, one)| weight(one)).sum();
    let entries = requested
        .into_iter()
        .filter(|_| all > 0.0)
        .map(|(number, _, one)| {
            let latency_ms = one.0.latency_ms.mean;
            let ratio = |value: Option<f64>, usual: f64| match value {
                Some(value) if latency_ms > 0.0 => value / latency_ms,
                _ => usual,
            };
            let entry = EntryModel {
                share: weight(&one) / all,
                mean_ms: latency_ms,
                p50_over_mean: ratio(one.0.p50_ms, 1.0),
                p95_over_mean: ratio(one.0.p95_ms, 1.5),
            };
            (number, entry)
        });
    entries.collect()
}
