//! Both tables, filled from the leaves to the entrypoints.

use std::collections::BTreeMap;
use std::rc::Rc;

use fusion_model::CallMode;

use super::super::Problem;
use super::super::front::{Keep, Point, pruned};
use super::partial::Partial;
use super::points::{Inside, InsidePoint, Root, RootPoint};
use crate::forecast::{Plan, PlanGroup, evaluate, task_metrics};
use crate::workload::CallModel;

/// Requests in a million.
const MILLION: f64 = 1e6;

pub(super) struct Tables<'a, 'p> {
    pub(super) problem: &'p Problem<'a>,
    pub(super) keep: Keep,
    has_overlaps: bool,
    /// Runs per request by number.
    runs: Vec<f64>,
    sizes_mb: Vec<u32>,
    inside: Vec<BTreeMap<u32, Vec<InsidePoint>>>,
    pub(super) as_root: Vec<Vec<RootPoint>>,
    pub(super) exact: bool,
    pub(super) nodes: usize,
}

impl<'a, 'p> Tables<'a, 'p> {
    pub(super) fn new(problem: &'p Problem<'a>, order: &[usize]) -> Self {
        let workload = problem.workload;
        let count = workload.names.len();
        let mut runs = vec![0.0; count];
        for (entry, model) in &workload.entries {
            runs[*entry] = model.share;
        }
        let mut sizes_mb = Vec::new();
        for task in order {
            for call in &workload.calls[*task] {
                runs[call.callee] = runs[*task] * call.per_run;
            }
            sizes_mb.extend(problem.sizes_of(*task));
        }
        sizes_mb.sort_unstable();
        sizes_mb.dedup();
        let has_overlaps = workload.has_overlaps();
        let smallest_mb = sizes_mb.first().copied().unwrap_or(0);
        let needs_front = has_overlaps
            || problem.objective.is_bounded()
            || has_tight_timeout(problem, order, smallest_mb);
        Self {
            problem,
            keep: if needs_front { Keep::Front } else { Keep::Hull },
            has_overlaps,
            runs,
            sizes_mb,
            inside: vec![BTreeMap::new(); count],
            as_root: vec![Vec::new(); count],
            exact: true,
            nodes: 0,
        }
    }

    /// Fills both tables for a task whose callees are filled; `None` where no
    /// size serves it.
    pub(super) fn fill(&mut self, task: usize) -> Option<()> {
        let min_mb =
            self.problem.application.tasks[&self.problem.workload.names[task]].min_memory_mb;
        for memory_mb in self
            .sizes_mb
            .clone()
            .into_iter()
            .filter(|size| *size >= min_mb)
        {
            let points = self.inside_points(task, memory_mb);
            self.inside[task].insert(memory_mb, points);
        }
        let mut closed = Vec::new();
        for memory_mb in self.problem.sizes_of(task) {
            for point in self.inside[task].get(&memory_mb).into_iter().flatten() {
                closed.extend(self.closed(task, memory_mb, point));
            }
        }
        self.as_root[task] = self.prune(closed);
        (!self.as_root[task].is_empty()).then_some(())
    }

    fn prune<P: Point>(&mut self, points: Vec<P>) -> Vec<P> {
        self.nodes += points.len();
        let (points, whole) = pruned(points, self.keep);
        self.exact &= whole;
        points
    }

    fn inside_points(&mut self, task: usize, memory_mb: u32) -> Vec<InsidePoint> {
        let workload = self.problem.workload;
        let model = &workload.tasks[task];
        let wall_ms = model.wall_ms(memory_mb);
        let mut partial = vec![Partial::new(InsidePoint {
            time_ms: wall_ms,
            busy_ms: self.busy_if_needed(model.busy_ms(memory_mb).min(wall_ms)),
            usd: self.metrics_usd(task_metrics(workload, task)),
            distance: 0,
            build: Rc::new(Inside {
                task,
                parts: vec![],
            }),
        })];
        for call in &workload.calls[task] {
            let mut next = Vec::new();
            for before in &partial {
                self.extend(task, memory_mb, call, before, &mut next);
            }
            partial = self.prune_inside(next, Partial::is_alone);
        }
        let joined = partial.into_iter().map(Partial::joined).collect();
        self.prune_inside(joined, |point: &InsidePoint| point.build.is_alone())
    }

    /// Where timeouts are tight, a task alone may be allowed where a faster group is
    /// not, so neither beats the other.
    fn prune_inside<P: Point>(&mut self, points: Vec<P>, is_alone: fn(&P) -> bool) -> Vec<P> {
        if self.keep == Keep::Hull {
            return self.prune(points);
        }
        let (alone, grouped) = points.into_iter().partition(is_alone);
        let mut kept = self.prune(alone);
        kept.extend(self.prune(grouped));
        kept
    }

    /// What so many custom metrics cost per million requests.
    fn metrics_usd(&self, count: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
        let count = count as f64;
        count * self.problem.terms.metric_usd_per_million
    }

    /// CPU work matters where overlapping calls share one thread.
    fn busy_if_needed(&self, busy_ms: f64) -> f64 {
        if self.has_overlaps { busy_ms } else { 0.0 }
    }

    /// Adds every way to make `call` to `before`.
    fn extend(
        &self,
        caller: usize,
        memory_mb: u32,
        call: &CallModel,
        before: &Partial,
        next: &mut Vec<Partial>,
    ) {
        let problem = self.problem;
        let may_inline = call.mode == CallMode::Sync && problem.may_share(caller, call.callee);
        let inline = self.inside[call.callee]
            .get(&memory_mb)
            .filter(|_| may_inline);
        for point in inline.into_iter().flatten() {
            next.push(before.with_inline(call, point));
        }
        // Where the callee needs more memory, this size is none for the caller either.
        if may_inline && problem.is_together(caller, call.callee) {
            return;
        }
        let roots = &self.as_root[call.callee];
        match call.mode {
            CallMode::Sync => {
                let overhead_ms = problem.workload.overhead_ms(call, memory_mb);
                next.extend(
                    roots
                        .iter()
                        .map(|root| before.with_remote(call, root, overhead_ms)),
                );
            }
            CallMode::Async => {
                let cheapest = roots.iter().min_by(|one, other| {
                    crate::compare(one.usd, other.usd).then(one.distance.cmp(&other.distance))
                });
                next.extend(cheapest.map(|root| before.with_async(root)));
            }
        }
    }

    /// The group ends here: its function's own cost.
    fn closed(&self, root: usize, memory_mb: u32, point: &InsidePoint) -> Option<RootPoint> {
        let problem = self.problem;
        let workload = problem.workload;
        let is_alone = point.build.is_alone();
        if !problem.is_group_in_time(root, memory_mb, is_alone, point.time_ms) {
            return None;
        }
        let pricing = &problem.terms.pricing;
        let cold = workload.cold[root];
        let run_usd = pricing.invocation_usd(point.time_ms + workload.extra_ms[root], memory_mb)
            + pricing.compute_usd(cold.rate * cold.init_ms, memory_mb)
            + pricing.request_usd();
        let own_metrics = 2 + usize::from(workload.entries.contains_key(&root));
        let build = Rc::new(Root {
            task: root,
            memory_mb,
            inside: Rc::clone(&point.build),
        });
        let is_deployed = problem.deployed.groups.get(&root) == Some(&build.group());
        Some(RootPoint {
            time_ms: point.time_ms + cold.rate * cold.init_ms,
            usd: point.usd + self.runs[root] * run_usd * MILLION + self.metrics_usd(own_metrics),
            distance: point.distance + usize::from(!is_deployed),
            build,
        })
    }
}

/// Whether some function could come near its timeout: then a point off the hull
/// may be the only one in time. Everything is slowest alone at the smallest size of all,
/// as which a member may run in another's function.
fn has_tight_timeout(problem: &Problem<'_>, order: &[usize], smallest_mb: u32) -> bool {
    let groups = order.iter().map(|task| {
        let group = PlanGroup {
            members: vec![*task],
            memory_mb: smallest_mb,
        };
        (*task, group)
    });
    let slowest = Plan {
        groups: groups.collect(),
    };
    let evaluation = evaluate(problem.workload, &slowest, &problem.terms);
    evaluation
        .answer_ms
        .iter()
        .any(|(root, answer_ms)| *answer_ms > problem.longest_ms(*root))
}
