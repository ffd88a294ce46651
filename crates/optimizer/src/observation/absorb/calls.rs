//! Calls: how often they are made, how they overlap, and what a remote one takes beyond
//! its callee's own time.

use std::collections::BTreeMap;

use fusion_model::telemetry::{CallKey, CallPath, Measure};
use fusion_model::{CallMode, Figure, TaskName};

use super::super::evidence::significant;
use super::super::{CallEvidence, Evidence, Spread, spread};
use super::figures::FunctionFigures;
use super::supersedes;

/// A call is gone when so many of it were to be expected and none was seen.
const GONE_WHEN_EXPECTED: f64 = 20.0;

impl Evidence {
    pub(super) fn absorb_calls(&mut self, functions: &BTreeMap<TaskName, FunctionFigures<'_>>) {
        for (caller, evidence) in &mut self.tasks {
            let carrying: Vec<&FunctionFigures<'_>> = functions
                .values()
                .filter(|one| one.group.tasks.contains(caller))
                .collect();
            let runs: f64 = carrying.iter().map(|one| one.runs(caller)).sum();
            if runs <= 0.0 {
                continue;
            }
            let mut seen = seen_calls(caller, &carrying, functions);
            for (callee, modes) in &mut evidence.calls {
                for (mode, old) in modes {
                    let new = seen.get_mut(callee).and_then(|modes| modes.remove(mode));
                    *old = newer_call(*old, new.unwrap_or_default(), runs);
                }
            }
            for (callee, modes) in seen {
                for (mode, new) in modes {
                    let new = newer_call(CallEvidence::default(), new, runs);
                    evidence
                        .calls
                        .entry(callee.clone())
                        .or_default()
                        .insert(mode, new);
                }
            }
        }
    }
}

/// Counts of one call before it is divided by its caller's runs.
#[derive(Default)]
struct SeenCall {
    calls: f64,
    latency_sum_ms: f64,
    wait_sum_ms: f64,
    overhead: Option<(Spread, u32)>,
}

/// The calls of `caller` that were seen, with `per_run` still to be divided.
fn seen_calls(
    caller: &TaskName,
    carrying: &[&FunctionFigures<'_>],
    functions: &BTreeMap<TaskName, FunctionFigures<'_>>,
) -> BTreeMap<TaskName, BTreeMap<CallMode, CallEvidence>> {
    let mut seen: BTreeMap<(TaskName, CallMode), SeenCall> = BTreeMap::new();
    for figures in carrying {
        for (measure, figure) in &figures.measures {
            let Measure::CallLatency { call } = measure else {
                continue;
            };
            if call.caller != *caller || figure.samples <= 0.0 {
                continue;
            }
            let one = seen.entry((call.callee.clone(), call.mode)).or_default();
            one.calls += figure.samples;
            one.latency_sum_ms += figure.sum;
            let wait = figures.find(&Measure::CallWait { call: call.clone() });
            one.wait_sum_ms += wait.map_or(0.0, |figure| figure.sum);
            let overhead = overhead(call, figure, functions);
            let has_more = |new: &Spread| {
                one.overhead
                    .as_ref()
                    .is_none_or(|(old, _)| new.samples > old.samples)
            };
            if let Some(overhead) = overhead.filter(has_more) {
                one.overhead = Some((overhead, figures.group.memory_mb));
            }
        }
    }
    let mut calls: BTreeMap<TaskName, BTreeMap<CallMode, CallEvidence>> = BTreeMap::new();
    for ((callee, mode), one) in seen {
        let share = if one.latency_sum_ms > 0.0 {
            one.wait_sum_ms / one.latency_sum_ms
        } else {
            1.0
        };
        let evidence = CallEvidence {
            caller_runs: 0.0,
            per_run: one.calls,
            wait_share: if mode == CallMode::Sync {
                significant(share.min(1.0))
            } else {
                0.0
            },
            overhead_ms: one
                .overhead
                .as_ref()
                .map(|(overhead, _)| overhead.compact()),
            overhead_at_mb: one.overhead.map(|(_, memory_mb)| memory_mb),
        };
        calls.entry(callee).or_default().insert(mode, evidence);
    }
    calls
}

/// What a remote call took beyond its callee's own time. A cold start of the
/// callee's function is no overhead of the call: the model adds it by itself.
fn overhead(
    call: &CallKey,
    latency: &Figure,
    functions: &BTreeMap<TaskName, FunctionFigures<'_>>,
) -> Option<Spread> {
    if call.path == CallPath::Inline {
        return None;
    }
    let latency = spread(latency);
    if call.mode == CallMode::Async {
        return Some(latency);
    }
    let callee = functions.get(&call.callee)?;
    let span = callee.span(&call.callee)?;
    let (cold_rate, init_ms) = callee.cold(&call.callee);
    Some(Spread {
        samples: latency.samples,
        mean: (latency.mean - span.mean - cold_rate * init_ms).max(0.0),
        error: latency.error.hypot(span.error),
    })
}

/// A call's evidence after a window in which its caller ran `runs` times and
/// `new.per_run` calls were seen in all.
fn newer_call(old: CallEvidence, new: CallEvidence, runs: f64) -> CallEvidence {
    let calls = new.per_run;
    let is_rare = calls <= 0.0 && runs * old.per_run < GONE_WHEN_EXPECTED;
    if is_rare || !supersedes(runs, old.caller_runs) {
        return old;
    }
    CallEvidence {
        caller_runs: significant(runs),
        per_run: significant(calls / runs),
        wait_share: if calls > 0.0 {
            new.wait_share
        } else {
            old.wait_share
        },
        overhead_ms: new.overhead_ms.or(old.overhead_ms),
        overhead_at_mb: new.overhead_at_mb.or(old.overhead_at_mb),
    }
}
