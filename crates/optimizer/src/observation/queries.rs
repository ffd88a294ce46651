//! What to ask CloudWatch for: the exact metrics where they are known, and where
//! to look for calls that are not.

use std::collections::{BTreeMap, BTreeSet};

use fusion_model::telemetry::{CallKey, CallPath, FunctionRelease, LambdaMetric, Measure};
use fusion_model::{Application, CallGraph, CallMode, Metric, TaskName};

use super::{Evidence, Served};
use crate::deployed::Deployed;

/// Where ListMetrics may find metrics that nobody knows of: calls that are
/// neither declared nor observed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Discovery {
    /// The metric's namespace.
    pub namespace: &'static str,
    /// The metric's name.
    pub name: &'static str,
    /// Dimensions that every hit must have, among others.
    pub dimensions: Vec<(&'static str, String)>,
}

/// What to ask CloudWatch for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queries {
    /// Metrics to read over the window: sum and number of samples of each, p50 and p95
    /// of requests' latency, tasks' wall time, INIT and billed duration.
    pub metrics: BTreeSet<Metric>,
    /// Where to look for more.
    pub discoveries: Vec<Discovery>,
}

impl Queries {
    /// The metrics that follow from a listed one: of a call, both its wait and
    /// its latency. What does not belong to the application yields nothing.
    pub fn of_listed(application: &Application, listed: &Metric) -> Vec<Metric> {
        let Metric::Fusion { function, measure } = listed else {
            return vec![];
        };
        let (Measure::CallWait { call } | Measure::CallLatency { call }) = measure else {
            return vec![];
        };
        let known = |task: &TaskName| application.tasks.contains_key(task);
        if function.application != application.name || !known(&call.caller) || !known(&call.callee)
        {
            return vec![];
        }
        call_measures(call)
            .into_iter()
            .map(|measure| Metric::Fusion {
                function: function.clone(),
                measure,
            })
            .collect()
    }
}

/// What to ask for, given what each alias serves. Functions whose alias serves
/// another release than planned are left out: their figures would not count.
pub fn queries(
    application: &Application,
    deployed: &Deployed,
    evidence: &Evidence,
    served: &BTreeMap<TaskName, Served>,
) -> Queries {
    let mut graph = CallGraph::declared(application);
    graph.extend(&evidence.observed_calls());
    let mut found = Queries::default();
    // Standbys too: a call that nobody knew of shows in the function it reaches as well.
    for (root, group) in &deployed.setup.groups {
        let Some(function) = deployed.functions.get(root) else {
            continue;
        };
        let serves = served.get(root).and_then(|served| served.release.as_ref());
        if serves != Some(&function.release) {
            continue;
        }
        let function = FunctionRelease {
            application: application.name.clone(),
            release: function.release.clone(),
            function: root.clone(),
        };
        let mut measures = vec![
            Measure::RequestLatency {
                entrypoint: root.clone(),
            },
            Measure::InitDuration,
            Measure::MemoryUsed,
        ];
        for task in &group.tasks {
            measures.extend(task_measures(task));
            for (callee, mode) in graph.calls_of(task) {
                let path = if group.inlines(callee, mode, application.inline_async) {
                    CallPath::Inline
                } else {
                    CallPath::Remote
                };
                let (caller, callee) = (task.clone(), callee.clone());
                measures.extend(call_measures(&CallKey {
                    caller,
                    callee,
                    mode,
                    path,
                }));
            }
        }
        found.discoveries.push(Discovery {
            namespace: fusion_model::telemetry::NAMESPACE,
            name: "CallLatency",
            dimensions: vec![
                ("Application", function.application.clone()),
                ("Release", function.release.to_string()),
                ("Function", root.to_string()),
            ],
        });
        found
            .metrics
            .extend(measures.into_iter().map(|measure| Metric::Fusion {
                function: function.clone(),
                measure,
            }));
        if let (Some(task), Some(served)) = (application.tasks.get(root), served.get(root)) {
            found
                .metrics
                .extend(LambdaMetric::ALL.map(|metric| Metric::Lambda {
                    metric,
                    function_name: task.function_name.clone(),
                    alias: application.alias.clone(),
                    version: Some(served.version.clone()),
                }));
        }
    }
    found
}

fn task_measures(task: &TaskName) -> [Measure; 5] {
    [
        Measure::TaskSelfTime { task: task.clone() },
        Measure::TaskWaitTime { task: task.clone() },
        Measure::TaskCpuTime { task: task.clone() },
        Measure::TaskParallelism { task: task.clone() },
        Measure::TaskErrors { task: task.clone() },
    ]
}

/// Waiting is measured of synchronous calls only.
fn call_measures(call: &CallKey) -> Vec<Measure> {
    let latency = Measure::CallLatency { call: call.clone() };
    match call.mode {
        CallMode::Sync => vec![latency, Measure::CallWait { call: call.clone() }],
        CallMode::Async => vec![latency],
    }
}
