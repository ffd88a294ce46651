//! A task inside a group while its calls are being decided, one after another.

use std::rc::Rc;

use super::super::front::Point;
use super::points::{Inside, InsidePoint, Part, RootPoint};
use crate::forecast::Overlap;
use crate::workload::CallModel;

/// A caller with some of its calls decided.
pub(super) struct Partial {
    point: InsidePoint,
    overlap: Overlap,
}

impl Point for Partial {
    fn time(&self) -> f64 {
        self.point.time_ms
    }
    fn cost(&self) -> f64 {
        self.point.usd
    }
    /// While overlapping calls are still to be joined, what they will take is no part of
    /// the time yet.
    fn rest(&self) -> [f64; 3] {
        let [longest_ms, inlined_busy_ms] = self.overlap.times_ms();
        [self.point.busy_ms, longest_ms, inlined_busy_ms]
    }
    fn distance(&self) -> usize {
        self.point.distance
    }
}

impl Partial {
    /// None of the calls is decided.
    pub(super) fn new(point: InsidePoint) -> Self {
        Self {
            point,
            overlap: Overlap::default(),
        }
    }

    pub(super) fn is_alone(&self) -> bool {
        self.point.build.is_alone()
    }

    pub(super) fn with_inline(&self, call: &CallModel, callee: &InsidePoint) -> Self {
        let part = Part::Inline(Rc::clone(&callee.build));
        let next = self.with(part, callee.usd, callee.distance);
        next.waiting(call, callee.time_ms, callee.busy_ms)
    }

    pub(super) fn with_remote(
        &self,
        call: &CallModel,
        callee: &RootPoint,
        overhead_ms: f64,
    ) -> Self {
        let part = Part::Remote(Rc::clone(&callee.build));
        let next = self.with(part, callee.usd, callee.distance);
        next.waiting(call, callee.time_ms + overhead_ms, 0.0)
    }

    pub(super) fn with_async(&self, callee: &RootPoint) -> Self {
        let part = Part::Remote(Rc::clone(&callee.build));
        self.with(part, callee.usd, callee.distance)
    }

    /// Every call is decided: the overlapping ones are waited for.
    pub(super) fn joined(mut self) -> InsidePoint {
        self.point.time_ms += self.overlap.wait_ms();
        self.point
    }

    fn with(&self, part: Part, usd: f64, distance: usize) -> Self {
        let mut parts = self.point.build.parts.clone();
        parts.push(part);
        let build = Rc::new(Inside {
            task: self.point.build.task,
            parts,
        });
        Self {
            point: InsidePoint {
                time_ms: self.point.time_ms,
                busy_ms: self.point.busy_ms,
                usd: self.point.usd + usd,
                distance: self.point.distance + distance,
                build,
            },
            overlap: self.overlap,
        }
    }

    fn waiting(mut self, call: &CallModel, latency_ms: f64, busy_ms: f64) -> Self {
        if call.overlaps {
            self.overlap
                .add(call.per_run, call.overlap_factor, latency_ms, busy_ms);
        } else {
            self.point.time_ms += call.per_run * latency_ms;
        }
        self.point.busy_ms += call.per_run * busy_ms;
        self
    }
}
