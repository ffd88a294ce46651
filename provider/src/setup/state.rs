//! `fusion_setup` as the hosts exchange it: configuration, plan and stored object.
//!
//! Owns the Rust side of the attributes in `schema`, field by field, where any value may be
//! unknown. What the arguments mean is in `arguments`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin::{Number, Value};

/// The whole resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetupState {
    /// The application's name.
    pub application: Value<String>,
    /// The alias of every function.
    pub alias: Value<String>,
    /// The tasks by name.
    pub tasks: Value<BTreeMap<String, Value<TaskState>>>,
    /// Where the sources are.
    pub sources: Value<SourcesState>,
    /// The hash of the fusion runtime.
    pub fusion_runtime_sha256: Value<String>,
    /// Whether asynchronous calls may run inline.
    pub inline_async: Value<bool>,
    /// Sets of tasks that share a group.
    pub together: Value<Vec<Value<Vec<Value<String>>>>>,
    /// Sets of tasks that never share a group.
    pub apart: Value<Vec<Value<Vec<Value<String>>>>>,
    /// The memory sizes to choose from, in MB.
    pub memory_sizes_mb: Value<Vec<Value<Number>>>,
    /// The first setup: `separate` or `declared`.
    pub initial: Value<String>,
    /// `auto` or `hold`.
    pub mode: Value<String>,
    /// A setup in notation.
    pub pinned_setup: Value<String>,
    /// What a better setup is.
    pub objective: Value<ObjectiveState>,
    /// What is measured, and when it suffices.
    pub observation: Value<ObservationState>,
    /// The share of cost that measuring may take.
    pub telemetry_budget: Value<Number>,
    /// Prices of one's own.
    pub pricing: Value<PricingState>,
    /// By task: its function.
    pub groups: Value<BTreeMap<String, GroupState>>,
    /// The setup's id.
    pub setup_id: Value<String>,
    /// The active groups.
    pub notation: Value<String>,
    /// Counts setups.
    pub generation: Value<u64>,
    /// How the setup came about.
    pub phase: Value<String>,
    /// Which requests are measured.
    pub sampling: Value<SamplingState>,
    /// What was expected of the setup.
    pub forecast: Value<ForecastState>,
    /// Why it was chosen.
    pub decision: Value<DecisionState>,
    /// The last setups, newest first.
    pub history: Value<Vec<HistoryState>>,
}

/// One task of the arguments.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskState {
    /// The function's name.
    pub function_name: Value<String>,
    /// Whether clients invoke it.
    pub entrypoint: Value<bool>,
    /// The task's folder.
    pub source: Value<String>,
    /// The task's handler.
    pub handler: Value<String>,
    /// The content's hash.
    pub source_sha256: Value<String>,
    /// The content's size.
    pub source_bytes: Value<Number>,
    /// The language runtime.
    pub runtime: Value<String>,
    /// The least memory, in MB.
    pub min_memory_mb: Value<Number>,
    /// The function's timeout.
    pub timeout_seconds: Value<Number>,
    /// Tasks of different isolation never share.
    pub isolation: Value<String>,
    /// What the task may do.
    pub permissions: Value<Vec<Value<String>>>,
    /// Whether it is never inlined.
    pub alone: Value<bool>,
    /// The calls known beforehand.
    pub calls: Value<Vec<Value<CallState>>>,
}

/// A declared call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallState {
    /// The task that is called.
    pub task: Value<String>,
    /// `sync` or `async`.
    pub mode: Value<String>,
}

/// Where the sources are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourcesState {
    /// The application's folder.
    pub root: Value<String>,
    /// Folders that every package gets.
    pub shared: Value<Vec<Value<String>>>,
    /// The fusion runtime's folder.
    pub runtime_path: Value<String>,
}

/// What a better setup is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ObjectiveState {
    /// `balanced`, `cost` or `latency`.
    pub minimize: Value<String>,
    /// The weight of latency.
    pub latency_weight: Value<Number>,
    /// A bound on the 95th percentile, in milliseconds.
    pub max_latency_p95_ms: Value<Number>,
    /// A bound on cost, in US dollars.
    pub max_cost_per_million_usd: Value<Number>,
}

/// What is measured, and when it suffices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ObservationState {
    /// How far back a refresh looks.
    pub window_hours: Value<Number>,
    /// The least number of requests.
    pub min_requests: Value<Number>,
    /// The least relative improvement.
    pub min_improvement: Value<Number>,
    /// The confidence of an improvement.
    pub confidence: Value<Number>,
    /// The age of data that is believed.
    pub settle_seconds: Value<Number>,
}

/// Prices of one's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PricingState {
    /// `x86_64` or `arm64`.
    pub architecture: Value<String>,
    /// The price of a GB-second.
    pub gb_second_usd: Value<Number>,
    /// The price of an invocation.
    pub request_usd: Value<Number>,
}

/// What runs inside one function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupState {
    /// The tasks inside, in byte order.
    pub tasks: Vec<String>,
    /// The memory, in MB.
    pub memory_mb: u32,
    /// The timeout.
    pub timeout_seconds: u32,
    /// Whether the setup calls it.
    pub active: bool,
    /// What decides how it behaves, as 12 hex digits.
    pub release: String,
    /// Raised where `live` served another release.
    pub attempt: u32,
}

/// Which requests are measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SamplingState {
    /// The share of requests.
    pub share: f64,
    /// One hour in so many.
    pub hours: u32,
}

/// What was expected of a setup.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ForecastState {
    /// The setup before.
    pub before: Option<FiguresState>,
    /// This setup.
    pub expected: Option<FiguresState>,
    /// How latency changes.
    pub latency_change: Option<ChangeState>,
    /// How cost changes.
    pub cost_change: Option<ChangeState>,
    /// Setups of which none is better in both.
    pub pareto: Vec<ParetoState>,
}

/// One setup's figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FiguresState {
    /// Mean latency, cold starts included.
    pub latency_ms: Option<f64>,
    /// Median latency.
    pub latency_ms_p50: Option<f64>,
    /// 95th percentile of latency.
    pub latency_ms_p95: Option<f64>,
    /// Cost of a million requests.
    pub usd_per_million: Option<f64>,
}

/// A relative change with its interval.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChangeState {
    /// The expected change.
    pub expected: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
}

/// A setup on the front.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ParetoState {
    /// The setup.
    pub notation: String,
    /// Its mean latency.
    pub latency_ms: f64,
    /// Its cost of a million requests.
    pub usd_per_million: f64,
}

/// Why a setup was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionState {
    /// What changes, in one sentence.
    pub summary: String,
    /// The reasons.
    pub because: Vec<String>,
    /// What was measured.
    pub evidence: Vec<String>,
    /// What else was considered.
    pub instead_of: Vec<String>,
}

/// A setup of the past, or the present one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryState {
    /// Its number.
    pub generation: u64,
    /// Its id.
    pub setup_id: String,
    /// Its active groups.
    pub notation: String,
    /// How it came about.
    pub phase: String,
    /// The decision for it.
    pub summary: String,
}
