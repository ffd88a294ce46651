//! The protocol's messages and services: generated from the workspace's `proto/`, and committed.
//!
//! `tests/generated.rs` verifies that the code is what the files generate. The messages are
//! public for tests that play the host.

/// Protocol 6: `tfplugin6.proto`.
#[allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    unused_qualifications,
    reason = "generated code"
)]
#[rustfmt::skip]
pub mod tfplugin6;

/// go-plugin's side services: `goplugin.proto`.
#[allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    unused_qualifications,
    reason = "generated code"
)]
#[rustfmt::skip]
pub mod plugin;
