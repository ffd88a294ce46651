//! Taking in the figures of one refresh.
//!
//! Every figure covers the whole window, so what it says of a release replaces
//! what an earlier refresh said; nothing is added up twice. Figures of a release
//! that no alias serves do not count.

use std::collections::BTreeMap;

use fusion_model::setup::Group;
use fusion_model::telemetry::{CallKey, CallPath, LambdaMetric, Measure};
use fusion_model::{Application, CallMode, Figure, Metric, TaskName};

use super::evidence::{KEPT_SIZES, RequestFigures, significant};
use super::{
    CallEvidence, Evidence, FunctionEvidence, Spread, TaskEvidence, TaskFigures, Window, pooled,
    spread,
};

/// With so many new samples the newest figures win over more numerous old ones.
const ENOUGH_SAMPLES: f64 = 100.0;
/// A call is gone when so many of it were to be expected and none was seen.
const GONE_WHEN_EXPECTED: f64 = 20.0;
/// CPU time and parallelism count from so many values on.
const MIN_CPU_SAMPLES: f64 = 3.0;
/// Digits of a source's hash that evidence keeps.
const SOURCE_DIGITS: usize = 12;

/// Figures of one function of one served release.
pub(super) struct FunctionFigures<'a> {
    pub(super) group: &'a Group,
    pub(super) measures: BTreeMap<&'a Measure, &'a Figure>,
    pub(super) lambda: BTreeMap<LambdaMetric, &'a Figure>,
}

impl Evidence {
    /// Takes in what was read in one refresh. Tasks whose source is another than
    /// before start anew, with the calls that they make.
    pub fn absorb(&mut self, window: &Window<'_>) {
        self.note_unserved(window);
        self.forget_changed(window.application);
        let functions = by_function(window);
        self.absorb_tasks(&functions);
        self.absorb_calls(&functions);
        self.functions = functions
            .iter()
            .map(|(root, figures)| (root.clone(), function_evidence(root, figures, &functions)))
            .filter(|(_, evidence)| *evidence != FunctionEvidence::default())
            .collect();
        self.absorb_setup(window, &functions);
    }

    fn note_unserved(&mut self, window: &Window<'_>) {
        self.unserved = window
            .deployed
            .functions
            .iter()
            .filter_map(|(root, function)| {
                let served = window.served.get(root);
                let release = served.and_then(|served| served.release.as_ref());
                (release != Some(&function.release)).then(|| {
                    let text = match (served, release) {
                        (None, _) => "nothing".to_owned(),
                        (Some(_), None) => "a version without a release".to_owned(),
                        (Some(_), Some(release)) => format!("release {release}"),
                    };
                    (root.clone(), text)
                })
            })
            .collect();
    }

    fn forget_changed(&mut self, application: &Application) {
        self.tasks.retain(|name, evidence| {
            application
                .tasks
                .get(name)
                .is_some_and(|task| evidence.source == source_digits(&task.source_sha256))
        });
        for (name, task) in &application.tasks {
            self.tasks
                .entry(name.clone())
                .or_insert_with(|| TaskEvidence {
                    source: source_digits(&task.source_sha256).to_owned(),
                    ..TaskEvidence::default()
                });
        }
    }

    fn absorb_tasks(&mut self, functions: &BTreeMap<TaskName, FunctionFigures<'_>>) {
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

    fn absorb_calls(&mut self, functions: &BTreeMap<TaskName, FunctionFigures<'_>>) {
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

impl FunctionFigures<'_> {
    /// The figure of a measure, if it has values.
    pub(super) fn find(&self, measure: &Measure) -> Option<&Figure> {
        self.measures
            .get(measure)
            .copied()
            .filter(|figure| figure.samples > 0.0)
    }

    fn task(&self, measure: fn(TaskName) -> Measure, task: &TaskName) -> Option<&Figure> {
        self.find(&measure(task.clone()))
    }

    /// Measured runs of a member.
    pub(super) fn runs(&self, task: &TaskName) -> f64 {
        self.task(self_time, task)
            .map_or(0.0, |figure| figure.samples)
    }

    /// Invocations that Lambda counted for each run of the root that was measured; 1
    /// where one of the two is not known.
    fn invocations_per_run(&self, root: &TaskName) -> f64 {
        let counted = self.lambda.get(&LambdaMetric::Invocations);
        match (counted.map_or(0.0, |figure| figure.sum), self.runs(root)) {
            (counted, runs) if counted > 0.0 && runs > 0.0 => counted / runs,
            _ => 1.0,
        }
    }

    /// Mean wall time of a member's run with its waiting.
    pub(super) fn span(&self, task: &TaskName) -> Option<Spread> {
        let self_ms = spread(self.task(self_time, task)?);
        let wait_ms = self.task(wait_time, task).map(spread).unwrap_or_default();
        Some(Spread {
            samples: self_ms.samples,
            mean: self_ms.mean + wait_ms.mean,
            error: self_ms.error.hypot(wait_ms.error),
        })
    }

    /// Cold starts among all invocations, 0 to 1, and mean INIT time in milliseconds.
    fn cold(&self, root: &TaskName) -> (f64, f64) {
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

fn self_time(task: TaskName) -> Measure {
    Measure::TaskSelfTime { task }
}

fn wait_time(task: TaskName) -> Measure {
    Measure::TaskWaitTime { task }
}

/// The digits of a source's hash that evidence keeps.
pub(crate) fn source_digits(source_sha256: &str) -> &str {
    source_sha256.get(..SOURCE_DIGITS).unwrap_or(source_sha256)
}

/// Whether new figures replace old ones of the same thing.
fn supersedes(new_samples: f64, old_samples: f64) -> bool {
    new_samples > 0.0 && (new_samples >= old_samples / 2.0 || new_samples >= ENOUGH_SAMPLES)
}

/// The figures of each active function whose alias serves the planned release.
fn by_function<'a>(window: &Window<'a>) -> BTreeMap<TaskName, FunctionFigures<'a>> {
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

fn function_evidence(
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
