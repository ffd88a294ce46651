//! The command line as its user meets it.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod functions;
#[cfg(target_os = "linux")]
mod interrupt;
mod messages;
mod support;
