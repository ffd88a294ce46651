//! A provider without its process: for tests that ask it what a host would ask.
//!
//! Owns nothing but the choice of what such a test needs beside [`proto`](crate::proto): the
//! provider as a client's other end, and the way between values and messages. What is read and
//! answered here is what a process reads and answers; only the transport is missing.

pub use crate::server::{InProcess, in_process, message, value};
pub use crate::wire::WireError;
