//! Which datapoints stand on a page.
//!
//! Datapoints are counted over all queries in their order. A result that the page does not hold whole is
//! partial, and so is every result that it does not reach.

use super::points::Points;

/// Where a page begins: the query's index, and the time in milliseconds of its last point already sent.
pub type Position = (usize, Option<i64>);

/// What a page holds of one query.
#[derive(Debug, PartialEq)]
pub struct Part {
    /// The query's index.
    pub index: usize,
    /// Its points on this page, in the order asked for.
    pub points: Points,
    /// Whether these are its last.
    pub complete: bool,
}

/// Fills a page of at most `limit` points, and says where the next one begins.
///
/// `returned` tells of each query whether it is answered at all; `evaluate` gives a query's points in the
/// order of time, and is called only for queries that the page reaches.
pub fn page(
    returned: &[bool],
    ascending: bool,
    (first, mut sent_ms): Position,
    limit: usize,
    mut evaluate: impl FnMut(usize) -> Points,
) -> (Vec<Part>, Option<Position>) {
    let (mut parts, mut room, mut next) = (Vec::new(), limit, None);
    for (index, _) in returned
        .iter()
        .enumerate()
        .skip(first)
        .filter(|(_, returned)| **returned)
    {
        if next.is_some() {
            parts.push(Part {
                index,
                points: Points::default(),
                complete: false,
            });
            continue;
        }
        let sent_ms = if index == first { sent_ms.take() } else { None };
        let mut points = remaining(evaluate(index), ascending, sent_ms);
        let complete = points.values.len() <= room;
        points.values.truncate(room);
        room -= points.values.len();
        if !complete {
            let last_ms = points.values.last().map(|(time_ms, _)| *time_ms);
            next = Some((index, last_ms.or(sent_ms)));
        }
        parts.push(Part {
            index,
            points,
            complete,
        });
    }
    (parts, next)
}

/// The points in the order asked for that come after the last one sent.
fn remaining(mut points: Points, ascending: bool, sent_ms: Option<i64>) -> Points {
    if !ascending {
        points.values.reverse();
    }
    if let Some(sent_ms) = sent_ms {
        let follows = |time_ms: i64| {
            if ascending {
                time_ms > sent_ms
            } else {
                time_ms < sent_ms
            }
        };
        points.values.retain(|(time_ms, _)| follows(*time_ms));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(count: usize) -> Points {
        let values = (0_i32..)
            .take(count)
            .map(|at| (i64::from(at) * 60_000, f64::from(at)));
        Points {
            values: values.collect(),
            units: Vec::new(),
        }
    }

    proptest! {
        #[test]
        fn pages_together_are_the_whole_and_none_is_too_large(
            queries in prop::collection::vec((any::<bool>(), 0_usize..12), 1..8),
            limit in 1_usize..15,
            ascending in any::<bool>(),
        ) {
            let returned: Vec<bool> = queries.iter().map(|(returned, _)| *returned).collect();
            let evaluate = |index: usize| points(queries[index].1);
            let (whole, none) = page(&returned, ascending, (0, None), usize::MAX, evaluate);
            prop_assert_eq!(none, None);

            let mut joined = vec![Vec::new(); queries.len()];
            let mut completed = vec![0; queries.len()];
            let mut from = Some((0, None));
            while let Some(position) = from {
                let (parts, next) = page(&returned, ascending, position, limit, evaluate);
                let size: usize = parts.iter().map(|part| part.points.values.len()).sum();
                prop_assert!(size <= limit);
                prop_assert!(next.is_none() || size == limit, "a page that could hold more");
                for part in parts {
                    completed[part.index] += usize::from(part.complete);
                    joined[part.index].extend(part.points.values);
                }
                from = next;
            }
            for part in whole {
                prop_assert_eq!(&joined[part.index], &part.points.values);
                prop_assert_eq!(completed[part.index], 1);
            }
        }
    }
}
