//! What was measured of each function, read at this moment.

use std::collections::BTreeMap;
use std::time::Duration;

use fusion_cloud::Clients;
use fusion_cloud::metrics::{self, Window};
use fusion_model::telemetry::{FunctionRelease, LambdaMetric, Measure};
use fusion_model::{Figure, Metric, TaskName};
use tfplugin::Diagnostic;

use super::state::{Arguments, FunctionStatus};
use crate::deployment::Found;
use crate::faults;

/// How long CloudWatch may take in all.
const DEADLINE: Duration = Duration::from_secs(60);

/// The window up to now.
pub fn window(window_seconds: u64, now_epoch_s: u64) -> Window {
    let to = i64::try_from(now_epoch_s).unwrap_or(i64::MAX);
    let seconds = i64::try_from(window_seconds).unwrap_or(0);
    Window::covering(to.saturating_sub(seconds), to)
}

/// Reads the figures of every function.
pub async fn functions(
    clients: &Clients,
    arguments: &Arguments,
    found: &BTreeMap<TaskName, Found>,
    window: Window,
) -> Result<BTreeMap<String, FunctionStatus>, Diagnostic> {
    let wanted: Vec<Metric> = found
        .iter()
        .flat_map(|(root, found)| wanted(arguments, root, found))
        .collect();
    let reading = metrics::read(clients, &wanted, window, DEADLINE).await;
    let reading = reading.map_err(|error| faults::error("Figures not readable", &error))?;
    let figures: BTreeMap<&Metric, &Figure> = reading
        .figures
        .iter()
        .map(|figure| (&figure.metric, figure))
        .collect();
    let described = found
        .iter()
        .map(|(root, found)| (root.to_string(), status(arguments, root, found, &figures)));
    Ok(described.collect())
}

fn wanted(arguments: &Arguments, root: &TaskName, found: &Found) -> Vec<Metric> {
    let mut metrics: Vec<Metric> = LambdaMetric::ALL
        .map(|metric| lambda(arguments, found, metric))
        .into();
    metrics.push(fusion(
        arguments,
        root,
        found,
        Measure::RequestLatency {
            entrypoint: root.clone(),
        },
    ));
    metrics.push(fusion(arguments, root, found, Measure::InitDuration));
    metrics
}

fn lambda(arguments: &Arguments, found: &Found, metric: LambdaMetric) -> Metric {
    Metric::Lambda {
        metric,
        function_name: found.name.clone(),
        alias: arguments.alias.clone(),
        version: found.served.version.map(|version| version.to_string()),
    }
}

fn fusion(arguments: &Arguments, root: &TaskName, found: &Found, measure: Measure) -> Metric {
    let function = FunctionRelease {
        application: arguments.application.clone(),
        release: found.label.release.clone(),
        function: root.clone(),
    };
    Metric::Fusion { function, measure }
}

fn status(
    arguments: &Arguments,
    root: &TaskName,
    found: &Found,
    figures: &BTreeMap<&Metric, &Figure>,
) -> FunctionStatus {
    let of_lambda = |metric| figures.get(&lambda(arguments, found, metric)).copied();
    let of_fusion = |measure| {
        figures
            .get(&fusion(arguments, root, found, measure))
            .copied()
    };
    let sum = |metric| of_lambda(metric).map(|figure| figure.sum);
    let latency = of_fusion(Measure::RequestLatency {
        entrypoint: root.clone(),
    });
    let init = of_fusion(Measure::InitDuration);
    FunctionStatus {
        function_name: found.name.clone(),
        version: found.served.version,
        release: found.label.release.to_string(),
        attempt: found.label.attempt,
        tasks: found
            .manifest
            .tasks
            .keys()
            .map(ToString::to_string)
            .collect(),
        memory_mb: found.served.memory_mb,
        timeout_seconds: found.served.timeout_seconds,
        invocations: sum(LambdaMetric::Invocations),
        errors: sum(LambdaMetric::Errors),
        throttles: sum(LambdaMetric::Throttles),
        duration_ms: of_lambda(LambdaMetric::Duration).and_then(Figure::mean),
        requests: latency.map(|figure| figure.samples),
        latency_ms: latency.and_then(Figure::mean),
        latency_ms_p50: latency.and_then(|figure| figure.p50),
        latency_ms_p95: latency.and_then(|figure| figure.p95),
        cold_starts: init.map(|figure| figure.samples),
        init_ms: init.and_then(Figure::mean),
    }
}
