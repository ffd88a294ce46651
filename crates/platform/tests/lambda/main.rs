//! The Lambda side of the platform, driven by the AWS SDK for Rust as any client would.

#![allow(
    clippy::unwrap_used,
    reason = "a test panics where an expectation fails"
)]
#![allow(
    clippy::too_many_lines,
    reason = "one story after another reads better than in parts"
)]

mod acknowledged;
mod clients;
mod code;
mod control_plane;
mod events;
mod faults;
mod full_disk;
mod hostile;
mod invoking;
mod killed;
mod limits;
mod logs;
mod many;
mod other;
mod persistence;
mod runtime_api;
mod security;
mod settings;
mod support;
mod switches;
mod telemetry;
mod versions;
