//! Points of the tables with what they were built from.

use std::rc::Rc;

use super::super::front::Point;
use crate::forecast::PlanGroup;

/// A point of `Tables::inside`: a task with everything below it.
#[derive(Clone)]
pub(super) struct InsidePoint {
    pub(super) time_ms: f64,
    pub(super) busy_ms: f64,
    pub(super) usd: f64,
    pub(super) distance: usize,
    pub(super) build: Rc<Inside>,
}

/// A point of `Tables::as_root`: a function with everything below it.
#[derive(Clone)]
pub(super) struct RootPoint {
    pub(super) time_ms: f64,
    pub(super) usd: f64,
    pub(super) distance: usize,
    pub(super) build: Rc<Root>,
}

/// A task inside a group, with what became of its calls.
pub(super) struct Inside {
    pub(super) task: usize,
    pub(super) parts: Vec<Part>,
}

/// What became of one call.
#[derive(Clone)]
pub(super) enum Part {
    Inline(Rc<Inside>),
    Remote(Rc<Root>),
}

/// A function.
pub(super) struct Root {
    pub(super) task: usize,
    pub(super) memory_mb: u32,
    pub(super) inside: Rc<Inside>,
}

impl Point for InsidePoint {
    fn time(&self) -> f64 {
        self.time_ms
    }
    fn cost(&self) -> f64 {
        self.usd
    }
    fn rest(&self) -> [f64; 3] {
        [self.busy_ms, 0.0, 0.0]
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
    fn distance(&self) -> usize {
        self.distance
    }
}

impl Root {
    pub(super) fn group(&self) -> PlanGroup {
        let insides = self.inside.inlined();
        let mut members: Vec<usize> = insides.iter().map(|inside| inside.task).collect();
        members.sort_unstable();
        PlanGroup {
            members,
            memory_mb: self.memory_mb,
        }
    }
}

impl Inside {
    /// Whether nothing is inlined.
    pub(super) fn is_alone(&self) -> bool {
        let is_remote = |part: &Part| matches!(part, Part::Remote(_));
        self.parts.iter().all(is_remote)
    }

    /// This task and every one that is inlined below it.
    pub(super) fn inlined(&self) -> Vec<&Self> {
        let mut found: Vec<&Self> = vec![self];
        let mut next = 0;
        while let Some(inside) = found.get(next).copied() {
            next += 1;
            found.extend(inside.parts.iter().filter_map(|part| match part {
                Part::Inline(callee) => Some(callee.as_ref()),
                Part::Remote(_) => None,
            }));
        }
        found
    }

    /// The functions that this task itself calls.
    pub(super) fn remote(&self) -> impl Iterator<Item = &Rc<Root>> {
        self.parts.iter().filter_map(|part| match part {
            Part::Remote(root) => Some(root),
            Part::Inline(_) => None,
        })
    }
}
