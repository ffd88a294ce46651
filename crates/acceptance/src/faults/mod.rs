//! A proxy between a host's provider and the platform, which fails requests as told.
//!
//! Owns which requests a fault meets and what then happens, and counts what would change
//! a function. It changes no request that it lets through: signatures stay valid.

mod change;
mod fault;
mod proxy;

pub use change::Change;
pub use fault::{Answer, Fault, Victim};
pub use proxy::Proxy;
