//! From the stored `fusion_setup` to what the optimizer calls deployed, and back.
//!
//! Owns the computed attributes: how they are read, and how a decision fills them.

use std::collections::{BTreeMap, BTreeSet};

use fusion_model::{Application, Group, ReleaseId, Sampling, Setup, TaskName, notation};
use fusion_optimizer::{
    Alternative, Change, Decision, Deployed, DeployedFunction, Forecast, HistoryEntry, Outlook,
    Phase,
};
use tfplugin::Value;

use super::state::{
    ChangeState, DecisionState, FiguresState, ForecastState, GroupState, HistoryState, ParetoState,
    SamplingState, SetupState,
};

/// What the stored object says is deployed; `None` where it does not say (it was never applied).
pub fn read(state: &SetupState, basis_sha256: Option<String>) -> Option<Deployed> {
    let groups = state.groups.known()?;
    let mut setup = Setup::default();
    let mut functions = BTreeMap::new();
    for (root, group) in groups {
        let root = TaskName::new(root).ok()?;
        let tasks = group
            .tasks
            .iter()
            .filter_map(|task| TaskName::new(task).ok());
        setup.groups.insert(
            root.clone(),
            Group {
                tasks: tasks.collect(),
                memory_mb: group.memory_mb,
            },
        );
        let release = ReleaseId::new(&group.release).ok()?;
        functions.insert(
            root,
            DeployedFunction {
                release,
                attempt: group.attempt,
            },
        );
    }
    let history = state
        .history
        .known()
        .into_iter()
        .flatten()
        .filter_map(history_entry);
    Some(Deployed {
        setup,
        generation: state.generation.known().copied().unwrap_or(1),
        phase: state
            .phase
            .as_str()
            .and_then(Phase::parse)
            .unwrap_or(Phase::Initial),
        sampling: state.sampling.known().map_or(Sampling::ALL, |found| {
            Sampling::new(found.share, found.hours)
        }),
        functions,
        history: history.collect(),
        basis_sha256,
    })
}

/// What each function carries if the decision is deployed.
pub fn groups(
    application: &Application,
    decision: &Decision,
    attempt: impl Fn(&TaskName, &ReleaseId) -> u32,
) -> BTreeMap<String, GroupState> {
    let active: BTreeSet<TaskName> = notation::parse(&decision.notation)
        .map(|setup| setup.groups.into_keys().collect())
        .unwrap_or_default();
    let described = decision.setup.groups.iter().filter_map(|(root, group)| {
        let task = application.tasks.get(root)?;
        let release = ReleaseId::of(application, root, group, decision.sampling);
        let state = GroupState {
            tasks: group.tasks.iter().map(ToString::to_string).collect(),
            memory_mb: group.memory_mb,
            timeout_seconds: task.timeout_seconds,
            active: active.contains(root),
            attempt: attempt(root, &release),
            release: release.to_string(),
        };
        Some((root.to_string(), state))
    });
    described.collect()
}

/// The computed attributes that say how the setup came about.
#[must_use]
pub fn described(state: SetupState, decision: &Decision) -> SetupState {
    SetupState {
        setup_id: decision.setup_id.as_str().into(),
        notation: decision.notation.as_str().into(),
        generation: decision.generation.into(),
        phase: decision.phase.as_str().into(),
        sampling: sampling(decision.sampling).into(),
        forecast: forecast(&decision.forecast).into(),
        decision: self::decision(decision).into(),
        history: decision
            .history
            .iter()
            .map(history_state)
            .collect::<Vec<_>>()
            .into(),
        ..state
    }
}

/// The texts of a decision.
pub fn decision(decision: &Decision) -> DecisionState {
    DecisionState {
        summary: decision.summary.clone(),
        because: decision.because.clone(),
        evidence: decision.evidence.clone(),
        instead_of: decision.instead_of.clone(),
    }
}

/// The sampling as it stands in the state.
pub fn sampling(sampling: Sampling) -> SamplingState {
    SamplingState {
        share: sampling.share(),
        hours: sampling.every_hours(),
    }
}

/// The state with all that is computed taken from `prior`.
#[must_use]
pub fn unchanged(state: SetupState, prior: &SetupState) -> SetupState {
    SetupState {
        groups: prior.groups.clone(),
        setup_id: prior.setup_id.clone(),
        notation: prior.notation.clone(),
        generation: prior.generation,
        phase: prior.phase.clone(),
        sampling: prior.sampling.clone(),
        forecast: prior.forecast.clone(),
        decision: prior.decision.clone(),
        history: prior.history.clone(),
        ..state
    }
}

/// The state with all that is computed left to the apply.
#[must_use]
pub fn undecided(state: SetupState) -> SetupState {
    SetupState {
        groups: Value::Unknown,
        setup_id: Value::Unknown,
        notation: Value::Unknown,
        generation: Value::Unknown,
        phase: Value::Unknown,
        sampling: Value::Unknown,
        forecast: Value::Unknown,
        decision: Value::Unknown,
        history: Value::Unknown,
        ..state
    }
}

fn history_entry(entry: &HistoryState) -> Option<HistoryEntry> {
    Some(HistoryEntry {
        generation: entry.generation,
        setup_id: entry.setup_id.clone(),
        notation: entry.notation.clone(),
        phase: Phase::parse(&entry.phase)?,
        summary: entry.summary.clone(),
    })
}

fn history_state(entry: &HistoryEntry) -> HistoryState {
    HistoryState {
        generation: entry.generation,
        setup_id: entry.setup_id.clone(),
        notation: entry.notation.clone(),
        phase: entry.phase.to_string(),
        summary: entry.summary.clone(),
    }
}

fn forecast(forecast: &Forecast) -> ForecastState {
    ForecastState {
        before: forecast.before.as_ref().map(figures),
        expected: forecast.expected.as_ref().map(figures),
        latency_change: forecast.latency_change.as_ref().map(change),
        cost_change: forecast.cost_change.as_ref().map(change),
        pareto: forecast.pareto.iter().map(pareto).collect(),
    }
}

fn figures(outlook: &Outlook) -> FiguresState {
    FiguresState {
        latency_ms: Some(readable(outlook.latency_ms)),
        latency_ms_p50: Some(readable(outlook.latency_ms_p50)),
        latency_ms_p95: Some(readable(outlook.latency_ms_p95)),
        usd_per_million: Some(readable(outlook.cost.total_usd())),
    }
}

fn change(change: &Change) -> ChangeState {
    ChangeState {
        expected: readable(change.expected),
        low: readable(change.low),
        high: readable(change.high),
    }
}

fn pareto(alternative: &Alternative) -> ParetoState {
    ParetoState {
        notation: alternative.notation.clone(),
        latency_ms: readable(alternative.outlook.latency_ms),
        usd_per_million: readable(alternative.outlook.cost.total_usd()),
    }
}

/// Four significant digits: more would be noise, and a plan is read by people.
fn readable(value: f64) -> f64 {
    if value.is_finite() {
        format!("{value:.3e}").parse().unwrap_or(0.0)
    } else {
        0.0
    }
}
