//! The best setup under the model and the objective.
//!
//! Where the calls form a tree and nothing else couples choices, `tree` is
//! exact: every (task, memory) keeps its non-dominated (time, cost) pairs. Else
//! `exhaustive` tries every setup of a small application, and `local`
//! improves several starting points until no single or paired change helps. All
//! are bounded by counted nodes, never by time, so that the answer is the same on
//! every machine.

mod constraints;
mod exhaustive;
mod front;
mod local;
mod objective;
mod tree;

pub use constraints::Problem;
pub use objective::{Objective, Rank};

use crate::forecast::{Evaluation, Plan, evaluate};

/// Setups that are evaluated at most, in all.
pub const MAX_EVALUATIONS: usize = 20_000;
/// Applications with at most so many setups are searched whole.
const MAX_EXHAUSTIVE: usize = 4_000;

/// The result of a search.
#[derive(Clone, Debug)]
pub struct Found {
    /// The best plan.
    pub plan: Plan,
    /// Its figures.
    pub evaluation: Evaluation,
    /// How good it is.
    pub rank: Rank,
    /// Whether it is proven that no plan is better under the model.
    pub exact: bool,
    /// Evaluated setups or combined points.
    pub nodes: usize,
    /// Plans of which none is better in both latency and cost, fastest first.
    pub pareto: Vec<(Plan, Evaluation)>,
}

/// Searches the best plan. `problem.deployed` must be feasible or at least
/// evaluable: it is the answer where nothing better is feasible.
pub fn search(problem: &Problem<'_>) -> Found {
    tree::search(problem)
        .or_else(|| exhaustive::search(problem, MAX_EXHAUSTIVE))
        .unwrap_or_else(|| local::search(problem, MAX_EVALUATIONS))
}

/// Keeps the best of what is tried, and what is best in latency or cost.
struct Archive<'a, 'p> {
    problem: &'p Problem<'a>,
    best: Option<(Plan, Evaluation, Rank)>,
    pareto: Vec<(Plan, Evaluation)>,
    nodes: usize,
}

impl<'a, 'p> Archive<'a, 'p> {
    fn new(problem: &'p Problem<'a>) -> Self {
        Self {
            problem,
            best: None,
            pareto: Vec::new(),
            nodes: 0,
        }
    }

    /// Evaluates a trimmed plan; `None` where it is not feasible.
    fn try_plan(&mut self, plan: &Plan) -> Option<Rank> {
        self.nodes += 1;
        if !self.problem.is_allowed(plan) {
            return None;
        }
        let evaluation = evaluate(self.problem.workload, plan, &self.problem.terms);
        if !self.problem.is_in_time(plan, &evaluation) {
            return None;
        }
        let rank = self
            .problem
            .objective
            .rank(self.problem.workload, &evaluation);
        self.keep_pareto(plan, &evaluation);
        let is_better = match &self.best {
            None => true,
            Some((best, _, best_rank)) => match rank.compare(best_rank) {
                std::cmp::Ordering::Less => true,
                std::cmp::Ordering::Equal => self.is_preferred(plan, best),
                std::cmp::Ordering::Greater => false,
            },
        };
        if is_better {
            self.best = Some((plan.clone(), evaluation, rank));
        }
        Some(rank)
    }

    /// Among equals the plan nearest to what is deployed, then the canonical text.
    fn is_preferred(&self, plan: &Plan, best: &Plan) -> bool {
        let key = |plan: &Plan| {
            let distance = plan.distance(&self.problem.deployed);
            (distance, plan.notation(self.problem.workload))
        };
        plan != best && key(plan) < key(best)
    }

    fn keep_pareto(&mut self, plan: &Plan, evaluation: &Evaluation) {
        let (latency, cost) = (evaluation.latency_ms, evaluation.cost.total_usd());
        let is_beaten = self.pareto.iter().any(|(_, other)| {
            crate::compare(other.latency_ms, latency).is_le()
                && crate::compare(other.cost.total_usd(), cost).is_le()
        });
        if is_beaten {
            return;
        }
        self.pareto.retain(|(_, other)| {
            crate::compare(other.latency_ms, latency).is_lt()
                || crate::compare(other.cost.total_usd(), cost).is_lt()
        });
        self.pareto.push((plan.clone(), evaluation.clone()));
    }

    fn found(mut self, exact: bool) -> Option<Found> {
        self.pareto
            .sort_by(|one, other| crate::compare(one.1.latency_ms, other.1.latency_ms));
        let (plan, evaluation, rank) = self.best?;
        Some(Found {
            plan,
            evaluation,
            rank,
            exact,
            nodes: self.nodes,
            pareto: self.pareto,
        })
    }
}

#[cfg(test)]
mod tests;
