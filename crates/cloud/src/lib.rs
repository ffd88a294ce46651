//! What Fusionize asks of CloudWatch and Lambda.
//!
//! Owns the clients and how they are configured ([`connect`]), every call that the provider and
//! the command line make ([`functions`], [`metrics`]), patience with a control plane that is busy
//! or throttles, and errors that say what to do ([`Error`]). It decides nothing: which release a
//! function gets, and what figures mean, is known by its callers.

mod config;
mod connect;
mod error;
pub mod functions;
pub mod metrics;
mod patience;

pub use crate::config::{AssumeRole, CloudConfig, Endpoints, StaticCredentials};
pub use crate::connect::{Clients, connect};
pub use crate::error::{Error, Kind};
