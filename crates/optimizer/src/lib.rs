//! Finds the fusion setup of an application from what was measured of it.
//!
//! A decision goes one way: figures of CloudWatch become [`Evidence`]
//! ([`observation`]), evidence becomes a model of the workload ([`workload`]),
//! the model forecasts any setup ([`forecast`], with prices from [`pricing`]),
//! the search finds the best one ([`search`]), and the decision says whether
//! the evidence carries the change, and why ([`decision`]).
//!
//! Pure: no clock, file, network, environment or thread; everything iterates in
//! defined order, and numbers are compared after rounding. The same input gives
//! the same decision in every process and on every machine.
//!
//! # What a caller does
//! 1. For a new application, [`initial`] gives the first setup.
//! 2. In a refresh, [`queries`] says which metrics to ask for. Their figures go
//!    into a [`Window`], which [`Evidence::absorb`] takes in. Store the evidence
//!    only if it [differs materially](Evidence::differs_materially) from what is
//!    stored.
//! 3. In a plan, [`decide`] gives the setup to deploy, which may be the present
//!    one ([`Decision::changed`]).
//!
//! # How it comes to rest
//! A change has to gain [`Settings::min_improvement`], and twice as much after each
//! setup that was already decided from evidence of the same sources, load and
//! configuration (objective, bounds, prices, rules of grouping). Where one of these
//! changes, the count begins again, so that a changed configuration takes effect in
//! the same plan.
#![allow(
    clippy::similar_names,
    reason = "caller and callee are the field's words"
)]

mod configuration;
pub mod decision;
pub mod deployed;
pub mod forecast;
pub mod observation;
pub mod pricing;
pub mod search;
pub mod settings;
pub mod simulator;
pub mod workload;

pub use decision::{Decision, decide, initial};
pub use deployed::{Deployed, DeployedFunction, HistoryEntry, Phase};
pub use forecast::{Alternative, Change, Forecast, Outlook};
pub use observation::{Discovery, Evidence, Queries, Served, Window, queries};
pub use pricing::{Architecture, Pricing};
pub use settings::{Initial, Minimize, Settings};

use std::cmp::Ordering;

/// Numbers are compared after rounding to this many decimals, so that the last
/// bits of a sum never decide anything.
const DECIMALS: f64 = 1e9;

/// `value` rounded to 1e-9.
fn rounded(value: f64) -> f64 {
    let scaled = value * DECIMALS;
    // Beyond 2^52 there are no decimals left to round.
    if scaled.abs() < 4.5e15 {
        scaled.round() / DECIMALS
    } else {
        value
    }
}

/// Compares two numbers rounded to 1e-9; total, with NaN last.
fn compare(one: f64, other: f64) -> Ordering {
    rounded(one).total_cmp(&rounded(other))
}
