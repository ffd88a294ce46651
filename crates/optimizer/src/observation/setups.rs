//! How whole setups did, as measured: what a new setup is compared with.

use std::collections::BTreeMap;

use fusion_model::telemetry::LambdaMetric;
use fusion_model::{CallGraph, TaskName};

use super::absorb::FunctionFigures;
use super::evidence::{KEPT_SETUPS, significant};
use super::{Evidence, SetupEvidence, Spread, Window, sources_id, spread};
use crate::configuration;

const SECONDS_PER_HOUR: f64 = 3600.0;
/// Billed time is rounded up to a whole millisecond: half of one on average.
const MEAN_ROUNDING_MS: f64 = 0.5;
const MB_PER_GB: f64 = 1024.0;

impl Evidence {
    /// Notes what the present setup did in the window.
    pub(super) fn absorb_setup(
        &mut self,
        window: &Window<'_>,
        functions: &BTreeMap<TaskName, FunctionFigures<'_>>,
    ) {
        let Some(mut measured) = self.setup_evidence(window, functions) else {
            return;
        };
        // A later apply that keeps the setup decides nothing anew about it.
        if let Some(known) = self.setups.get(&window.deployed.generation)
            && !known.configuration.is_empty()
            && known.notation == measured.notation
        {
            measured.configuration.clone_from(&known.configuration);
        }
        self.setups.insert(window.deployed.generation, measured);
        while self.setups.len() > KEPT_SETUPS {
            self.setups.pop_first();
        }
    }

    fn setup_evidence(
        &self,
        window: &Window<'_>,
        functions: &BTreeMap<TaskName, FunctionFigures<'_>>,
    ) -> Option<SetupEvidence> {
        let application = window.application;
        let entries: Vec<(&TaskName, Spread, Spread)> = self
            .functions
            .iter()
            .filter(|(root, _)| {
                application
                    .tasks
                    .get(*root)
                    .is_some_and(|task| task.entrypoint)
            })
            .filter_map(|(root, function)| {
                let latency = function.requests?.latency_ms;
                Some((root, latency, function.cold_ms()))
            })
            .collect();
        let measured: f64 = entries.iter().map(|(_, latency, _)| latency.samples).sum();
        if measured <= 0.0 {
            return None;
        }
        let share = window.deployed.sampling.overall_share();
        let mut requests = 0.0;
        for (root, latency, _) in &entries {
            let counted = self.functions.get(*root).map_or(0.0, |one| one.invocations);
            requests += counted.max(if share > 0.0 {
                latency.samples / share
            } else {
                0.0
            });
        }
        let latency_ms = weighted(&entries, measured);
        let billed = self.billed(functions, requests, share);
        let mut graph = CallGraph::declared(application);
        graph.extend(&self.observed_calls());
        #[expect(clippy::cast_precision_loss, reason = "a window has at most 24 hours")]
        let seconds = window.to_epoch_s.saturating_sub(window.from_epoch_s).max(1) as f64;
        Some(SetupEvidence {
            notation: window.deployed.setup.notation(application, &graph),
            phase: window.deployed.phase.as_str().to_owned(),
            sources: sources_id(application),
            configuration: configuration::of_basis(window.deployed.basis_sha256.as_deref())
                .to_owned(),
            requests: significant(measured),
            requests_per_hour: significant(requests / seconds * SECONDS_PER_HOUR),
            latency_ms: latency_ms.compact(),
            gb_ms: billed.gb_ms.compact(),
            invocations: significant(billed.invocations),
            errors: significant(
                self.functions.values().map(|one| one.errors).sum::<f64>() / requests,
            ),
            functions: billed.functions(window),
        })
    }

    /// Billed time and invocations per request, over all functions.
    fn billed(
        &self,
        functions: &BTreeMap<TaskName, FunctionFigures<'_>>,
        requests: f64,
        sampled_share: f64,
    ) -> Billed {
        let mut billed = Billed {
            gb_ms: Spread::default(),
            invocations: 0.0,
            means: BTreeMap::new(),
        };
        let mut squares = 0.0;
        for (root, evidence) in &self.functions {
            let Some(figures) = functions.get(root) else {
                continue;
            };
            let duration = figures
                .lambda
                .get(&LambdaMetric::Duration)
                .map(|figure| spread(figure));
            let Some(mean_ms) = duration
                .filter(|one| one.samples > 0.0)
                .or(figures.span(root))
            else {
                continue;
            };
            let measured = if sampled_share > 0.0 {
                evidence.root_runs / sampled_share
            } else {
                0.0
            };
            let invocations = evidence.invocations.max(measured) / requests;
            let gb = f64::from(figures.group.memory_mb) / MB_PER_GB;
            let cold = evidence.cold_ms();
            billed.gb_ms.mean += invocations * gb * (mean_ms.mean + MEAN_ROUNDING_MS + cold.mean);
            squares += (invocations * gb * mean_ms.error.hypot(cold.error)).powi(2);
            billed.invocations += invocations;
            billed.means.insert(root.clone(), mean_ms);
        }
        billed.gb_ms.error = squares.sqrt();
        billed.gb_ms.samples = requests;
        billed
    }
}

struct Billed {
    gb_ms: Spread,
    invocations: f64,
    means: BTreeMap<TaskName, Spread>,
}

impl Billed {
    /// Each function's release with its mean billed time.
    fn functions(self, window: &Window<'_>) -> BTreeMap<TaskName, (String, Spread)> {
        let means = self.means.into_iter();
        means
            .filter_map(|(root, mean)| {
                let release = window.deployed.functions.get(&root)?.release.to_string();
                Some((root, (release, mean.compact())))
            })
            .collect()
    }
}

/// The mean latency over entrypoints by share of requests, cold starts included.
fn weighted(entries: &[(&TaskName, Spread, Spread)], measured: f64) -> Spread {
    let mut latency = Spread {
        samples: measured,
        ..Spread::default()
    };
    let mut squares = 0.0;
    for (_, one, cold) in entries {
        let share = one.samples / measured;
        latency.mean += share * (one.mean + cold.mean);
        squares += (share * one.error.hypot(cold.error)).powi(2);
    }
    latency.error = squares.sqrt();
    latency
}
