//! Requests running through a setup.

use std::collections::BTreeMap;

use fusion_model::telemetry::{CallKey, CallPath, FunctionRelease, LambdaMetric, Measure};
use fusion_model::{Application, CallMode, Figure, Metric, ReleaseId, Sampling, Setup, TaskName};

use super::random::Random;
use super::record::Record;
use crate::workload::busy_ms;

/// How a simulated task calls.
pub type Mode = CallMode;

/// Deepest nesting of calls: beyond it a call returns at once.
const MAX_DEPTH: u32 = 64;
/// One run in so many is an outlier ...
const OUTLIER_ONE_IN: f64 = 200.0;
/// ... that takes this many times as long.
const OUTLIER_FACTOR: f64 = 4.0;

/// The truth about one task.
#[derive(Clone, Debug)]
pub struct SimulatedTask {
    /// Time without CPU use, in milliseconds.
    pub io_ms: f64,
    /// CPU time of all threads, in milliseconds.
    pub cpu_ms: f64,
    /// Threads that it keeps busy.
    pub parallelism: f64,
    /// Its calls, made one after another in this order.
    pub calls: Vec<SimulatedCall>,
    /// Whether synchronous calls are all outstanding at once.
    pub calls_at_once: bool,
}

/// The truth about one call.
#[derive(Clone, Debug)]
pub struct SimulatedCall {
    /// Who is called.
    pub callee: TaskName,
    /// Whether the caller waits.
    pub mode: Mode,
    /// Calls in each run of the caller.
    pub per_run: f64,
}

/// Requests of one window.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// How many.
    pub requests: u32,
    /// How many a second.
    pub per_second: f64,
}

/// The truth about an application and its surroundings.
#[derive(Clone, Debug)]
pub struct World {
    /// Each task.
    pub tasks: BTreeMap<TaskName, SimulatedTask>,
    /// A remote synchronous call takes this at 128 MB beyond its callee's time, in
    /// milliseconds, and less with more memory.
    pub overhead_ms: f64,
    /// Duration of INIT, in milliseconds.
    pub init_ms: f64,
    /// The first run of each task in an environment takes so many times as long.
    pub first_run_factor: f64,
    /// Relative standard deviation of every time.
    pub deviation: f64,
    /// Factor on every time: above 1 in a slow hour.
    pub drift: f64,
    /// Random numbers start here.
    pub seed: u64,
}

struct Run<'a> {
    world: &'a World,
    application: &'a Application,
    setup: &'a Setup,
    releases: BTreeMap<&'a TaskName, FunctionRelease>,
    random: Random,
    record: Record,
    /// When each environment of each function is free again, in milliseconds.
    environments: BTreeMap<TaskName, Vec<f64>>,
    /// Whether the invocation that runs is the first of its environment.
    is_first: bool,
    /// Asynchronous events: when, caller and callee.
    events: Vec<(f64, TaskName)>,
}

impl World {
    /// The figures of a window in which `setup` served `load`.
    pub fn figures(&self, application: &Application, setup: &Setup, load: Load) -> Vec<Figure> {
        let releases = setup.groups.iter().map(|(root, group)| {
            let release = FunctionRelease {
                application: application.name.clone(),
                release: ReleaseId::of(application, root, group, Sampling::ALL),
                function: root.clone(),
            };
            (root, release)
        });
        let mut run = Run {
            world: self,
            application,
            setup,
            releases: releases.collect(),
            random: Random::new(self.seed),
            record: Record::default(),
            environments: BTreeMap::new(),
            is_first: false,
            events: vec![],
        };
        let entrypoints: Vec<&TaskName> = application.entrypoints().collect();
        for number in 0..load.requests {
            let at_ms = f64::from(number) / load.per_second * 1000.0;
            for entrypoint in &entrypoints {
                let latency = run.invoke(entrypoint, at_ms, 0);
                let measure = Measure::RequestLatency {
                    entrypoint: (*entrypoint).clone(),
                };
                run.add(entrypoint, measure, latency.own_ms);
                run.drain();
            }
        }
        run.record.figures()
    }
}

/// Time of one invocation: until its answer, and without INIT.
struct Invoked {
    answer_ms: f64,
    own_ms: f64,
}

impl Run<'_> {
    fn add(&mut self, root: &TaskName, measure: Measure, value: f64) {
        if let Some(function) = self.releases.get(root).cloned() {
            self.record.add(Metric::Fusion { function, measure }, value);
        }
    }

    fn add_lambda(&mut self, root: &TaskName, metric: LambdaMetric, value: f64) {
        let function_name = self.application.tasks[root].function_name.clone();
        let alias = self.application.alias.clone();
        self.record.add(
            Metric::Lambda {
                metric,
                function_name,
                alias,
                version: None,
            },
            value,
        );
    }

    /// Events that were accepted, each an invocation of its own.
    fn drain(&mut self) {
        while let Some((at_ms, callee)) = self.events.pop() {
            self.invoke(&callee, at_ms, 0);
        }
    }

    fn invoke(&mut self, root: &TaskName, at_ms: f64, depth: u32) -> Invoked {
        let environments = self.environments.entry(root.clone()).or_default();
        let warm = environments.iter().position(|free_ms| *free_ms <= at_ms);
        let slot = warm.unwrap_or_else(|| {
            environments.push(at_ms);
            environments.len() - 1
        });
        let init_ms = if warm.is_some() {
            0.0
        } else {
            self.world.init_ms * self.random.factor(0.1)
        };
        if warm.is_none() {
            self.add(root, Measure::InitDuration, init_ms);
        }
        // Busy until known better, so that a nested call does not get it too.
        if let Some(slots) = self.environments.get_mut(root) {
            slots[slot] = f64::INFINITY;
        }
        let is_first = std::mem::replace(&mut self.is_first, warm.is_none());
        let own_ms = self.task(root, root, at_ms + init_ms, depth);
        self.is_first = is_first;
        if let Some(slots) = self.environments.get_mut(root) {
            slots[slot] = at_ms + init_ms + own_ms;
        }
        self.add_lambda(root, LambdaMetric::Invocations, 1.0);
        self.add_lambda(root, LambdaMetric::Duration, own_ms + 1.5);
        Invoked {
            answer_ms: init_ms + own_ms,
            own_ms,
        }
    }

    /// One run of `name` inside the function of `root`; its wall time.
    fn task(&mut self, root: &TaskName, name: &TaskName, at_ms: f64, depth: u32) -> f64 {
        let world = self.world;
        let (Some(task), Some(group)) = (world.tasks.get(name), self.setup.groups.get(root)) else {
            return 0.0;
        };
        let memory_mb = group.memory_mb;
        let outlier = if self.random.uniform() * OUTLIER_ONE_IN < 1.0 {
            OUTLIER_FACTOR
        } else {
            1.0
        };
        let first = if self.is_first {
            world.first_run_factor
        } else {
            1.0
        };
        let factor = self.random.factor(world.deviation) * world.drift * outlier * first;
        let self_ms = (task.io_ms + busy_ms(task.cpu_ms, task.parallelism, memory_mb)) * factor;
        let mut waits: Vec<(CallKey, f64)> = Vec::new();
        let mut now_ms = at_ms + self_ms;
        for call in task.calls.iter().filter(|_| depth < MAX_DEPTH) {
            for _ in 0..self.random.count(call.per_run) {
                let latency_ms = self.call(root, name, call, now_ms, depth, &mut waits);
                if call.mode == CallMode::Sync && !task.calls_at_once {
                    now_ms += latency_ms;
                }
            }
        }
        let wait_ms = self.record_waits(root, &waits, task.calls_at_once);
        let task_name = || name.clone();
        self.add(root, Measure::TaskSelfTime { task: task_name() }, self_ms);
        self.add(root, Measure::TaskWaitTime { task: task_name() }, wait_ms);
        self.add(
            root,
            Measure::TaskCpuTime { task: task_name() },
            task.cpu_ms * factor,
        );
        self.add(
            root,
            Measure::TaskParallelism { task: task_name() },
            task.parallelism,
        );
        self_ms + wait_ms
    }

    /// The waiting of a run. Calls outstanding together share it by what they
    /// took, which sums up as equal shares of each moment do.
    fn record_waits(&mut self, root: &TaskName, waits: &[(CallKey, f64)], at_once: bool) -> f64 {
        let sum: f64 = waits.iter().map(|(_, latency_ms)| latency_ms).sum();
        let longest = waits
            .iter()
            .map(|(_, latency_ms)| *latency_ms)
            .fold(0.0, f64::max);
        let wait_ms = if at_once { longest } else { sum };
        for (call, latency_ms) in waits {
            let share = if sum > 0.0 { latency_ms / sum } else { 0.0 };
            self.add(
                root,
                Measure::CallWait { call: call.clone() },
                wait_ms * share,
            );
        }
        wait_ms
    }

    fn call(
        &mut self,
        root: &TaskName,
        caller: &TaskName,
        call: &SimulatedCall,
        at_ms: f64,
        depth: u32,
        waits: &mut Vec<(CallKey, f64)>,
    ) -> f64 {
        let Some(group) = self.setup.groups.get(root) else {
            return 0.0;
        };
        let inline = group.inlines(&call.callee, call.mode, self.application.inline_async);
        let overhead_ms = self.world.overhead_ms
            * (0.3 + 0.7 * 128.0 / f64::from(group.memory_mb.min(1769)))
            * self.random.factor(self.world.deviation);
        let latency_ms = match (call.mode, inline) {
            (_, true) => self.task(root, &call.callee, at_ms, depth + 1),
            (CallMode::Sync, false) => {
                self.invoke(&call.callee, at_ms, depth + 1).answer_ms + overhead_ms
            }
            (CallMode::Async, false) => {
                self.events.push((at_ms + overhead_ms, call.callee.clone()));
                overhead_ms
            }
        };
        let path = if inline {
            CallPath::Inline
        } else {
            CallPath::Remote
        };
        let key = CallKey {
            caller: caller.clone(),
            callee: call.callee.clone(),
            mode: call.mode,
            path,
        };
        self.add(root, Measure::CallLatency { call: key.clone() }, latency_ms);
        if call.mode == CallMode::Sync {
            waits.push((key, latency_ms));
        }
        latency_ms
    }
}
