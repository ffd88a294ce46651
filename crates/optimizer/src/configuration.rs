//! The configuration by which setups are judged, in short: what was tried under one
//! configuration says nothing about what is worth trying under another.
//!
//! It owns what belongs to it. The sources do not ([`crate::observation`] keeps
//! those), nor does how much is measured and how sure a decision has to be.

use fusion_model::{Application, Task};
use serde_json::json;

use crate::settings::Settings;

/// Digits of a configuration's id.
const DIGITS: usize = 12;

/// The id of the objective with its bounds, of the prices, and of the rules of grouping:
/// 12 hexadecimal digits.
pub fn configuration_id(application: &Application, settings: &Settings) -> String {
    let rules = |task: &Task| {
        json!([
            task.entrypoint,
            task.runtime,
            task.min_memory_mb,
            task.timeout_seconds,
            task.isolation,
            task.permissions,
            task.alone,
        ])
    };
    let tasks: Vec<_> = application
        .tasks
        .iter()
        .map(|(name, task)| json!([name, rules(task)]))
        .collect();
    let mut sizes_mb = application.memory_sizes_mb.clone();
    sizes_mb.sort_unstable();
    let text = json!([
        settings.minimize,
        settings.latency_weight,
        settings.max_latency_p95_ms,
        settings.max_cost_per_million_usd,
        settings.pricing,
        application.inline_async,
        application.together,
        application.apart,
        sizes_mb,
        tasks,
    ]);
    fusion_model::hash::short_id(text.to_string())
}

/// A basis, 64 hexadecimal digits: those of the configuration, then the first ones of
/// the hash of everything, so that the basis of a setup tells for which configuration
/// it was decided.
pub fn basis(application: &Application, settings: &Settings, everything_sha256: &str) -> String {
    let rest = everything_sha256.get(DIGITS..).unwrap_or_default();
    format!("{}{rest}", configuration_id(application, settings))
}

/// The configuration for which a decision with this basis was made; empty where there
/// is none.
pub fn of_basis(basis: Option<&str>) -> &str {
    basis
        .and_then(|basis| basis.get(..DIGITS))
        .unwrap_or_default()
}
