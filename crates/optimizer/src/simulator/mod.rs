//! A simulated application: what CloudWatch would say of a setup under load.
//!
//! The judge of forecasts and decisions in tests. It runs requests one by one,
//! with random times, environments that start cold and stay warm, and effects
//! that the model lacks: skewed times, rare outliers, drift. Seeded and pure:
//! the same seed gives the same figures.

mod random;
mod record;
mod world;

pub use world::{Load, Mode, SimulatedCall, SimulatedTask, World};
