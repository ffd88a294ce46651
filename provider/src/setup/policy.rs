//! The arguments of `fusion_setup` that decide about setups: objective, evidence, prices.
//!
//! Owns their checks and the way to the optimizer's settings, whose defaults they have.

use fusion_optimizer::{Architecture, Initial, Minimize, Pricing, Settings};
use tfplugin::{AttributePath, Value};

use super::problems;
use super::state::SetupState;
use crate::reading::Reader;

/// How far back a refresh looks where the configuration does not say, in hours; also the most.
const MAX_WINDOW_HOURS: f64 = 24.0;
/// The age below which data is not believed where the configuration does not say, in seconds.
const DEFAULT_SETTLE_SECONDS: u64 = 180;
/// What settles later than this could never be looked at within a window.
const MAX_SETTLE_SECONDS: u64 = 12 * 3600;

/// Where in time a refresh looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lookback {
    /// How far back, in seconds.
    pub window_seconds: u64,
    /// The age below which data is not believed, in seconds.
    pub settle_seconds: u64,
}

/// Reads what the operator wants of the optimizer.
pub fn settings(reader: &mut Reader<'_>, state: &SetupState) -> Settings {
    let default = Settings::default();
    let mode = reader.choice(&"mode".into(), &state.mode, &["auto", "hold"]);
    let initial = reader.choice(&"initial".into(), &state.initial, &["separate", "declared"]);
    let share = "a share from 0 to 1";
    let mut settings = Settings {
        hold: mode == "hold",
        initial: if initial == "declared" {
            Initial::Declared
        } else {
            Initial::Separate
        },
        pinned_setup: pinned_setup(reader, &state.pinned_setup),
        telemetry_budget: reader
            .number(
                &"telemetry_budget".into(),
                &state.telemetry_budget,
                &(0.0..=1.0),
                share,
            )
            .unwrap_or(default.telemetry_budget),
        pricing: pricing(reader, state),
        ..default
    };
    objective(reader, state, &mut settings);
    evidence(reader, state, &mut settings);
    settings
}

/// Reads where in time a refresh looks.
pub fn lookback(reader: &mut Reader<'_>, state: &SetupState) -> Lookback {
    let path = AttributePath::of("observation");
    let observation = reader
        .optional(&path, &state.observation)
        .cloned()
        .unwrap_or_default();
    let hours =
        "a number of hours above 0, at most 24: CloudWatch keeps percentiles of one period a day";
    let window_hours = reader
        .number(
            &path.clone().attribute("window_hours"),
            &observation.window_hours,
            &(0.01..=MAX_WINDOW_HOURS),
            hours,
        )
        .unwrap_or(MAX_WINDOW_HOURS);
    let settle_seconds = reader
        .whole(
            &path.attribute("settle_seconds"),
            &observation.settle_seconds,
            &(0..=MAX_SETTLE_SECONDS),
            "seconds",
        )
        .unwrap_or(DEFAULT_SETTLE_SECONDS);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "36 to 86400"
    )]
    let window_seconds = (window_hours * 3600.0) as u64;
    Lookback {
        window_seconds,
        settle_seconds,
    }
}

/// A notation that cannot be read is refused here; whether it fits is known with the application.
fn pinned_setup(reader: &mut Reader<'_>, value: &Value<String>) -> Option<String> {
    let path = AttributePath::of("pinned_setup");
    let text = reader.optional(&path, value)?;
    if let Err(error) = fusion_model::notation::parse(text) {
        let problem = problems::notation(text, &error);
        reader.wrong(problem.path, &problem.summary, problem.detail);
    }
    Some(text.clone())
}

fn objective(reader: &mut Reader<'_>, state: &SetupState, settings: &mut Settings) {
    let path = AttributePath::of("objective");
    let objective = reader
        .optional(&path, &state.objective)
        .cloned()
        .unwrap_or_default();
    let at = |attribute: &str| path.clone().attribute(attribute);
    let minimize = reader.choice(
        &at("minimize"),
        &objective.minimize,
        &["balanced", "cost", "latency"],
    );
    settings.minimize = match minimize {
        "cost" => Minimize::Cost,
        "latency" => Minimize::Latency,
        _ => Minimize::Balanced,
    };
    let weight = reader.number(
        &at("latency_weight"),
        &objective.latency_weight,
        &(0.0..=1.0),
        "a weight from 0 (only cost counts) to 1 (only latency counts)",
    );
    settings.latency_weight = weight.unwrap_or(settings.latency_weight);
    let positive = f64::MIN_POSITIVE..=1e12;
    let (ms, usd) = ("milliseconds above 0", "US dollars above 0");
    settings.max_latency_p95_ms = reader.number(
        &at("max_latency_p95_ms"),
        &objective.max_latency_p95_ms,
        &positive,
        ms,
    );
    settings.max_cost_per_million_usd = reader.number(
        &at("max_cost_per_million_usd"),
        &objective.max_cost_per_million_usd,
        &positive,
        usd,
    );
}

fn evidence(reader: &mut Reader<'_>, state: &SetupState, settings: &mut Settings) {
    let path = AttributePath::of("observation");
    let observation = reader
        .optional(&path, &state.observation)
        .cloned()
        .unwrap_or_default();
    let at = |attribute: &str| path.clone().attribute(attribute);
    let min_requests = reader.whole(
        &at("min_requests"),
        &observation.min_requests,
        &(1..=1_000_000_000),
        "requests",
    );
    settings.min_requests = min_requests.unwrap_or(settings.min_requests);
    let min_improvement = reader.number(
        &at("min_improvement"),
        &observation.min_improvement,
        &(0.0..=1.0),
        "a relative improvement from 0 to 1, such as 0.01 for one percent",
    );
    settings.min_improvement = min_improvement.unwrap_or(settings.min_improvement);
    let confidence = reader.number(
        &at("confidence"),
        &observation.confidence,
        &(0.5..=0.9999),
        "a confidence from 0.5 to 0.9999, such as 0.95",
    );
    settings.confidence = confidence.unwrap_or(settings.confidence);
}

fn pricing(reader: &mut Reader<'_>, state: &SetupState) -> Pricing {
    let path = AttributePath::of("pricing");
    let pricing = reader
        .optional(&path, &state.pricing)
        .cloned()
        .unwrap_or_default();
    let at = |attribute: &str| path.clone().attribute(attribute);
    let architecture = reader.choice(
        &at("architecture"),
        &pricing.architecture,
        &["x86_64", "arm64"],
    );
    let price = 0.0..=1e6;
    Pricing {
        architecture: if architecture == "arm64" {
            Architecture::Arm64
        } else {
            Architecture::X86
        },
        gb_second_usd: reader.number(
            &at("gb_second_usd"),
            &pricing.gb_second_usd,
            &price,
            "US dollars from 0",
        ),
        request_usd: reader.number(
            &at("request_usd"),
            &pricing.request_usd,
            &price,
            "US dollars from 0",
        ),
    }
}
