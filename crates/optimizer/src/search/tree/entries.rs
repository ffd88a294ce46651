//! Joining the entrypoints, each of which has its own bound on the percentile.

use std::rc::Rc;

use super::super::front::{Point, pruned};
use super::super::{Archive, Found, Problem};
use super::points::{Inside, Root, RootPoint};
use super::tables::Tables;
use crate::forecast::Plan;

/// The best of every way to combine the entrypoints' functions; `None` where no way
/// meets the bounds, since the nearest one may have been pruned.
pub(super) fn joined(tables: &Tables<'_, '_>) -> Option<Found> {
    let problem = tables.problem;
    let (mut exact, mut nodes) = (tables.exact, tables.nodes);
    let mut totals = vec![Total {
        is_within: true,
        ..Total::default()
    }];
    for (entry, model) in &problem.workload.entries {
        let mut next = Vec::new();
        for root in &tables.as_root[*entry] {
            let is_within = is_within(problem, *entry, root);
            next.extend(
                totals
                    .iter()
                    .map(|total| total.with(root, model.share, is_within)),
            );
        }
        nodes += next.len();
        totals.clear();
        // A sum over the entrypoints does not show their bounds: the smaller sum may
        // exceed one of them, and then does not beat the larger one.
        let (within, beyond) = next.into_iter().partition(|total| total.is_within);
        for points in [within, beyond] {
            let (kept, whole) = pruned(points, tables.keep);
            totals.extend(kept);
            exact &= whole;
        }
    }
    let mut archive = Archive::new(problem);
    for total in &totals {
        archive.try_plan(&total.plan());
    }
    archive.nodes += nodes;
    let found = archive.found(exact)?;
    (!problem.objective.is_bounded() || crate::rounded(found.rank.excess) <= 0.0).then_some(found)
}

/// Whether an entrypoint's function meets the bound on its percentile.
fn is_within(problem: &Problem<'_>, entry: usize, root: &RootPoint) -> bool {
    let workload = problem.workload;
    let cold = workload.cold[entry];
    let answer_ms = root.time_ms - cold.rate * cold.init_ms;
    let excess = problem
        .objective
        .p95_excess(&workload.entries[&entry], answer_ms);
    crate::rounded(excess) <= 0.0
}

/// Entrypoints that are decided.
#[derive(Clone, Default)]
struct Total {
    latency_ms: f64,
    usd: f64,
    distance: usize,
    /// Whether each of them meets its bound on the percentile.
    is_within: bool,
    roots: Vec<Rc<Root>>,
}

impl Point for Total {
    fn time(&self) -> f64 {
        self.latency_ms
    }
    fn cost(&self) -> f64 {
        self.usd
    }
    fn distance(&self) -> usize {
        self.distance
    }
}

impl Total {
    fn with(&self, root: &RootPoint, share: f64, is_within: bool) -> Self {
        let mut next = self.clone();
        next.latency_ms += share * root.time_ms;
        next.usd += root.usd;
        next.distance += root.distance;
        next.is_within &= is_within;
        next.roots.push(Rc::clone(&root.build));
        next
    }

    fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        let mut queue: Vec<Rc<Root>> = self.roots.clone();
        while let Some(root) = queue.pop() {
            let insides = root.inside.inlined().into_iter();
            queue.extend(insides.flat_map(Inside::remote).map(Rc::clone));
            plan.groups.insert(root.task, root.group());
        }
        plan
    }
}
