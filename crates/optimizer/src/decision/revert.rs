//! The way back: whether the present setup is measured to be worse than the one
//! before, and which setups are barred because they were.
//!
//! The comparison is with what the old setup would do now: functions that are
//! equal in both are the control. Where they became slower too, the hour is
//! slow, not the setup. Where no function is equal in both, nothing tells a slow
//! hour from a worse setup, and only what is worse than hours differ counts; what is
//! less is weighed by the model as it is fitted to the new window.

use std::collections::BTreeSet;

use fusion_model::{Application, Setup};

use super::normal::quantile;
use super::text::signed_percent;
use crate::configuration::configuration_id;
use crate::deployed::{Deployed, Phase};
use crate::observation::{Evidence, SetupEvidence, Spread, pooled, sources_id};
use crate::pricing::Pricing;
use crate::settings::{Minimize, Settings};

/// Measured figures of equal setups differ by this much from hour to hour, beside what
/// the control shows.
const NOISE: f64 = 0.05;
/// Relative standard error of an hour's speed against another's where there is no
/// control.
const UNKNOWN_DRIFT_ERROR: f64 = 0.25;
/// More errors than before count from so many on.
const MIN_ERRORS: f64 = 3.0;
/// Standard deviations by which errors must exceed what was before.
const ERROR_DEVIATIONS: f64 = 3.0;
/// Loads within this factor are the same load.
const SAME_LOAD: f64 = 2.0;
const MB_PER_GB: f64 = 1024.0;

/// A setup to go back to, and why.
pub struct Revert {
    /// The setup before, for every task.
    pub setup: Setup,
    /// Why, in sentences.
    pub because: Vec<String>,
}

/// Judges the present setup, if it was decided from evidence.
pub fn revert(
    application: &Application,
    settings: &Settings,
    deployed: &Deployed,
    evidence: &Evidence,
) -> Option<Revert> {
    if deployed.phase != Phase::Optimized {
        return None;
    }
    let now = evidence.setups.get(&deployed.generation)?;
    let (_, before) = evidence.setups.range(..deployed.generation).next_back()?;
    let sources = sources_id(application);
    if now.sources != sources || before.sources != sources || now.notation == before.notation {
        return None;
    }
    let because = more_errors(now, before).or_else(|| worse(settings, now, before))?;
    let setup = fusion_model::notation::parse(&before.notation).ok()?;
    let setup =
        super::present::repaired(application, &setup.completed(application, &deployed.setup));
    Some(Revert {
        setup,
        because: vec![because],
    })
}

/// What makes earlier setups comparable: sources, load and configuration of now.
pub struct Now<'a> {
    deployed: &'a Deployed,
    evidence: &'a Evidence,
    sources: String,
    configuration: String,
    /// Requests an hour, where the present setup was measured.
    load: Option<f64>,
}

impl<'a> Now<'a> {
    /// The sources, load and configuration of a decision.
    pub fn of(
        application: &Application,
        settings: &Settings,
        deployed: &'a Deployed,
        evidence: &'a Evidence,
    ) -> Self {
        let present = evidence.setups.get(&deployed.generation);
        Self {
            deployed,
            evidence,
            sources: sources_id(application),
            configuration: configuration_id(application, settings),
            load: present.map(|one| one.requests_per_hour),
        }
    }

    /// Setups that were left because they were worse, while sources, load and
    /// configuration are as they were when they were left, as notations. Where a setup
    /// had more errors than the one before, the configuration does not matter.
    pub fn barred(&self) -> BTreeSet<String> {
        let setups = &self.evidence.setups;
        setups
            .iter()
            .filter(|(generation, one)| {
                let next = setups.get(&(*generation + 1));
                let judged = next.is_none_or(|next| self.is_same_configuration(next));
                let failed = || {
                    let before = setups.range(..**generation).next_back();
                    before.is_some_and(|(_, before)| more_errors(one, before).is_some())
                };
                self.is_revert(*generation + 1)
                    && self.is_same_workload(one)
                    && (judged || failed())
            })
            .map(|(_, one)| one.notation.clone())
            .collect()
    }

    /// How many setups were decided from evidence for the present sources, load and
    /// configuration.
    pub fn steps_taken(&self) -> u32 {
        let taken = self.evidence.setups.values().filter(|one| {
            one.phase == Phase::Optimized.as_str()
                && self.is_same_workload(one)
                && self.is_same_configuration(one)
        });
        u32::try_from(taken.count()).unwrap_or(u32::MAX)
    }

    fn is_revert(&self, generation: u64) -> bool {
        let measured = self.evidence.setups.get(&generation);
        (generation == self.deployed.generation && self.deployed.phase == Phase::Reverted)
            || measured.is_some_and(|one| one.phase == Phase::Reverted.as_str())
    }

    fn is_same_workload(&self, then: &SetupEvidence) -> bool {
        let is_same_load = self.load.is_none_or(|load| {
            load <= then.requests_per_hour * SAME_LOAD && then.requests_per_hour <= load * SAME_LOAD
        });
        then.sources == self.sources && is_same_load
    }

    /// What is unknown counts as the same: then nothing is tried twice.
    fn is_same_configuration(&self, then: &SetupEvidence) -> bool {
        then.configuration.is_empty() || then.configuration == self.configuration
    }
}

fn more_errors(now: &SetupEvidence, before: &SetupEvidence) -> Option<String> {
    let seen = now.errors * now.requests;
    let usual = before.errors * now.requests;
    let limit = (usual + ERROR_DEVIATIONS * (usual + 1.0).sqrt()).max(MIN_ERRORS);
    (seen > limit).then(|| {
        format!(
            "{seen:.0} errors in {:.0} requests, where the setup before would have had {usual:.0}",
            now.requests
        )
    })
}

fn worse(settings: &Settings, now: &SetupEvidence, before: &SetupEvidence) -> Option<String> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers of requests are far below 2^52"
    )]
    let needed = settings.min_requests as f64;
    if now.requests < needed || before.requests < needed {
        return None;
    }
    let drift = drift(now, before);
    // A fast hour is no excuse, but no fault of the setup before either.
    let slower = drift.mean.max(1.0);
    let latency = change(now.latency_ms, before.latency_ms, slower);
    let cost = change(
        cost(now, &settings.pricing),
        cost(before, &settings.pricing),
        slower,
    );
    let weight = match settings.minimize {
        Minimize::Balanced => settings.latency_weight.clamp(0.0, 1.0),
        Minimize::Cost => 0.0,
        Minimize::Latency => 1.0,
    };
    let value = weight * latency.0 + (1.0 - weight) * cost.0;
    // An error of the drift is the same in both; its size is that of equal setups.
    let error = (weight * latency.1)
        .hypot((1.0 - weight) * cost.1)
        .hypot(drift.relative_error());
    let limit = settings.min_improvement + NOISE + quantile(settings.confidence) * error;
    (value > limit).then(|| {
        format!(
            "latency {} % and cost {} % against the setup before under the same conditions, \
             measured over {:.0} requests",
            signed_percent(latency.0),
            signed_percent(cost.0),
            now.requests
        )
    })
}

/// How much slower the functions that are equal in both setups became.
fn drift(now: &SetupEvidence, before: &SetupEvidence) -> Spread {
    let equal = now.functions.iter().filter_map(|(root, (release, mean))| {
        let (old_release, old) = before.functions.get(root)?;
        if release != old_release || old.mean <= 0.0 {
            return None;
        }
        let ratio = mean.mean / old.mean;
        Some(Spread {
            samples: mean.samples.min(old.samples),
            mean: ratio,
            error: ratio * mean.relative_error().hypot(old.relative_error()),
        })
    });
    pooled(&equal.collect::<Vec<_>>()).unwrap_or(Spread {
        samples: 0.0,
        mean: 1.0,
        error: UNKNOWN_DRIFT_ERROR,
    })
}

/// Relative change with its standard error.
fn change(now: Spread, before: Spread, slower: f64) -> (f64, f64) {
    if before.mean <= 0.0 || now.mean <= 0.0 {
        return (0.0, 0.0);
    }
    let ratio = now.mean / (before.mean * slower);
    (
        ratio - 1.0,
        ratio * now.relative_error().hypot(before.relative_error()),
    )
}

/// The cost of a request with its error, in US dollars, telemetry aside.
fn cost(setup: &SetupEvidence, pricing: &Pricing) -> Spread {
    // One GB is 1024 MB, so that a GB-millisecond is a millisecond at 1024 MB.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "exactly 1024"
    )]
    let gb = MB_PER_GB as u32;
    Spread {
        samples: setup.requests,
        mean: pricing.compute_usd(setup.gb_ms.mean, gb) + setup.invocations * pricing.request_usd(),
        error: pricing.compute_usd(setup.gb_ms.error, gb),
    }
}
