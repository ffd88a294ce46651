//! Fronts of non-dominated points, and their lower convex hulls.

use std::cmp::Ordering;

/// A front's longest length; longer ones are thinned, and the search is no longer exact.
pub const MAX_POINTS: usize = 512;

/// Something with a time, a cost, and a distance from what is deployed.
pub trait Point {
    /// Time that a caller waits, in milliseconds.
    fn time(&self) -> f64;
    /// Cost of a million requests, in US dollars.
    fn cost(&self) -> f64;
    /// Further times, in milliseconds, of which more is never better; 0 where they do
    /// not matter.
    fn rest(&self) -> [f64; 3] {
        [0.0; 3]
    }
    /// Functions that differ from what is deployed.
    fn distance(&self) -> usize;
}

/// How much of a front is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// What a weighted sum can choose: the lower convex hull of time and cost.
    Hull,
    /// Every non-dominated point.
    Front,
}

/// The points that can be part of an optimum, by rising time. Whether none that
/// could was left out.
pub fn pruned<P: Point>(mut points: Vec<P>, keep: Keep) -> (Vec<P>, bool) {
    points.sort_by(|one, other| {
        crate::compare(one.time(), other.time())
            .then(crate::compare(one.cost(), other.cost()))
            .then_with(|| compare_all(one.rest(), other.rest()))
            .then(one.distance().cmp(&other.distance()))
    });
    let mut front: Vec<P> = Vec::new();
    for point in points {
        let is_beaten = front.iter().rev().any(|kept| {
            crate::compare(kept.cost(), point.cost()).is_le() && no_more(kept.rest(), point.rest())
        });
        if !is_beaten {
            front.push(point);
        }
    }
    if keep == Keep::Hull {
        return (hull(front), true);
    }
    let is_whole = front.len() <= MAX_POINTS;
    (if is_whole { front } else { thinned(front) }, is_whole)
}

fn compare_all(one: [f64; 3], other: [f64; 3]) -> Ordering {
    let pairs = one.into_iter().zip(other);
    pairs
        .map(|(one, other)| crate::compare(one, other))
        .fold(Ordering::Equal, Ordering::then)
}

fn no_more(one: [f64; 3], other: [f64; 3]) -> bool {
    let mut pairs = one.into_iter().zip(other);
    pairs.all(|(one, other)| crate::compare(one, other).is_le())
}

/// The lower convex hull of a front that is sorted by time. Points on an edge
/// stay: they may be nearer to what is deployed.
fn hull<P: Point>(front: Vec<P>) -> Vec<P> {
    let mut hull: Vec<P> = Vec::new();
    for point in front {
        while let [.., before, last] = hull.as_slice() {
            let cross = (last.time() - before.time()) * (point.cost() - before.cost())
                - (last.cost() - before.cost()) * (point.time() - before.time());
            if crate::rounded(cross) >= 0.0 {
                break;
            }
            hull.pop();
        }
        hull.push(point);
    }
    hull
}

/// Every n-th point with both ends.
fn thinned<P: Point>(front: Vec<P>) -> Vec<P> {
    let (length, step) = (front.len(), front.len().div_ceil(MAX_POINTS));
    let kept = front.into_iter().enumerate();
    kept.filter(|(index, _)| index % step == 0 || index + 1 == length)
        .map(|(_, point)| point)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Point for (f64, f64) {
        fn time(&self) -> f64 {
            self.0
        }
        fn cost(&self) -> f64 {
            self.1
        }
        fn distance(&self) -> usize {
            0
        }
    }

    proptest! {
        #[test]
        fn a_front_keeps_what_any_choice_needs(
            points in prop::collection::vec((0.0..10.0_f64, 0.0..10.0_f64), 1..40),
            weight in 0.0..1.0_f64,
        ) {
            let best = |points: &[(f64, f64)]| points.iter()
                .map(|point| weight * point.0 + (1.0 - weight) * point.1)
                .fold(f64::INFINITY, f64::min);
            let (front, whole) = pruned(points.clone(), Keep::Front);
            prop_assert!(whole);
            for point in &points {
                prop_assert!(front.iter().any(|kept| kept.0 <= point.0 + 1e-9 && kept.1 <= point.1 + 1e-9));
            }
            let (hull, _) = pruned(points.clone(), Keep::Hull);
            prop_assert!((best(&points) - best(&hull)).abs() < 1e-9);
            prop_assert!(hull.len() <= front.len());
        }
    }
}
