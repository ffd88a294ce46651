//! The resources against the embedded platform, asked as a host would ask them.
//!
//! A test whose name begins with `trap_` guards one of the ways in which a provider can fall out
//! with its host; `trap_host_` where it was seen with the real ones.
#![allow(
    clippy::large_futures,
    reason = "a test awaits one operation at a time, on a stack of its own"
)]
#![allow(
    clippy::unwrap_used,
    reason = "what cannot go on in a test's helper fails the test there"
)]

mod asking;
mod campaign;
mod checks;
mod double;
mod functions;
mod imports;
mod printed;
mod refresh;
mod refusals;
mod status;
mod switches;
mod told;
mod world;
