//! The Lambda side of the platform, driven by the AWS SDK for Rust as any client would.

mod control_plane;
mod events;
mod faults;
mod invoking;
mod persistence;
mod security;
mod support;
