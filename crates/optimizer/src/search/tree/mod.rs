//! Exact search where the calls of each entrypoint form a tree.
//!
//! Purpose: the best plan when every task has one caller and one mode, and no
//! rule couples choices beyond that. Choices: for each call inline or remote, for
//! each function its memory.
//!
//! For a task `t` inside a group of memory `m`, `inside(t, m)` holds its
//! non-dominated (time, cost) points: time of a run, and cost of all functions
//! below it. The group's own compute is added where the group ends, because only
//! its root knows how long it runs; so a waiting caller pays its own memory for
//! its callee's time, and the fastest callee may be worth more than the cheapest:
//!
//! ```text
//! inside(t, m)  = wall(t, m) + sum over calls of
//!                   sync:  per_run * (inside(c, m)  or  as_root(c) + overhead(m))
//!                   async: 0 time, the cheapest of as_root(c)
//! as_root(t)    = over sizes m: inside(t, m) closed: time + cold starts,
//!                 cost + invocations(t) * (time * m * price + fee + INIT)
//! ```
//!
//! Sums of points need only the lower convex hull for a weighted sum; with
//! overlapping calls, bounds or tight timeouts the whole front is kept.
//! O(tasks * sizes * points^2); literature: the dynamic programs for series
//! compositions in multi-objective shortest paths.

mod entries;
mod partial;
mod points;
mod tables;

use fusion_model::CallMode;
use fusion_model::setup::MAX_PACKAGE_BYTES;

use super::{Found, Problem};
use tables::Tables;

/// Searches exactly; `None` where the calls are no tree or choices are coupled.
pub fn search(problem: &Problem<'_>) -> Option<Found> {
    let order = order(problem)?;
    let mut tables = Tables::new(problem, &order);
    for task in order.iter().rev() {
        tables.fill(*task)?;
    }
    entries::joined(&tables)
}

/// The tasks that requests reach, each before its callees, `None` where this
/// is no tree.
fn order(problem: &Problem<'_>) -> Option<Vec<usize>> {
    let workload = problem.workload;
    let rules = problem.application;
    let bytes = rules
        .tasks
        .values()
        .fold(0_u64, |sum, task| sum.saturating_add(task.source_bytes));
    if !rules.apart.is_empty() || bytes > MAX_PACKAGE_BYTES {
        return None;
    }
    let mut seen = vec![false; workload.names.len()];
    let mut order: Vec<usize> = workload.entries.keys().copied().collect();
    for entry in &order {
        seen[*entry] = true;
    }
    let mut next = 0;
    while let Some(caller) = order.get(next).copied() {
        next += 1;
        for call in &workload.calls[caller] {
            let couples = call.mode == CallMode::Async && problem.terms.inline_async;
            if couples || std::mem::replace(&mut seen[call.callee], true) {
                return None;
            }
            order.push(call.callee);
        }
    }
    Some(order)
}
