//! When new evidence is worth storing. What is stored is part of the state, and
//! a state that changed at every refresh would be noise to people and tools.

use super::{Evidence, Spread, TaskEvidence};

/// Samples that grew by this factor make a mean notably more certain.
const GROWTH: f64 = 1.5;
/// Beyond so many samples, more of them change no decision.
const PLENTY: f64 = 10_000.0;
/// Means that differ by less are equal.
const LEAST_RELATIVE_CHANGE: f64 = 0.02;
/// Means that differ by fewer standard errors are equal.
const LEAST_ERRORS: f64 = 2.0;

impl Evidence {
    /// Whether `other` says something that this does not: another task, source,
    /// size, call or setup, notably more samples, or a mean beyond the noise.
    pub fn differs_materially(&self, other: &Self) -> bool {
        self.unserved != other.unserved
            || !same_keys(self.tasks.keys(), other.tasks.keys())
            || !same_keys(self.setups.keys(), other.setups.keys())
            || !same_keys(self.functions.keys(), other.functions.keys())
            || self
                .tasks
                .iter()
                .zip(&other.tasks)
                .any(|((_, old), (_, new))| task(old, new))
            || self
                .functions
                .iter()
                .zip(&other.functions)
                .any(|((_, old), (_, new))| {
                    grew(old.root_runs, new.root_runs)
                        || grew(old.errors, new.errors)
                        || grew(old.cold_starts, new.cold_starts)
                        || old.requests.is_some() != new.requests.is_some()
                })
            || self
                .setups
                .iter()
                .zip(&other.setups)
                .any(|((_, old), (_, new))| {
                    old.notation != new.notation
                        || old.sources != new.sources
                        || old.phase != new.phase
                        || moved(old.latency_ms, new.latency_ms)
                        || moved(old.gb_ms, new.gb_ms)
                })
    }
}

fn task(old: &TaskEvidence, new: &TaskEvidence) -> bool {
    old.source != new.source
        || !same_keys(old.at_memory.keys(), new.at_memory.keys())
        || !same_keys(old.calls.keys(), new.calls.keys())
        || old
            .at_memory
            .iter()
            .zip(&new.at_memory)
            .any(|((_, old), (_, new))| {
                moved(old.self_ms, new.self_ms)
                    || match (old.cpu(), new.cpu()) {
                        (Some(old), Some(new)) => moved(old, new),
                        (old, new) => old.is_some() != new.is_some(),
                    }
                    || old.parallelism.is_some() != new.parallelism.is_some()
            })
        || old
            .calls
            .iter()
            .zip(&new.calls)
            .any(|((_, old), (_, new))| {
                !same_keys(old.keys(), new.keys())
                    || old.iter().zip(new).any(|((_, old), (_, new))| {
                        (old.per_run - new.per_run).abs()
                            > LEAST_RELATIVE_CHANGE * old.per_run.max(new.per_run)
                            || old.overhead_ms.is_some() != new.overhead_ms.is_some()
                    })
            })
}

fn same_keys<K: PartialEq>(one: impl Iterator<Item = K>, other: impl Iterator<Item = K>) -> bool {
    one.eq(other)
}

fn grew(old: f64, new: f64) -> bool {
    old < PLENTY && (new > old * GROWTH || new < old / GROWTH)
}

fn moved(old: Spread, new: Spread) -> bool {
    let change = (new.mean - old.mean).abs();
    grew(old.samples, new.samples)
        || change > (LEAST_ERRORS * old.error).max(LEAST_RELATIVE_CHANGE * old.mean.abs())
}
