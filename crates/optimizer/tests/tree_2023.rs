//! TREE as its authors measured it on AWS Lambda: what the first setup tells about
//! the later ones.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use common::{application, name};
use fusion_model::telemetry::{CallKey, CallPath, FunctionRelease, LambdaMetric, Measure};
use fusion_model::{Application, CallMode, Figure, Metric, ReleaseId, Sampling, Setup, TaskName};
use fusion_optimizer::forecast::{Evaluation, Plan, Terms, evaluate};
use fusion_optimizer::workload::fit;
use fusion_optimizer::{
    Deployed, DeployedFunction, Evidence, Phase, Pricing, Served, Settings, Window, decide,
};
use serde::Deserialize;

const MEASURED: &str = include_str!("../../../testdata/optimizer/tree-2023/measured.json");

#[derive(Deserialize)]
struct Measured {
    call_graph: BTreeMap<TaskName, Vec<Edge>>,
    setups: Vec<MeasuredSetup>,
}

#[derive(Deserialize)]
struct Edge {
    task: TaskName,
    mode: CallMode,
}

#[derive(Deserialize)]
struct MeasuredSetup {
    notation: String,
    usd_per_million: f64,
    functions: BTreeMap<TaskName, MeasuredFunction>,
    calls: Vec<MeasuredCall>,
}

#[derive(Deserialize)]
struct MeasuredFunction {
    invocations: f64,
    mean_ms: f64,
    p50_ms: f64,
    p95_ms: f64,
}

#[derive(Deserialize)]
struct MeasuredCall {
    function: TaskName,
    callee: TaskName,
    mode: CallMode,
    path: CallPath,
    mean_ms: f64,
    p50_ms: f64,
    p95_ms: f64,
}

/// Mean, median and 95th percentile of a time.
type Time = (f64, f64, f64);

impl Measured {
    fn read() -> Self {
        serde_json::from_str(MEASURED).unwrap()
    }

    /// The task that really makes a call: in the file, the root of its group does.
    fn caller_of(&self, callee: &TaskName) -> TaskName {
        let callers = self.call_graph.iter();
        let calls = |edges: &Vec<Edge>| edges.iter().any(|edge| edge.task == *callee);
        callers
            .into_iter()
            .find(|(_, edges)| calls(edges))
            .unwrap()
            .0
            .clone()
    }

    /// The synchronous call that `task` makes, if it makes one.
    fn sync_callee(&self, task: &TaskName) -> Option<&TaskName> {
        let edge = self.call_graph[task]
            .iter()
            .find(|edge| edge.mode == CallMode::Sync)?;
        Some(&edge.task)
    }
}

/// What CloudWatch would have said of a setup of the file.
struct Observed {
    deployed: Deployed,
    served: BTreeMap<TaskName, Served>,
    figures: Vec<Figure>,
}

impl Observed {
    fn new(application: &Application, measured: &Measured, index: usize) -> Self {
        let one = &measured.setups[index];
        let parsed = fusion_model::notation::parse(&one.notation).unwrap();
        let setup = parsed.completed(application, &Setup::separate(application));
        let functions: BTreeMap<TaskName, DeployedFunction> = setup
            .groups
            .iter()
            .map(|(root, group)| {
                let release = ReleaseId::of(application, root, group, Sampling::ALL);
                (
                    root.clone(),
                    DeployedFunction {
                        release,
                        attempt: 0,
                    },
                )
            })
            .collect();
        let served = functions.iter().map(|(root, function)| {
            let release = Some(function.release.clone());
            (
                root.clone(),
                Served {
                    release,
                    attempt: 0,
                    version: "1".into(),
                },
            )
        });
        let served = served.collect();
        let mut observed = Self {
            deployed: Deployed {
                setup,
                generation: index as u64 + 1,
                phase: Phase::Initial,
                sampling: Sampling::ALL,
                functions,
                history: vec![],
                basis_sha256: None,
            },
            served,
            figures: vec![],
        };
        for (root, function) in &one.functions {
            observed.add_function(application, measured, one, root, function);
        }
        observed
    }

    fn add_function(
        &mut self,
        application: &Application,
        measured: &Measured,
        one: &MeasuredSetup,
        root: &TaskName,
        function: &MeasuredFunction,
    ) {
        let count = function.invocations;
        let whole = (function.mean_ms, function.p50_ms, function.p95_ms);
        let calls: Vec<&MeasuredCall> = one
            .calls
            .iter()
            .filter(|call| call.function == *root)
            .collect();
        let time_of = |callee: &TaskName| {
            let call = calls.iter().find(|call| call.callee == *callee).unwrap();
            (call.mean_ms, call.p50_ms, call.p95_ms)
        };
        for task in self.deployed.setup.groups[root].tasks.clone() {
            let span = if task == *root { whole } else { time_of(&task) };
            let wait = measured.sync_callee(&task).map_or((0.0, 0.0, 0.0), time_of);
            let own = (
                span.0 - wait.0,
                span.1 - wait.1,
                (span.2 - wait.2).max(span.1 - wait.1),
            );
            self.add(
                root,
                Measure::TaskSelfTime { task: task.clone() },
                count,
                own,
            );
            self.add(root, Measure::TaskWaitTime { task }, count, wait);
        }
        for call in &calls {
            let key = CallKey {
                caller: measured.caller_of(&call.callee),
                callee: call.callee.clone(),
                mode: call.mode,
                path: call.path,
            };
            let time = (call.mean_ms, call.p50_ms, call.p95_ms);
            self.add(
                root,
                Measure::CallLatency { call: key.clone() },
                count,
                time,
            );
            if call.mode == CallMode::Sync {
                self.add(root, Measure::CallWait { call: key }, count, time);
            }
        }
        if application.tasks[root].entrypoint {
            self.add(
                root,
                Measure::RequestLatency {
                    entrypoint: root.clone(),
                },
                count,
                whole,
            );
        }
        let lambda = |metric| Metric::Lambda {
            metric,
            function_name: application.tasks[root].function_name.clone(),
            alias: application.alias.clone(),
            version: Some("1".into()),
        };
        self.figures.push(figure(
            lambda(LambdaMetric::Invocations),
            count,
            (1.0, 1.0, 1.0),
        ));
        self.figures
            .push(figure(lambda(LambdaMetric::Duration), count, whole));
    }

    fn add(&mut self, root: &TaskName, measure: Measure, count: f64, time: Time) {
        let function = FunctionRelease {
            application: "app".into(),
            release: self.deployed.functions[root].release.clone(),
            function: root.clone(),
        };
        self.figures
            .push(figure(Metric::Fusion { function, measure }, count, time));
    }

    fn absorb(&self, application: &Application, evidence: &mut Evidence) {
        evidence.absorb(&Window {
            application,
            deployed: &self.deployed,
            served: &self.served,
            figures: &self.figures,
            from_epoch_s: 0,
            to_epoch_s: 100,
        });
    }
}

fn figure(metric: Metric, samples: f64, (mean, p50, p95): Time) -> Figure {
    Figure {
        metric,
        sum: mean * samples,
        samples,
        p50: Some(p50),
        p95: Some(p95),
    }
}

fn tree() -> Application {
    application(&["A", "B", "C", "D", "E", "F", "G"])
}

/// The forecast of a setup of the file from the evidence of others.
fn forecast(
    application: &Application,
    measured: &Measured,
    from: &[usize],
    of: usize,
) -> Evaluation {
    let mut evidence = Evidence::default();
    let mut deployed = None;
    for index in from {
        let observed = Observed::new(application, measured, *index);
        observed.absorb(application, &mut evidence);
        deployed = Some(observed.deployed);
    }
    let workload = fit(application, &deployed.unwrap(), &evidence);
    let setup = fusion_model::notation::parse(&measured.setups[of].notation).unwrap();
    let plan = Plan::of_setup(&setup, &workload, false);
    let terms = Terms {
        pricing: Pricing::default(),
        inline_async: false,
        metric_usd_per_million: 0.0,
    };
    evaluate(&workload, &plan, &terms)
}

fn errors(measured: &Measured, of: usize, forecast: &Evaluation) -> (f64, f64) {
    let one = &measured.setups[of];
    let latency = forecast.latency_ms / one.functions[&name("A")].mean_ms - 1.0;
    (
        latency.abs(),
        (forecast.cost.total_usd() / one.usd_per_million - 1.0).abs(),
    )
}

#[test]
fn the_first_setup_leads_to_a_b_d_e_together() {
    let (application, measured) = (tree(), Measured::read());
    let observed = Observed::new(&application, &measured, 0);
    let mut evidence = Evidence::default();
    observed.absorb(&application, &mut evidence);
    let settings = Settings {
        telemetry_budget: 1.0,
        ..Settings::default()
    };
    let decision = decide(&application, &settings, &observed.deployed, &evidence);
    assert!(
        decision.notation.starts_with("(A,B,D,E)@128-"),
        "{}",
        decision.summary
    );
    for alone in ["(C)@", "(F)@", "(G)@"] {
        assert!(decision.notation.contains(alone), "{}", decision.notation);
    }
    let cost = decision.forecast.cost_change.unwrap();
    assert!(
        cost.low <= cost.expected && cost.expected < -0.2 && cost.high < 0.0,
        "{cost:?}"
    );
}

#[test]
fn regrouping_at_one_size_is_forecast_within_a_few_percent() {
    let (application, measured) = (tree(), Measured::read());
    for of in 0..4 {
        let (latency, cost) = errors(&measured, of, &forecast(&application, &measured, &[0], of));
        assert!(
            latency < 0.05 && cost < 0.04,
            "{of}: latency {latency}, cost {cost}"
        );
    }
}

#[test]
fn two_sizes_forecast_the_others() {
    let (application, measured) = (tree(), Measured::read());
    let all: Vec<(f64, f64)> = (0..measured.setups.len())
        .map(|of| {
            errors(
                &measured,
                of,
                &forecast(&application, &measured, &[0, 4], of),
            )
        })
        .collect();
    let median = |value: fn(&(f64, f64)) -> f64| {
        let mut sorted: Vec<f64> = all.iter().map(value).collect();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let (latency, cost) = (median(|one| one.0), median(|one| one.1));
    assert!(
        latency < 0.03 && cost < 0.03,
        "latency {latency}, cost {cost}: {all:?}"
    );
    assert!(
        all.iter()
            .all(|(latency, cost)| *latency < 0.10 && *cost < 0.10),
        "{all:?}"
    );
}
