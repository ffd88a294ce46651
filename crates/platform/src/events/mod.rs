//! Asynchronous events: accepted once they are kept, run when they are due, retried, and recorded
//! where they fail for good.
//!
//! [`queue`] holds them, [`journal`] keeps them across restarts, [`delivery`] runs them, and
//! [`record`] is what a destination gets.

pub mod delivery;
mod journal;
mod queue;
pub mod record;

pub use queue::Queue;
