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

use std::collections::BTreeMap;
use std::rc::Rc;

use fusion_model::CallMode;
use fusion_model::setup::MAX_PACKAGE_BYTES;

use super::front::{Keep, Point, pruned};
use super::{Archive, Found, Problem};
use crate::forecast::{Overlap, Plan, PlanGroup, evaluate, task_metrics};
use crate::workload::CallModel;

/// Requests in a million.
const MILLION: f64 = 1e6;

/// Searches exactly; `None` where the calls are no tree or choices are coupled.
pub fn search(problem: &Problem<'_>) -> Option<Found> {
    let order = order(problem)?;
    let mut tables = Tables::new(problem, &order);
    for task in order.iter().rev() {
        tables.fill(*task)?;
    }
    tables.finish()
}

/// The tasks that requests reach, each before its callees, with its runs per
/// request; `None` where this is no tree.
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

/// A point of [`Tables::inside`]: a task with everything below it.
#[derive(Clone)]
struct InsidePoint {
    time_ms: f64,
    busy_ms: f64,
    usd: f64,
    distance: usize,
    /// Metrics of the group so far.
    metrics: usize,
    build: Rc<Inside>,
}

/// A point of [`Tables::as_root`]: a function with everything below it.
#[derive(Clone)]
struct RootPoint {
    time_ms: f64,
    usd: f64,
    distance: usize,
    build: Rc<Root>,
}

struct Inside {
    task: usize,
    parts: Vec<Part>,
}

#[derive(Clone)]
enum Part {
    Inline(Rc<Inside>),
    Remote(Rc<Root>),
}

struct Root {
    task: usize,
    memory_mb: u32,
    inside: Rc<Inside>,
}

impl Point for InsidePoint {
    fn time(&self) -> f64 {
        self.time_ms
    }
    fn cost(&self) -> f64 {
        self.usd
    }
    fn busy(&self) -> f64 {
        self.busy_ms
    }
    fn distance(&self) -> usize {
        self.distance
    }
}

impl Point for RootPoint {
    fn time(&self) -> f64 {
        self.time_ms
    }
    fn cost(&self) -> f64 {
        self.usd
    }
    fn busy(&self) -> f64 {
        0.0
    }
    fn distance(&self) -> usize {
        self.distance
    }
}

struct Tables<'a, 'p> {
    problem: &'p Problem<'a>,
    keep: Keep,
    has_overlaps: bool,
    /// Runs per request by number.
    runs: Vec<f64>,
    sizes_mb: Vec<u32>,
    inside: Vec<BTreeMap<u32, Vec<InsidePoint>>>,
    as_root: Vec<Vec<RootPoint>>,
    exact: bool,
    nodes: usize,
}

impl<'a, 'p> Tables<'a, 'p> {
    fn new(problem: &'p Problem<'a>, order: &[usize]) -> Self {
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
        let needs_front =
            has_overlaps || problem.objective.is_bounded() || has_tight_timeout(problem, order);
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
    fn fill(&mut self, task: usize) -> Option<()> {
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
        let mut partial = vec![Partial {
            point: InsidePoint {
                time_ms: wall_ms,
                busy_ms: self.busy_if_needed(model.busy_ms(memory_mb).min(wall_ms)),
                usd: 0.0,
                distance: 0,
                metrics: task_metrics(workload, task),
                build: Rc::new(Inside {
                    task,
                    parts: vec![],
                }),
            },
            overlap: Overlap::default(),
        }];
        for call in &workload.calls[task] {
            let mut next = Vec::new();
            for before in &partial {
                self.extend(task, memory_mb, call, before, &mut next);
            }
            // While overlapping calls are still to be joined, times do not compare.
            partial = if self.has_overlaps {
                next
            } else {
                self.pruned_partials(next)
            };
        }
        let joined = partial.into_iter().map(Partial::joined).collect();
        self.prune_inside(joined)
    }

    fn pruned_partials(&mut self, partial: Vec<Partial>) -> Vec<Partial> {
        let points = self.prune_inside(partial.into_iter().map(|one| one.point).collect());
        points
            .into_iter()
            .map(|point| Partial {
                point,
                overlap: Overlap::default(),
            })
            .collect()
    }

    /// Where timeouts are tight, a task alone may be allowed where a faster group is
    /// not, so neither beats the other.
    fn prune_inside(&mut self, points: Vec<InsidePoint>) -> Vec<InsidePoint> {
        if self.keep == Keep::Hull {
            return self.prune(points);
        }
        let (alone, grouped) = points.into_iter().partition(|point| point.build.is_alone());
        let mut kept = self.prune(alone);
        kept.extend(self.prune(grouped));
        kept
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
        #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
        let metrics = (point.metrics + own_metrics) as f64;
        let build = Rc::new(Root {
            task: root,
            memory_mb,
            inside: Rc::clone(&point.build),
        });
        let is_deployed = problem.deployed.groups.get(&root) == Some(&build.group());
        Some(RootPoint {
            time_ms: point.time_ms + cold.rate * cold.init_ms,
            usd: point.usd
                + self.runs[root] * run_usd * MILLION
                + metrics * problem.terms.metric_usd_per_million,
            distance: point.distance + usize::from(!is_deployed),
            build,
        })
    }

    /// Joins the entrypoints and chooses.
    fn finish(mut self) -> Option<Found> {
        let problem = self.problem;
        let mut totals = vec![Total {
            latency_ms: 0.0,
            usd: 0.0,
            distance: 0,
            roots: vec![],
        }];
        for (entry, model) in &problem.workload.entries {
            let mut next = Vec::new();
            for total in &totals {
                next.extend(
                    self.as_root[*entry]
                        .iter()
                        .map(|root| total.with(root, model.share)),
                );
            }
            totals = self.prune(next);
        }
        let mut archive = Archive::new(problem);
        for total in &totals {
            archive.try_plan(&total.plan());
        }
        archive.nodes += self.nodes;
        let found = archive.found(self.exact)?;
        // With bounds that no point meets, the nearest setup may have been pruned.
        (!problem.objective.is_bounded() || crate::rounded(found.rank.excess) <= 0.0)
            .then_some(found)
    }
}

/// A caller with some of its calls decided.
struct Partial {
    point: InsidePoint,
    overlap: Overlap,
}

impl Partial {
    fn with(&self, call: &CallModel, latency_ms: f64, busy_ms: f64, part: Part) -> Self {
        let mut parts = self.point.build.parts.clone();
        parts.push(part);
        let mut next = Self {
            point: InsidePoint {
                build: Rc::new(Inside {
                    task: self.point.build.task,
                    parts,
                }),
                ..self.point.clone()
            },
            overlap: self.overlap,
        };
        if call.overlaps {
            next.overlap
                .add(call.per_run, call.overlap_factor, latency_ms, busy_ms);
        } else {
            next.point.time_ms += call.per_run * latency_ms;
        }
        next.point.busy_ms += call.per_run * busy_ms;
        next
    }

    fn with_inline(&self, call: &CallModel, callee: &InsidePoint) -> Self {
        let part = Part::Inline(Rc::clone(&callee.build));
        let mut next = self.with(call, callee.time_ms, callee.busy_ms, part);
        next.point.usd += callee.usd;
        next.point.distance += callee.distance;
        next.point.metrics += callee.metrics;
        next
    }

    fn with_remote(&self, call: &CallModel, callee: &RootPoint, overhead_ms: f64) -> Self {
        let part = Part::Remote(Rc::clone(&callee.build));
        let mut next = self.with(call, callee.time_ms + overhead_ms, 0.0, part);
        next.point.usd += callee.usd;
        next.point.distance += callee.distance;
        next
    }

    fn with_async(&self, callee: &RootPoint) -> Self {
        let mut parts = self.point.build.parts.clone();
        parts.push(Part::Remote(Rc::clone(&callee.build)));
        let mut point = self.point.clone();
        point.build = Rc::new(Inside {
            task: self.point.build.task,
            parts,
        });
        point.usd += callee.usd;
        point.distance += callee.distance;
        Self {
            point,
            overlap: self.overlap,
        }
    }

    fn joined(mut self) -> InsidePoint {
        self.point.time_ms += self.overlap.wait_ms();
        self.point
    }
}

/// Entrypoints that are decided.
#[derive(Clone)]
struct Total {
    latency_ms: f64,
    usd: f64,
    distance: usize,
    roots: Vec<Rc<Root>>,
}

impl Point for Total {
    fn time(&self) -> f64 {
        self.latency_ms
    }
    fn cost(&self) -> f64 {
        self.usd
    }
    fn busy(&self) -> f64 {
        0.0
    }
    fn distance(&self) -> usize {
        self.distance
    }
}

impl Total {
    fn with(&self, root: &RootPoint, share: f64) -> Self {
        let mut next = self.clone();
        next.latency_ms += share * root.time_ms;
        next.usd += root.usd;
        next.distance += root.distance;
        next.roots.push(Rc::clone(&root.build));
        next
    }

    fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        let mut queue: Vec<Rc<Root>> = self.roots.clone();
        while let Some(root) = queue.pop() {
            root.inside.visit(&mut |_, part| {
                if let Part::Remote(remote) = part {
                    queue.push(Rc::clone(remote));
                }
            });
            plan.groups.insert(root.task, root.group());
        }
        plan
    }
}

impl Root {
    fn group(&self) -> PlanGroup {
        let mut members = vec![self.task];
        self.inside.visit(&mut |task, _| members.push(task));
        members.sort_unstable();
        members.dedup();
        PlanGroup {
            members,
            memory_mb: self.memory_mb,
        }
    }
}

impl Inside {
    /// Whether nothing is inlined.
    fn is_alone(&self) -> bool {
        !self
            .parts
            .iter()
            .any(|part| matches!(part, Part::Inline(_)))
    }

    /// Visits every part of the group with the task that it belongs to: the inlined
    /// task itself, or the caller of a remote part.
    fn visit(&self, visitor: &mut dyn FnMut(usize, &Part)) {
        let mut stack: Vec<&Self> = vec![self];
        while let Some(inside) = stack.pop() {
            for part in &inside.parts {
                match part {
                    Part::Inline(callee) => {
                        visitor(callee.task, part);
                        stack.push(callee);
                    }
                    Part::Remote(_) => visitor(inside.task, part),
                }
            }
        }
    }
}

/// Whether some function could come near its timeout: then a point off the hull
/// may be the only one in time. Alone at the smallest size everything is slowest.
fn has_tight_timeout(problem: &Problem<'_>, order: &[usize]) -> bool {
    let slowest = Plan {
        groups: order
            .iter()
            .map(|task| {
                let memory_mb = problem.sizes_of(*task).first().copied().unwrap_or(0);
                (
                    *task,
                    PlanGroup {
                        members: vec![*task],
                        memory_mb,
                    },
                )
            })
            .collect(),
    };
    let evaluation = evaluate(problem.workload, &slowest, &problem.terms);
    evaluation
        .answer_ms
        .iter()
        .any(|(root, answer_ms)| *answer_ms > problem.longest_ms(*root))
}
