//! An embedded endpoint compatible with AWS Lambda, CloudWatch and CloudWatch Logs.
//!
//! Owns everything that the real services do for a function: its versions and aliases, the
//! environments that run it with their share of CPU, its queue of events, its metrics and logs.
//! Knows nothing of fusion: what it runs are functions.

mod config;
mod platform;
mod pressure;
pub mod runtimes;
pub mod telemetry;

pub use config::{CpuControl, PlatformConfig};
pub use platform::{ACCOUNT, Platform, REGION, StartError};
pub use pressure::HostPressure;
