//! What a setup does under the model, in means: time of every run, invocations,
//! latency and cost.
//!
//! Formulas, for a run of task `t` inside the function of root `r` with memory `m`:
//!
//! ```text
//! span(t)    = wall(t, m) + wait(t)
//! wait(t)    = sum of per_run * latency(call) over calls that do not overlap
//!            + max(factor * max latency(call), CPU work inlined) over those that do
//! latency    = span(callee)                                   inline
//!            = answer(callee) + cold(callee) + overhead(m)    remote
//! answer(r)  = max(span(r) + CPU work of inlined asynchronous calls, their spans)
//! billed(r)  = answer(r) + extra(r) + INIT time * cold-start rate
//! ```
//!
//! A waiting caller pays its own memory for `latency`: double billing follows.

use std::collections::BTreeMap;

use fusion_model::CallMode;

use super::CostSplit;
use super::plan::{Plan, PlanGroup};
use crate::pricing::Pricing;
use crate::workload::Workload;

/// Rounds after which times in a cycle of calls are taken as they are.
const MAX_ROUNDS: usize = 256;
/// Requests in a million.
const MILLION: f64 = 1e6;
/// Times above this are the sign of a cycle that does not end.
const MAX_MS: f64 = 1e12;

/// What the evaluation depends on beside workload and plan.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Prices.
    pub pricing: Pricing,
    /// Whether asynchronous calls to members run inside.
    pub inline_async: bool,
    /// What one custom metric costs per million requests, in US dollars.
    pub metric_usd_per_million: f64,
}

/// A plan's figures in means.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// Latency over entrypoints by share of requests, cold starts included, in milliseconds.
    pub latency_ms: f64,
    /// Cost per million requests.
    pub cost: CostSplit,
    /// Mean latency of each entrypoint without cold starts, in milliseconds.
    pub entry_ms: BTreeMap<usize, f64>,
    /// Time to the answer of each root's function, in milliseconds.
    pub answer_ms: BTreeMap<usize, f64>,
    /// Custom metrics that the functions feed.
    pub metrics: f64,
}

/// Times of the runs inside one function, by position in the group.
#[derive(Clone, Debug)]
struct Inside {
    runs: Vec<Run>,
}

/// Times of one run, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    /// Wall time with waiting.
    span: f64,
    /// CPU work of the run with all it calls inside, synchronously.
    busy: f64,
    /// CPU work of asynchronous calls inside.
    background: f64,
    /// The longest span of an asynchronous call inside.
    longest: f64,
}

/// Evaluates a [trimmed](Plan::trimmed) plan.
pub fn evaluate(workload: &Workload, plan: &Plan, terms: &Terms) -> Evaluation {
    let mut inside: BTreeMap<usize, Inside> = plan
        .groups
        .iter()
        .map(|(root, group)| (*root, Inside::new(group.members.len())))
        .collect();
    let mut answer_ms: BTreeMap<usize, f64> = plan.groups.keys().map(|root| (*root, 0.0)).collect();
    for _ in 0..MAX_ROUNDS {
        let mut moved = false;
        for (root, group) in &plan.groups {
            let Some(times) = inside.get_mut(root) else {
                continue;
            };
            moved |= times.advance(workload, group, terms, &answer_ms);
            if let Ok(position) = group.members.binary_search(root) {
                answer_ms.insert(*root, times.answer_ms(position));
            }
        }
        if !moved {
            break;
        }
    }
    summed(workload, plan, terms, answer_ms)
}

fn summed(
    workload: &Workload,
    plan: &Plan,
    terms: &Terms,
    answer_ms: BTreeMap<usize, f64>,
) -> Evaluation {
    let mut evaluation = Evaluation::default();
    for (root, invocations) in invocations(workload, plan, terms.inline_async) {
        let (Some(group), Some(answer)) = (plan.groups.get(&root), answer_ms.get(&root)) else {
            continue;
        };
        let cold = workload.cold[root];
        let price = |ms| terms.pricing.compute_usd(ms, group.memory_mb) * MILLION;
        let billed = terms
            .pricing
            .invocation_usd(answer + workload.extra_ms[root], group.memory_mb);
        evaluation.cost.compute_usd += invocations * billed * MILLION;
        evaluation.cost.init_usd += invocations * price(cold.rate * cold.init_ms);
        evaluation.cost.requests_usd += invocations * terms.pricing.request_usd() * MILLION;
        evaluation.metrics += metrics(workload, root, group);
    }
    evaluation.cost.telemetry_usd = evaluation.metrics * terms.metric_usd_per_million;
    for (root, entry) in &workload.entries {
        let answer = answer_ms.get(root).copied().unwrap_or(0.0);
        let cold = workload.cold[*root];
        evaluation.latency_ms += entry.share * (answer + cold.rate * cold.init_ms);
        evaluation.entry_ms.insert(*root, answer);
    }
    evaluation.answer_ms = answer_ms;
    evaluation
}

/// Custom metrics that a function with this group feeds: five of each member, two
/// of each synchronous and one of each asynchronous call, INIT and memory, and
/// the latency of requests.
pub fn metrics(workload: &Workload, root: usize, group: &PlanGroup) -> f64 {
    let members: usize = group
        .members
        .iter()
        .map(|member| task_metrics(workload, *member))
        .sum();
    let own = 2 + usize::from(workload.entries.contains_key(&root));
    #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
    let count = (members + own) as f64;
    count
}

/// Custom metrics of one member with its calls.
pub fn task_metrics(workload: &Workload, task: usize) -> usize {
    let calls = workload.calls[task].iter();
    5 + calls
        .map(|call| if call.mode == CallMode::Sync { 2 } else { 1 })
        .sum::<usize>()
}

impl Inside {
    fn new(members: usize) -> Self {
        Self {
            runs: vec![Run::default(); members],
        }
    }

    /// Time until the function answers: it waits for asynchronous calls inside.
    fn answer_ms(&self, root: usize) -> f64 {
        let run = self.runs[root];
        (run.span + run.background).max(run.longest).min(MAX_MS)
    }

    /// One round: every run from what is known of its callees. Whether anything moved.
    fn advance(
        &mut self,
        workload: &Workload,
        group: &PlanGroup,
        terms: &Terms,
        answer_ms: &BTreeMap<usize, f64>,
    ) -> bool {
        let mut moved = false;
        // Callees often have the higher number; either order comes to the same end.
        for position in (0..group.members.len()).rev() {
            let run = self.run(workload, group, terms, answer_ms, group.members[position]);
            moved |= !run.equals(&self.runs[position]);
            self.runs[position] = run;
        }
        moved
    }

    fn run(
        &self,
        workload: &Workload,
        group: &PlanGroup,
        terms: &Terms,
        answer_ms: &BTreeMap<usize, f64>,
        task: usize,
    ) -> Run {
        let model = &workload.tasks[task];
        let wall = model.wall_ms(group.memory_mb);
        let busy = model.busy_ms(group.memory_mb).min(wall);
        let mut run = Run {
            span: wall,
            busy,
            ..Run::default()
        };
        let mut overlapping = Overlap::default();
        for call in &workload.calls[task] {
            let inline = group.inlines(call.callee, call.mode, terms.inline_async);
            let position = group
                .members
                .binary_search(&call.callee)
                .ok()
                .filter(|_| inline);
            let callee = position.map(|position| self.runs[position]);
            if let Some(callee) = callee {
                run.background += call.per_run * callee.background;
                run.longest = run.longest.max(callee.longest);
            }
            match (call.mode, callee) {
                (CallMode::Async, None) => {}
                (CallMode::Async, Some(callee)) => {
                    run.background += call.per_run * callee.busy;
                    run.longest = run.longest.max(callee.span);
                }
                (CallMode::Sync, _) => {
                    let remote = || remote_ms(workload, call, group.memory_mb, answer_ms);
                    let latency = callee.map_or_else(remote, |callee| callee.span);
                    let busy = callee.map_or(0.0, |callee| callee.busy);
                    run.busy += call.per_run * busy;
                    if call.overlaps {
                        overlapping.add(call.per_run, call.overlap_factor, latency, busy);
                    } else {
                        run.span += call.per_run * latency;
                    }
                }
            }
        }
        run.span += overlapping.wait_ms();
        run.capped()
    }
}

impl Run {
    /// Whether two rounds came to the same.
    fn equals(&self, other: &Self) -> bool {
        [
            (self.span, other.span),
            (self.busy, other.busy),
            (self.background, other.background),
            (self.longest, other.longest),
        ]
        .into_iter()
        .all(|(one, other)| crate::compare(one, other).is_eq())
    }

    /// Calls in a cycle that does not end must not grow beyond all numbers.
    fn capped(self) -> Self {
        Self {
            span: self.span.min(MAX_MS),
            busy: self.busy.min(MAX_MS),
            background: self.background.min(MAX_MS),
            longest: self.longest.min(MAX_MS),
        }
    }
}

/// The latency of a remote synchronous call, cold starts included.
fn remote_ms(
    workload: &Workload,
    call: &crate::workload::CallModel,
    memory_mb: u32,
    answer_ms: &BTreeMap<usize, f64>,
) -> f64 {
    let cold = workload.cold[call.callee];
    let answer = answer_ms.get(&call.callee).copied().unwrap_or(0.0);
    answer + cold.rate * cold.init_ms + workload.overhead_ms(call, memory_mb)
}

/// Calls of one run that are outstanding at the same time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Overlap {
    longest_ms: f64,
    factor: f64,
    inlined_busy_ms: f64,
}

impl Overlap {
    /// Adds one call.
    pub fn add(&mut self, per_run: f64, factor: f64, latency_ms: f64, inlined_busy_ms: f64) {
        self.longest_ms = self.longest_ms.max(latency_ms);
        self.factor = factor;
        self.inlined_busy_ms += per_run * inlined_busy_ms;
    }

    /// The latency of the slowest call, and the CPU work of the inlined ones: with more of
    /// either, [`Self::wait_ms`] is never less.
    pub fn times_ms(&self) -> [f64; 2] {
        [self.longest_ms, self.inlined_busy_ms]
    }

    /// The waiting for all: for the slowest, but one process has one thread for
    /// what is inlined.
    pub fn wait_ms(&self) -> f64 {
        (self.factor * self.longest_ms).max(self.inlined_busy_ms)
    }
}

/// Invocations of each root's function per request.
pub fn invocations(workload: &Workload, plan: &Plan, inline_async: bool) -> BTreeMap<usize, f64> {
    let per_invocation: BTreeMap<usize, BTreeMap<usize, f64>> = plan
        .groups
        .iter()
        .map(|(root, group)| (*root, remote_calls(workload, *root, group, inline_async)))
        .collect();
    let shares: BTreeMap<usize, f64> = workload
        .entries
        .iter()
        .map(|(root, entry)| (*root, entry.share))
        .collect();
    let mut invocations = shares.clone();
    for _ in 0..MAX_ROUNDS {
        let mut next = shares.clone();
        for (root, count) in &invocations {
            for (callee, calls) in per_invocation.get(root).into_iter().flatten() {
                *next.entry(*callee).or_default() += (count * calls).min(MAX_MS);
            }
        }
        let is_still = next.len() == invocations.len()
            && next
                .iter()
                .zip(&invocations)
                .all(|(one, other)| crate::compare(*one.1, *other.1).is_eq());
        invocations = next;
        if is_still {
            break;
        }
    }
    invocations
}

/// Remote calls that one invocation of a function makes, by callee.
fn remote_calls(
    workload: &Workload,
    root: usize,
    group: &PlanGroup,
    inline_async: bool,
) -> BTreeMap<usize, f64> {
    let mut remote: BTreeMap<usize, f64> = BTreeMap::new();
    // Runs of members that were counted in the round before.
    let mut frontier: BTreeMap<usize, f64> = BTreeMap::from([(root, 1.0)]);
    for _ in 0..MAX_ROUNDS {
        let mut next: BTreeMap<usize, f64> = BTreeMap::new();
        for (task, runs) in &frontier {
            for call in &workload.calls[*task] {
                let calls = (runs * call.per_run).min(MAX_MS);
                let inline = group.inlines(call.callee, call.mode, inline_async);
                let counted = if inline { &mut next } else { &mut remote };
                *counted.entry(call.callee).or_default() += calls;
            }
        }
        next.retain(|_, runs| crate::rounded(*runs) > 0.0);
        if next.is_empty() {
            break;
        }
        frontier = next;
    }
    remote
}
