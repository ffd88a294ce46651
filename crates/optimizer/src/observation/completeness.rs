//! Whether the evidence explains itself. What it does not explain is missing,
//! and a decision on it would be about another application.

use std::collections::BTreeMap;

use fusion_model::{Application, CallGraph, Sampling, TaskName};

use super::{Evidence, FunctionEvidence, source_digits};
use crate::deployed::Deployed;
use crate::settings::Settings;

/// Waiting that calls need not explain, relative.
const WAIT_TOLERANCE: f64 = 0.05;
/// ... and absolute, in milliseconds a run: timers are not exact.
const WAIT_TOLERANCE_MS: f64 = 1.0;
/// Invocations that callers need not explain, relative.
const INVOCATION_TOLERANCE: f64 = 0.10;
/// ... and absolute: what was under way at an end of the window.
const INVOCATION_TOLERANCE_COUNT: f64 = 5.0;
/// A task or function counts as measured with this share of the runs to be expected: the
/// others were under way, or their environment ended before it wrote its figures.
const MEASURED_SHARE: f64 = 0.5;

/// What is missing for a decision, in sentences; nothing if it is empty.
pub(crate) fn missing(
    application: &Application,
    settings: &Settings,
    deployed: &Deployed,
    evidence: &Evidence,
    graph: &CallGraph,
) -> Vec<String> {
    let mut missing = Vec::new();
    for (root, served) in &evidence.unserved {
        missing.push(format!(
            "the alias of `{root}` serves {served} instead of the planned release; \
             applying this plan publishes it again"
        ));
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers of requests are far below 2^52"
    )]
    let needed = settings.min_requests.max(1) as f64;
    entries(application, evidence, needed, &mut missing);
    for root in deployed.setup.active(application, graph) {
        if let Some(function) = evidence.functions.get(&root) {
            waits(&root, function, &mut missing);
            invocations(&root, function, deployed.sampling, &mut missing);
        }
    }
    tasks(application, evidence, needed, &mut missing);
    missing
}

fn entries(application: &Application, evidence: &Evidence, needed: f64, missing: &mut Vec<String>) {
    for entrypoint in application.entrypoints() {
        let requests = evidence
            .functions
            .get(entrypoint)
            .and_then(|function| function.requests)
            .map_or(0.0, |requests| requests.latency_ms.samples);
        if requests < needed {
            missing.push(format!(
                "entrypoint `{entrypoint}` has {requests:.0} of {needed:.0} measured requests"
            ));
        }
    }
}

fn waits(root: &TaskName, function: &FunctionEvidence, missing: &mut Vec<String>) {
    let (waited, explained) = function.waited_ms;
    let allowed = WAIT_TOLERANCE * waited.max(explained) + WAIT_TOLERANCE_MS * function.root_runs;
    if (waited - explained).abs() > allowed {
        missing.push(format!(
            "`{root}` waited {waited:.0} ms in all, and known calls explain {explained:.0} ms of it: \
             a call is not known yet"
        ));
    }
}

/// The invocations of a function against the requests and calls that are known. All
/// three are in invocations as Lambda counts them, which no sampling thins out and no
/// environment forgets; where Lambda gave no count, in measured runs.
fn invocations(
    root: &TaskName,
    function: &FunctionEvidence,
    sampling: Sampling,
    missing: &mut Vec<String>,
) {
    let runs = function.root_runs;
    let counted = function.invocations;
    let per_run = if counted > 0.0 && runs > 0.0 {
        counted / runs
    } else {
        1.0
    };
    let entered = function
        .requests
        .map_or(0.0, |requests| requests.latency_ms.samples * per_run);
    let explained = entered + function.called;
    let ran = runs * per_run;
    if !is_near(ran, explained) {
        missing.push(format!(
            "`{root}` ran {ran:.0} times, and known requests and calls explain {explained:.0}: \
             a caller is not known yet"
        ));
    }
    let expected = counted * sampling.overall_share();
    if runs + INVOCATION_TOLERANCE_COUNT < MEASURED_SHARE * expected {
        missing.push(format!(
            "Lambda counted {counted:.0} invocations of `{root}`, and {runs:.0} were measured: \
             telemetry is late, or invocations ended without any"
        ));
    }
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= (INVOCATION_TOLERANCE * one.max(other)).max(INVOCATION_TOLERANCE_COUNT)
}

/// Every task that requests reach must have been measured with its present source.
fn tasks(application: &Application, evidence: &Evidence, needed: f64, missing: &mut Vec<String>) {
    for (name, visits) in visits(application, evidence) {
        let Some(task) = application.tasks.get(&name) else {
            continue;
        };
        let measured = evidence
            .tasks
            .get(&name)
            .filter(|known| known.source == source_digits(&task.source_sha256))
            .map_or(0.0, |known| {
                known
                    .at_memory
                    .values()
                    .map(|figures| figures.self_ms.samples)
                    // Not `sum`: that of no number is -0, and reads so.
                    .fold(0.0, |sum, samples| sum + samples)
            });
        let wanted = (MEASURED_SHARE * needed * visits.min(1.0)).ceil().max(1.0);
        if measured < wanted {
            missing.push(format!(
                "task `{name}` has {measured:.0} of {wanted:.0} measured runs with its present source"
            ));
        }
    }
}

/// Runs of each task per request, as far as calls were observed.
fn visits(application: &Application, evidence: &Evidence) -> BTreeMap<TaskName, f64> {
    let mut visits: BTreeMap<TaskName, f64> = application
        .entrypoints()
        .map(|entrypoint| (entrypoint.clone(), 1.0))
        .collect();
    let mut frontier = visits.clone();
    // A path that visits every task once is the longest that can matter.
    for _ in 0..application.tasks.len() {
        let mut next: BTreeMap<TaskName, f64> = BTreeMap::new();
        for (caller, runs) in &frontier {
            let known = evidence.tasks.get(caller);
            for (callee, modes) in known.iter().flat_map(|known| &known.calls) {
                let per_run: f64 = modes.values().map(|call| call.per_run).sum();
                if per_run > 0.0 && !visits.contains_key(callee) {
                    *next.entry(callee.clone()).or_default() += runs * per_run;
                }
            }
        }
        if next.is_empty() {
            break;
        }
        visits.extend(next.clone());
        frontier = next;
    }
    visits
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use fusion_model::{CallMode, Setup, Task};

    use super::*;
    use crate::deployed::Phase;
    use crate::observation::{
        CallEvidence, RequestFigures, Spread, TaskEvidence, TaskFigures, source_digits,
    };

    fn name(text: &str) -> TaskName {
        TaskName::new(text).unwrap()
    }

    /// A, which clients invoke, calls B once a request.
    fn application() -> Application {
        let task = |text: &str| Task {
            function_name: format!("app-{text}"),
            entrypoint: text == "A",
            source_sha256: fusion_model::hash::sha256_hex(text),
            source_bytes: 1,
            runtime: "nodejs22.x".into(),
            min_memory_mb: 128,
            timeout_seconds: 30,
            isolation: "default".into(),
            permissions: BTreeSet::new(),
            alone: false,
            calls: None,
        };
        Application {
            name: "app".into(),
            alias: "live".into(),
            tasks: ["A", "B"].map(|text| (name(text), task(text))).into(),
            inline_async: false,
            together: vec![],
            apart: vec![],
            memory_sizes_mb: vec![128],
            fusion_runtime_sha256: String::new(),
        }
    }

    /// What is missing after `change` of evidence in which 200 requests were counted and
    /// `measured` of A's and of B's 200 runs left figures.
    fn missing_after(measured: f64, change: impl FnOnce(&mut Evidence)) -> Vec<String> {
        let application = application();
        let spread = Spread {
            samples: measured,
            mean: 10.0,
            error: 0.1,
        };
        let figures = TaskFigures {
            self_ms: spread,
            ..TaskFigures::default()
        };
        let call = CallEvidence {
            caller_runs: measured,
            per_run: 1.0,
            wait_share: 1.0,
            ..CallEvidence::default()
        };
        let mut evidence = Evidence::default();
        for (task, known) in &application.tasks {
            let calls = [(name("B"), BTreeMap::from([(CallMode::Sync, call)]))];
            evidence.tasks.insert(
                task.clone(),
                TaskEvidence {
                    source: source_digits(&known.source_sha256).to_owned(),
                    at_memory: BTreeMap::from([(128, figures)]),
                    calls: calls.into_iter().filter(|_| known.entrypoint).collect(),
                },
            );
            let requests = RequestFigures {
                latency_ms: spread,
                ..RequestFigures::default()
            };
            evidence.functions.insert(
                task.clone(),
                FunctionEvidence {
                    root_runs: measured,
                    invocations: 200.0,
                    requests: known.entrypoint.then_some(requests),
                    called: if known.entrypoint { 0.0 } else { 200.0 },
                    ..FunctionEvidence::default()
                },
            );
        }
        change(&mut evidence);
        let deployed = Deployed {
            setup: Setup::separate(&application),
            generation: 1,
            phase: Phase::Initial,
            sampling: Sampling::ALL,
            functions: BTreeMap::new(),
            history: vec![],
            basis_sha256: None,
        };
        let settings = Settings {
            min_requests: 20,
            ..Settings::default()
        };
        let graph = evidence.observed_calls();
        missing(&application, &settings, &deployed, &evidence, &graph)
    }

    #[test]
    fn half_of_the_runs_with_exact_ratios_are_enough() {
        assert_eq!(missing_after(200.0, |_| ()), Vec::<String>::new());
        assert_eq!(missing_after(100.0, |_| ()), Vec::<String>::new());
    }

    #[test]
    fn a_tenth_of_the_runs_says_that_telemetry_is_late() {
        let missing = missing_after(20.0, |_| ());
        assert_eq!(missing.len(), 2, "{missing:?}");
        assert!(
            missing[0].starts_with(
                "Lambda counted 200 invocations of `A`, and 20 were measured: telemetry is late"
            ),
            "{missing:?}"
        );
    }

    #[test]
    fn a_caller_that_nobody_knows_is_missing() {
        let missing = missing_after(200.0, |evidence| {
            if let Some(function) = evidence.functions.get_mut(&name("B")) {
                function.called = 150.0;
            }
        });
        assert_eq!(
            missing,
            [
                "`B` ran 200 times, and known requests and calls explain 150: a caller is not known yet"
            ]
        );
    }

    #[test]
    fn a_task_without_figures_has_0_runs_not_minus_0() {
        let missing = missing_after(200.0, |evidence| {
            if let Some(task) = evidence.tasks.get_mut(&name("B")) {
                task.at_memory.clear();
            }
        });
        assert_eq!(
            missing,
            ["task `B` has 0 of 10 measured runs with its present source"]
        );
    }
}
