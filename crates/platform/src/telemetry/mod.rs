//! CloudWatch and CloudWatch Logs of the embedded platform: metrics, log events, and the metrics that
//! log events carry in the embedded metric format.
//!
//! This module owns what is stored, how long, how it is asked for, and the wire forms of both services.
//! It does not own the server: signatures, host checks and the choice of a port come before
//! [`Store::handle`]. It reads the time from its [`Clock`] alone.
//!
//! In reading order: [`metrics`] and [`logs`] hold data, [`emf`] and `ingestion` connect them; [`mutation`] is every
//! change as a value, [`journal`] writes changes down; `operations` are the services' operations over
//! neutral values, [`wire`] turns requests and answers of three protocols into such values.

#![allow(
    clippy::similar_names,
    reason = "a time in seconds and one in milliseconds differ in the unit"
)]

pub mod clock;
pub mod emf;
mod ingestion;
pub mod journal;
pub mod limits;
pub mod logs;
pub mod metrics;
pub mod mutation;
mod operations;
mod state;
mod store;
pub mod wire;

pub use clock::{Clock, ManualClock, SystemClock};
pub use limits::Limits;
pub use logs::event::LogEvent;
pub use metrics::datum::{Datum, MetricId, Resolution, StatisticSet, Weighted};
pub use metrics::unit::Unit;
pub use store::{Store, StoreConfig, TelemetryError};
