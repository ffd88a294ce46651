//! Evidence, compact enough to live in a resource's private data: the goal is
//! 300 bytes a task.
//!
//! Field names are short outside and long inside for that reason. Numbers are
//! kept with four significant digits, far below any standard error.

use std::collections::BTreeMap;

use fusion_model::{CallGraph, CallMode, TaskName};
use serde::{Deserialize, Serialize};

/// Setups of which measured figures are kept.
pub const KEPT_SETUPS: usize = 6;
/// Memory sizes of which a task's figures are kept.
pub const KEPT_SIZES: usize = 6;

/// Everything that was measured and still counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Every task of which anything is known.
    #[serde(rename = "t", default)]
    pub tasks: BTreeMap<TaskName, TaskEvidence>,
    /// The functions of the present setup by root, as the last window saw them.
    #[serde(rename = "f", default)]
    pub functions: BTreeMap<TaskName, FunctionEvidence>,
    /// The last setups by generation.
    #[serde(rename = "s", default)]
    pub setups: BTreeMap<u64, SetupEvidence>,
    /// Functions whose alias served another release than planned, with what it
    /// served.
    #[serde(rename = "u", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unserved: BTreeMap<TaskName, String>,
}

/// Many values in short: how many, their mean, and its standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How many values.
    #[serde(rename = "n")]
    pub samples: f64,
    /// Their mean.
    #[serde(rename = "m")]
    pub mean: f64,
    /// Standard error of the mean.
    #[serde(rename = "e")]
    pub error: f64,
}

/// What is known of one task with its present source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskEvidence {
    /// The first 12 digits of the source's hash.
    #[serde(rename = "h")]
    pub source: String,
    /// Its figures by the memory of the function that ran it, in MB.
    #[serde(rename = "m", default)]
    pub at_memory: BTreeMap<u32, TaskFigures>,
    /// Its calls by callee and mode.
    #[serde(rename = "c", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub calls: BTreeMap<TaskName, BTreeMap<CallMode, CallEvidence>>,
}

/// A task at one memory size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskFigures {
    /// Wall time without waiting for synchronous calls, in milliseconds.
    #[serde(rename = "s")]
    pub self_ms: Spread,
    /// CPU time of all threads in milliseconds, where it was measured.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub cpu_ms: Option<f64>,
    /// Standard error of the mean `cpu_ms`, where it is known.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub cpu_error_ms: Option<f64>,
    /// CPU time of all threads over that of the busiest, where it was measured.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub parallelism: Option<f64>,
}

/// One call of one task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallEvidence {
    /// How often the caller was seen when this was counted.
    #[serde(rename = "n")]
    pub caller_runs: f64,
    /// Calls in each run of the caller.
    #[serde(rename = "r")]
    pub per_run: f64,
    /// The caller's waiting over the call's latency: below 1 where calls
    /// overlap. 0 for asynchronous calls.
    #[serde(rename = "w", default)]
    pub wait_share: f64,
    /// What a remote call takes beyond the callee's own time (or, asynchronous,
    /// until it is accepted), in milliseconds, where it was made remotely.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub overhead_ms: Option<Spread>,
    /// The caller's memory when `overhead_ms` was measured, in MB.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub overhead_at_mb: Option<u32>,
}

/// One function of the present setup.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FunctionEvidence {
    /// Runs of the root task that were measured.
    #[serde(rename = "n", default)]
    pub root_runs: f64,
    /// Invocations that Lambda counted.
    #[serde(rename = "i", default)]
    pub invocations: f64,
    /// Lambda's errors among them, timeouts included.
    #[serde(rename = "x", default)]
    pub errors: f64,
    /// Handler time that is billed beyond the root task's own time, in milliseconds.
    #[serde(rename = "b", default)]
    pub extra_ms: f64,
    /// Cold starts that were measured.
    #[serde(rename = "k", default)]
    pub cold_starts: f64,
    /// Mean duration of INIT in milliseconds.
    #[serde(rename = "d", default)]
    pub init_ms: f64,
    /// Memory in use in MB, the largest mean or percentile seen.
    #[serde(rename = "u", default)]
    pub memory_used_mb: f64,
    /// Measured requests of clients.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<RequestFigures>,
    /// Calls from other tasks: the measured ones, scaled to all invocations of the
    /// functions that made them.
    #[serde(rename = "c", default)]
    pub called: f64,
    /// Waiting of every member, and the part of it that calls explain, in
    /// milliseconds in all.
    #[serde(rename = "w", default)]
    pub waited_ms: (f64, f64),
}

/// The requests of one entrypoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestFigures {
    /// Latency in milliseconds.
    #[serde(rename = "l")]
    pub latency_ms: Spread,
    /// Its median, where known.
    #[serde(rename = "5", default, skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<f64>,
    /// Its 95th percentile, where known.
    #[serde(rename = "9", default, skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<f64>,
}

/// A setup as it was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SetupEvidence {
    /// The active groups.
    #[serde(rename = "g")]
    pub notation: String,
    /// How it came about, as text of [`crate::Phase`].
    #[serde(rename = "p")]
    pub phase: String,
    /// The first 12 digits of a hash over every task's source.
    #[serde(rename = "h")]
    pub sources: String,
    /// The id of the configuration for which it was decided; empty where unknown.
    #[serde(rename = "o", default, skip_serializing_if = "String::is_empty")]
    pub configuration: String,
    /// Measured requests.
    #[serde(rename = "n", default)]
    pub requests: f64,
    /// Requests an hour, measured or not.
    #[serde(rename = "l", default)]
    pub requests_per_hour: f64,
    /// Mean latency over the entrypoints by share of requests, in milliseconds.
    #[serde(rename = "t", default)]
    pub latency_ms: Spread,
    /// Billed memory times time of a request over all functions, INIT included, in
    /// GB-milliseconds.
    #[serde(rename = "c", default)]
    pub gb_ms: Spread,
    /// Invocations per request.
    #[serde(rename = "i", default)]
    pub invocations: f64,
    /// Errors per request.
    #[serde(rename = "x", default)]
    pub errors: f64,
    /// Mean billed time of each active function with its release: the control
    /// when setups are compared.
    #[serde(rename = "f", default)]
    pub functions: BTreeMap<TaskName, (String, Spread)>,
}

impl TaskFigures {
    /// CPU time with its error. Where that is not known it is, relatively, the wall
    /// time's: the same long runs make both.
    pub fn cpu(&self) -> Option<Spread> {
        let mean = self.cpu_ms?;
        let error = self
            .cpu_error_ms
            .unwrap_or_else(|| self.self_ms.relative_error() * mean);
        let samples = self.self_ms.samples;
        Some(Spread {
            samples,
            mean,
            error,
        })
    }
}

impl Spread {
    /// The standard error over the mean; 0 where the mean is.
    pub fn relative_error(&self) -> f64 {
        if self.mean > 0.0 {
            self.error / self.mean
        } else {
            0.0
        }
    }

    /// Keeps four significant digits of each number.
    #[must_use]
    pub fn compact(self) -> Self {
        Self {
            samples: significant(self.samples),
            mean: significant(self.mean),
            error: significant(self.error),
        }
    }
}

impl Evidence {
    /// The calls that were observed of present sources.
    pub fn observed_calls(&self) -> CallGraph {
        let mut graph = CallGraph::new();
        for (caller, task) in &self.tasks {
            for (callee, modes) in &task.calls {
                for (mode, call) in modes {
                    if call.per_run > 0.0 {
                        graph.insert(caller.clone(), callee.clone(), *mode);
                    }
                }
            }
        }
        graph
    }
}

impl FunctionEvidence {
    /// Cold starts among all invocations, 0 to 1.
    pub fn cold_rate(&self) -> f64 {
        let invocations = self.invocations.max(self.root_runs);
        if invocations > 0.0 {
            (self.cold_starts / invocations).min(1.0)
        } else {
            0.0
        }
    }

    /// Time of INIT an invocation, in milliseconds, with its error: of `k` cold starts by
    /// chance, about the root of `k`.
    pub fn cold_ms(&self) -> Spread {
        let mean = self.cold_rate() * self.init_ms;
        let error = if self.cold_starts > 0.0 {
            mean / self.cold_starts.sqrt()
        } else {
            0.0
        };
        Spread {
            samples: self.cold_starts,
            mean,
            error,
        }
    }
}

/// `value` with four significant digits; 0 for what is no finite number.
pub(crate) fn significant(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    // Through text, so that equal numbers have equal texts in the stored form.
    format!("{value:.3e}").parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_of_an_earlier_version_errs_as_the_wall_time_does() {
        let stored = r#"{"s":{"n":50.0,"m":200.0,"e":20.0},"c":30.0}"#;
        let figures: TaskFigures = serde_json::from_str(stored).unwrap();
        let cpu = figures.cpu().unwrap();
        assert!((cpu.error - 3.0).abs() < 1e-9, "{cpu:?}");
    }

    #[test]
    fn four_digits_are_kept() {
        assert!((significant(1_234.567) - 1_235.0).abs() < 1e-9);
        assert!((significant(0.000_123_456) - 0.000_123_5).abs() < 1e-12);
        assert!(significant(f64::NAN).abs() < f64::EPSILON);
        assert!((significant(-7.0) + 7.0).abs() < 1e-12);
    }
}
