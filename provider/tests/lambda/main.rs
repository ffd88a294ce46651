//! The resources against the embedded platform, asked as a host would ask them.
#![allow(
    clippy::large_futures,
    reason = "a test awaits one operation at a time, on a stack of its own"
)]

mod functions;
mod imports;
mod refresh;
mod switches;
mod world;
