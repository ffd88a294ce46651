//! One unit's stream of a metric: slots in the order of time, coarser as they age.

use super::datum::{Datum, Weighted};
use super::slot::{Slot, sort_and_join};
use super::statistic::Samples;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

const HOUR_S: i64 = 3600;
const DAY_S: i64 = 24 * HOUR_S;

/// How CloudWatch keeps data: up to this age in seconds, in steps of this many seconds.
const RETENTION: [(i64, i64); 4] = [
    (3 * HOUR_S, 1),
    (15 * DAY_S, 60),
    (63 * DAY_S, 300),
    (455 * DAY_S, 3600),
];

/// The age in seconds after which a metric is no longer listed.
pub const LISTED_S: i64 = 14 * DAY_S;

/// The step in seconds in which data of this age, in seconds, is kept; none if it is kept no longer.
pub fn step_at_age(age_s: i64) -> Option<i64> {
    RETENTION
        .iter()
        .find(|(up_to_s, _)| age_s <= *up_to_s)
        .map(|(_, step_s)| *step_s)
}

/// Slots by the second at which they begin.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    slots: BTreeMap<i64, Slot>,
}

impl Series {
    /// Adds a datum's samples; returns by how many the raw values grew.
    pub fn add(&mut self, datum: &Datum) -> usize {
        let second = datum.timestamp_ms.div_euclid(1000);
        let step_s = datum.resolution.seconds();
        let slot = self
            .slots
            .entry(second - second.rem_euclid(step_s))
            .or_default();
        let before = slot.raw_len();
        slot.add_values(&datum.values);
        if let Some(set) = &datum.statistic_set {
            slot.add_set(set);
        }
        slot.raw_len().saturating_sub(before)
    }

    /// Joins slots that have reached an age at which they are kept more coarsely, and drops the oldest.
    pub fn age(&mut self, now_s: i64) {
        let due: Vec<i64> = self
            .slots
            .range(..now_s - RETENTION[0].0)
            .map(|(second, _)| *second)
            .filter(|second| {
                step_at_age(now_s - second).is_none_or(|step_s| second.rem_euclid(step_s) != 0)
            })
            .collect();
        for second in due {
            let slot = self.slots.remove(&second);
            if let (Some(slot), Some(step_s)) = (slot, step_at_age(now_s - second)) {
                let start = second - second.rem_euclid(step_s);
                self.slots.entry(start).or_default().merge(slot);
            }
        }
    }

    /// The samples per period: the period's index from `start_s`, and everything measured in it.
    ///
    /// Data so old that it is kept more coarsely than in multiples of the period gives nothing.
    pub fn periods(
        &self,
        window_s: Range<i64>,
        period_s: i64,
        now_s: i64,
    ) -> Vec<(i64, Samples<'_>)> {
        let mut periods: Vec<(i64, Samples<'_>)> = Vec::new();
        if window_s.is_empty() || period_s <= 0 {
            return periods;
        }
        for (second, slot) in self.slots.range(window_s.clone()) {
            let fits = match step_at_age(now_s - second) {
                Some(1) => true,
                Some(step_s) => period_s % step_s == 0,
                None => false,
            };
            if !fits || slot.summary().sample_count <= 0.0 {
                continue;
            }
            let index = (second - window_s.start) / period_s;
            match periods.last_mut() {
                Some((last, samples)) if *last == index => samples.push(slot),
                _ => periods.push((index, Samples::of(slot))),
            }
        }
        periods
    }

    /// The second of the newest slot.
    pub fn last_second(&self) -> Option<i64> {
        self.slots.keys().next_back().copied()
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// All slots with their seconds, to bound memory.
    pub fn slots_mut(&mut self) -> impl Iterator<Item = (i64, &mut Slot)> {
        self.slots.iter_mut().map(|(second, slot)| (*second, slot))
    }

    /// Number of raw entries held.
    pub fn raw_len(&self) -> usize {
        self.slots.values().map(Slot::raw_len).sum()
    }
}

/// All raw values of several slots in ascending order, unless one of them is known only as a summary.
pub fn sorted_raw(slots: &[&Slot]) -> Option<Vec<Weighted>> {
    let mut all = Vec::with_capacity(slots.iter().map(|slot| slot.raw_len()).sum());
    for slot in slots {
        all.extend_from_slice(slot.raw()?);
    }
    sort_and_join(&mut all);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::super::datum::{MetricId, Resolution};
    use super::super::unit::Unit;
    use super::*;

    fn datum(second: i64, resolution: Resolution) -> Datum {
        let metric = MetricId::new("N", "m", []);
        Datum {
            resolution,
            ..Datum::single(metric, Unit::NONE, second * 1000, 1.0)
        }
    }

    fn seconds(series: &Series) -> Vec<i64> {
        series.slots.keys().copied().collect()
    }

    #[test]
    fn data_grows_coarser_with_age_and_goes_at_last() {
        let mut series = Series::default();
        for second in 0..120 {
            series.add(&datum(second, Resolution::Second));
        }
        series.age(3 * HOUR_S + 60);
        assert_eq!(
            seconds(&series)[..2],
            [0, 60],
            "the first minute is older than three hours"
        );
        series.age(16 * DAY_S);
        assert_eq!(seconds(&series), [0]);
        series.age(400 * DAY_S);
        assert_eq!(seconds(&series), [0]);
        series.age(456 * DAY_S);
        assert!(series.is_empty());
    }

    #[test]
    fn a_period_that_is_too_fine_for_old_data_finds_nothing() {
        let mut series = Series::default();
        series.add(&datum(600, Resolution::Minute));
        let count = |period_s, now_s| series.periods(0..1200, period_s, now_s).len();
        assert_eq!(
            count(30, 700),
            1,
            "a fine period on coarse fresh data gives the minute's point"
        );
        assert_eq!(count(30, 600 + 4 * HOUR_S), 0);
        assert_eq!(count(60, 600 + 4 * HOUR_S), 1);
        assert_eq!(count(60, 600 + 16 * DAY_S), 0);
        assert_eq!(count(300, 600 + 16 * DAY_S), 1);
    }

    #[test]
    fn samples_are_grouped_by_period_from_the_start() {
        let mut series = Series::default();
        for second in [0, 1, 9, 10, 25] {
            series.add(&datum(second, Resolution::Second));
        }
        let indices: Vec<i64> = series
            .periods(0..30, 10, 30)
            .into_iter()
            .map(|(index, _)| index)
            .collect();
        assert_eq!(indices, [0, 1, 2]);
    }
}
