//! Fusionize's vocabulary, shared by every other part: tasks and applications,
//! call graphs, fusion setups with their notation, releases and packages, the
//! telemetry contract, and the envelope of remote calls.
//!
//! Pure: no clock, file, network, environment or thread, and iteration in
//! defined order only. It owns what the words mean and which texts they have
//! outside (notation, `fusion.json`, metric names); it does not know prices,
//! forecasts or how a better setup is found (`fusion-optimizer`), nor how any
//! of it is stored or sent.
//!
//! Reading order: [`task`], [`application`], [`graph`], [`setup`],
//! [`notation`], [`release`], [`package`], [`telemetry`], [`envelope`].

#![allow(
    clippy::similar_names,
    reason = "caller and callee are the field's words"
)]

pub mod application;
pub mod envelope;
pub mod graph;
pub mod hash;
pub mod notation;
pub mod package;
pub mod release;
pub mod setup;
pub mod task;
pub mod telemetry;

pub use application::{Application, ApplicationError, CallMode, DeclaredCall, Task};
pub use graph::CallGraph;
pub use release::{ReleaseId, Sampling, VersionLabel};
pub use setup::{Group, Setup, SetupError};
pub use task::{TaskName, TaskNameError};
pub use telemetry::{Figure, Metric};
