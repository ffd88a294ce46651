//! What the demo gives back: one object, the same for every host.

use serde::Serialize;

use super::host::Host;
use super::round::Round;
use crate::failure::{Exit, Failure};

/// Everything the demo did.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The applies, in order.
    pub applies: Vec<Apply>,
    /// What the last `plan -detailed-exitcode` ended with: 0 if nothing was left to improve.
    pub last_plan_exit_code: i32,
    /// The host.
    pub host: &'static str,
}

/// One apply with the requests after it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Apply {
    /// Whether the notation differs from the apply before; the first counts as changed.
    pub changed: bool,
    /// The setup.
    pub notation: String,
    /// Median latency.
    pub p50_ms: f64,
    /// 95th percentile of latency.
    pub p95_ms: f64,
    /// Cost of a million such requests.
    pub usd_per_million: f64,
    /// Environments that were started.
    pub cold_starts: u64,
    /// Requests that were sent.
    pub requests: usize,
    /// Requests without the right answer, and invocations that failed.
    pub errors: u64,
}

impl Report {
    /// Of rounds that were played.
    pub fn of(rounds: &[Round], last_plan_exit_code: i32, host: Host) -> Self {
        let mut before: Option<&str> = None;
        let mut applies = Vec::new();
        for round in rounds {
            let notation = round.setup.notation.as_str();
            applies.push(Apply {
                changed: before != Some(notation),
                notation: notation.to_owned(),
                p50_ms: tenths(round.latency_ms.p50),
                p95_ms: tenths(round.latency_ms.p95),
                usd_per_million: hundredths(round.cost.total()),
                cold_starts: round.cold_starts,
                requests: round.requests,
                errors: round.errors,
            });
            before = Some(notation);
        }
        Self {
            applies,
            last_plan_exit_code,
            host: host.name(),
        }
    }

    /// Success if every request was answered and nothing is left to improve.
    pub fn verdict(&self) -> Result<(), Failure> {
        let errors: u64 = self.applies.iter().map(|apply| apply.errors).sum();
        if errors > 0 {
            return Err(Failure::new(
                Exit::Function,
                format!("{errors} requests or invocations failed"),
            ));
        }
        if self.last_plan_exit_code != 0 {
            let what = format!(
                "{} applies did not suffice: the last plan still wants a change",
                self.applies.len()
            );
            return Err(Failure::new(Exit::Failed, what)
                .hint("run it again on a quieter machine, or look on with `--keep`"));
        }
        Ok(())
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::demo::cost::Cost;
    use crate::demo::stack::Setup;
    use crate::requests::Percentiles;

    fn round(notation: &str, errors: u64) -> Round {
        Round {
            setup: Setup {
                notation: notation.to_owned(),
                decision: String::new(),
                functions: BTreeMap::new(),
            },
            latency_ms: Percentiles::of([1, 2].map(Duration::from_millis)).unwrap(),
            cost: Cost {
                compute: 1.234,
                init: 0.5,
                requests: 0.2,
                telemetry: 0.0,
            },
            cold_starts: 3,
            requests: 60,
            errors,
        }
    }

    #[test]
    fn changed_means_another_notation_than_the_apply_before() {
        let notations = [
            "(A)@128-(B)@128",
            "(A,B)@128",
            "(A,B)@128",
            "(A)@128-(B)@128",
        ];
        let report = Report::of(&notations.map(|text| round(text, 0)), 0, Host::Tofu);
        let changed: Vec<bool> = report.applies.iter().map(|apply| apply.changed).collect();
        assert_eq!(changed, [true, true, false, true]);
    }

    #[test]
    fn only_no_error_and_an_empty_plan_are_success() {
        let exit = |errors: [u64; 2], plan| {
            let rounds = errors.map(|errors| round("(A)@128", errors));
            let verdict = Report::of(&rounds, plan, Host::Tofu).verdict();
            verdict.err().map(|failure| failure.exit)
        };
        assert_eq!(exit([0, 0], 0), None);
        assert_eq!(exit([0, 0], 2), Some(Exit::Failed));
        assert_eq!(exit([1, 0], 0), Some(Exit::Function));
        assert_eq!(exit([0, 1], 2), Some(Exit::Function));
    }

    #[test]
    fn scripts_find_these_keys_and_no_others() {
        let report = Report::of(&[round("(A)@128", 1)], 2, Host::Terraform);
        let expected = json!({
            "applies": [{
                "changed": true,
                "notation": "(A)@128",
                "p50_ms": 1.0,
                "p95_ms": 2.0,
                "usd_per_million": 1.93,
                "cold_starts": 3,
                "requests": 60,
                "errors": 1,
            }],
            "last_plan_exit_code": 2,
            "host": "terraform",
        });
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
    }
}
