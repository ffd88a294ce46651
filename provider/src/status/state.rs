//! `fusion_status` as the hosts exchange it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin::{Number, Value};

use crate::reading::Reader;
use crate::setup::state::{DecisionState, SetupState};

/// Arguments and result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StatusState {
    /// The application's name.
    pub application: Value<String>,
    /// The alias.
    pub alias: Value<String>,
    /// How far back to look.
    pub window_hours: Value<Number>,
    /// The JSON of a `fusion_setup`.
    pub setup: Value<String>,
    /// Whether no better setup is known.
    pub converged: Value<bool>,
    /// What would be decided now.
    pub decision: Value<DecisionState>,
    /// What is deployed.
    pub notation: Value<String>,
    /// By task: its function.
    pub functions: Value<BTreeMap<String, FunctionStatus>>,
}

/// One function.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FunctionStatus {
    /// Its name.
    pub function_name: String,
    /// The version that is served.
    pub version: Option<u64>,
    /// Its release.
    pub release: String,
    /// Which publication of the release.
    pub attempt: u32,
    /// The tasks inside.
    pub tasks: Vec<String>,
    /// The memory.
    pub memory_mb: u32,
    /// The timeout.
    pub timeout_seconds: u32,
    /// Invocations.
    pub invocations: Option<f64>,
    /// Failed ones.
    pub errors: Option<f64>,
    /// Refused ones.
    pub throttles: Option<f64>,
    /// Mean duration.
    pub duration_ms: Option<f64>,
    /// Measured requests.
    pub requests: Option<f64>,
    /// Mean latency.
    pub latency_ms: Option<f64>,
    /// Median latency.
    pub latency_ms_p50: Option<f64>,
    /// 95th percentile of latency.
    pub latency_ms_p95: Option<f64>,
    /// Measured cold starts.
    pub cold_starts: Option<f64>,
    /// Their mean duration.
    pub init_ms: Option<f64>,
}

/// The arguments as they are meant.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// The application's name.
    pub application: String,
    /// The alias.
    pub alias: String,
    /// How far back to look, in seconds.
    pub window_seconds: u64,
    /// The setup whose next decision is told.
    pub setup: Option<Box<SetupState>>,
}

/// Reads the arguments.
pub fn arguments(reader: &mut Reader<'_>, state: &StatusState) -> Option<Arguments> {
    let application = reader
        .required(&"application".into(), &state.application)
        .cloned();
    let alias = reader.text(&"alias".into(), &state.alias, "live");
    let hours = "a number of hours above 0, at most 24";
    let window_hours = reader.number(
        &"window_hours".into(),
        &state.window_hours,
        &(0.01..=24.0),
        hours,
    );
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "36 to 86400"
    )]
    let window_seconds = (window_hours.unwrap_or(24.0) * 3600.0) as u64;
    let setup = setup(reader, state);
    Some(Arguments {
        application: application?,
        alias,
        window_seconds,
        setup,
    })
}

fn setup(reader: &mut Reader<'_>, state: &StatusState) -> Option<Box<SetupState>> {
    let path = "setup".into();
    let text = reader.optional(&path, &state.setup)?;
    match serde_json::from_str(text) {
        Ok(setup) => Some(Box::new(setup)),
        Err(error) => {
            let detail = format!(
                "This is no JSON of a `fusion_setup`: {error}. Write `jsonencode(fusion_setup.this)`."
            );
            reader.wrong(path, "Invalid setup", detail);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use tfplugin::Diagnostics;

    use super::*;
    use crate::reading::Read;

    fn read(setup: &str) -> (Read<Arguments>, String) {
        let state = StatusState {
            application: "app".into(),
            setup: setup.into(),
            ..StatusState::default()
        };
        let mut diagnostics = Diagnostics::new();
        let mut reader = Reader::new(&mut diagnostics);
        let read = arguments(&mut reader, &state);
        let read = reader.finish(read);
        (read, diagnostics.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn setup_is_read_from_the_hosts_json() {
        let tasks = r#"{"A":{"timeout_seconds":20,"entrypoint":true,"calls":null}}"#;
        let (read, messages) = read(&format!(
            r#"{{"application":"app","telemetry_budget":0.020,"tasks":{tasks},"generation":2}}"#
        ));
        let Read::Known(arguments) = read else {
            panic!("{messages}")
        };
        let setup = arguments.setup.unwrap();
        assert_eq!(
            setup.telemetry_budget,
            Value::Known("0.02".parse().unwrap())
        );
        assert_eq!(setup.generation, Value::Known(2));
        let task = setup.tasks.known().unwrap()["A"].known().unwrap();
        assert_eq!(task.timeout_seconds, Value::Known(20.into()));
    }

    #[test]
    fn other_texts_are_refused() {
        insta::assert_snapshot!(read("(A)@128").1);
    }
}
