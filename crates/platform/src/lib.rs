//! An embedded endpoint compatible with AWS Lambda, CloudWatch and CloudWatch Logs.
//!
//! Owns everything that the real services do for a function: its versions and aliases, the
//! environments that run it with their share of CPU, its queue of events, its metrics and logs.
//! Knows nothing of fusion: what it runs are functions.
//!
//! In reading order: [`Platform`] is the outside; `server` takes requests, `lambda` and
//! [`telemetry`] answer them; `execution` runs functions with the share that `cpu` gives them;
//! `events` waits and retries; `code` keeps packages and [`runtimes`] finds interpreters.

mod clock;
mod code;
mod config;
mod cpu;
mod events;
mod execution;
mod lambda;
mod notices;
mod platform;
mod pressure;
pub mod runtimes;
mod server;
pub mod telemetry;

pub use config::{CpuControl, PlatformConfig};
pub use events::record::DeadLetter;
pub use platform::{ACCOUNT, Platform, REGION, StartError};
pub use pressure::HostPressure;
