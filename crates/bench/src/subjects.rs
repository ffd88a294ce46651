//! What is measured, one module a subject.

mod cold_start;
mod inlined;
mod memory;
mod plans;
mod start;
mod throughput;

use anyhow::Result;
use clap::ValueEnum;
use fusion_acceptance::Host;

use crate::figure::Figure;
use crate::picture::Picture;

/// A subject, in the order in which they are measured and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Subject {
    /// From the provider's start to its handshake
    Start,
    /// Plans of the generated module, of `fusion_function` and of `fusion_setup`
    Plans,
    /// A call inside of a function
    Inlined,
    /// What the fusion runtime adds to a cold start
    ColdStart,
    /// Warm invocations a second of the platform
    Throughput,
    /// Memory at rest
    Memory,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// A trial: too short for figures that mean something.
    pub quick: bool,
    /// How long a load is held, in seconds.
    pub seconds: u64,
    /// The host that applies; plans are measured under both.
    pub host: Host,
}

/// What a subject found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Its figures.
    pub figures: Vec<Figure>,
    /// Its pictures.
    pub pictures: Vec<Picture>,
}

impl Settings {
    /// The number for a trial, or the real one.
    pub fn choose<T>(self, trial: T, real: T) -> T {
        if self.quick { trial } else { real }
    }
}

impl Subject {
    /// Its key in `benchmarks.json` and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Plans => "plans",
            Self::Inlined => "inlined",
            Self::ColdStart => "cold-start",
            Self::Throughput => "throughput",
            Self::Memory => "memory",
        }
    }

    /// The heading of a key.
    pub fn title_of(key: &str) -> &'static str {
        let all = Self::value_variants().iter();
        let found = all.copied().find(|subject| subject.key() == key);
        match found {
            Some(Self::Start) => "Start of the provider",
            Some(Self::Plans) => "Plans",
            Some(Self::Inlined) => "Calls inside of a function",
            Some(Self::ColdStart) => "Cold starts",
            Some(Self::Throughput) => "Invocations of the platform",
            Some(Self::Memory) => "Memory at rest",
            None => "Others",
        }
    }

    /// Measures it.
    pub async fn measure(self, settings: Settings) -> Result<Outcome> {
        match self {
            Self::Start => start::measure(settings),
            Self::Plans => Box::pin(plans::measure(settings)).await,
            Self::Inlined => inlined::measure(settings),
            Self::ColdStart => Box::pin(cold_start::measure(settings)).await,
            Self::Throughput => Box::pin(throughput::measure(settings)).await,
            Self::Memory => Box::pin(memory::measure()).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_command_line() {
        for subject in Subject::value_variants() {
            let named = subject.to_possible_value().expect("a value");
            assert_eq!(named.get_name(), subject.key());
            assert_ne!(Subject::title_of(subject.key()), "Others");
        }
    }
}
