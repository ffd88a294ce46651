//! The command line as its user meets it.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod functions;
mod handlers;
#[cfg(target_os = "linux")]
mod interrupt;
mod local;
mod manifests;
mod modules;
mod requests;
mod setups;
mod support;
