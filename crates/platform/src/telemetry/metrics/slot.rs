//! The samples of one metric and unit within one second, minute or longer step of time.
//!
//! A slot keeps a running summary and the raw values with their counts. It does not know its own time.

use super::datum::{StatisticSet, Weighted};
use serde::{Deserialize, Serialize};

/// Width of the buckets into which raw values fold when memory runs short, relative to their value.
const FOLD_WIDTH: f64 = 0.01;

/// A summary, and as far as they are known the values behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    summary: StatisticSet,
    raw: Vec<Weighted>,
    /// How many of `raw`, from the front, are sorted and free of repetitions.
    #[serde(skip)]
    sorted: usize,
    /// Whether `raw` holds everything that the summary counts.
    complete: bool,
}

impl Default for Slot {
    fn default() -> Self {
        let summary = StatisticSet {
            sample_count: 0.0,
            sum: 0.0,
            minimum: f64::INFINITY,
            maximum: f64::NEG_INFINITY,
        };
        Self {
            summary,
            raw: Vec::new(),
            sorted: 0,
            complete: true,
        }
    }
}

impl Slot {
    /// Adds values that are known one by one.
    pub fn add_values(&mut self, values: &[Weighted]) {
        for sample in values.iter().filter(|sample| sample.count > 0.0) {
            self.summarize(&StatisticSet {
                sample_count: sample.count,
                sum: sample.value * sample.count,
                minimum: sample.value,
                maximum: sample.value,
            });
            self.raw.push(*sample);
        }
        // Sorting only when the unsorted tail has outgrown the rest keeps the cost per value logarithmic.
        if self.raw.len() > 2 * self.sorted + 64 {
            self.tidy();
        }
    }

    /// Adds a summary of values; what it hides leaves the slot without percentiles.
    pub fn add_set(&mut self, set: &StatisticSet) {
        if set.sample_count <= 0.0 {
            return;
        }
        if let Some(sample) = set.as_raw() {
            self.add_values(&[sample]);
        } else {
            self.summarize(set);
            self.complete = false;
        }
    }

    /// Takes over everything that `other` holds.
    pub fn merge(&mut self, other: Self) {
        self.summarize(&other.summary);
        self.complete &= other.complete;
        self.raw.extend(other.raw);
        self.tidy();
    }

    fn summarize(&mut self, set: &StatisticSet) {
        self.summary.sample_count += set.sample_count;
        self.summary.sum += set.sum;
        self.summary.minimum = self.summary.minimum.min(set.minimum);
        self.summary.maximum = self.summary.maximum.max(set.maximum);
    }

    fn tidy(&mut self) {
        sort_and_join(&mut self.raw);
        self.sorted = self.raw.len();
    }

    /// Folds the raw values into buckets one percent wide, each standing for its middle.
    pub fn fold(&mut self) {
        let (low, high) = (self.summary.minimum, self.summary.maximum);
        for sample in &mut self.raw {
            sample.value = folded(sample.value).clamp(low, high);
        }
        self.tidy();
    }

    /// Forgets the raw values; the summary stays, percentiles do not.
    pub fn forget_raw(&mut self) {
        self.complete &= self.raw.is_empty();
        self.raw = Vec::new();
        self.sorted = 0;
    }

    /// The summary of all samples.
    pub fn summary(&self) -> &StatisticSet {
        &self.summary
    }

    /// All values, unless some are known only as a summary.
    pub fn raw(&self) -> Option<&[Weighted]> {
        self.complete.then_some(self.raw.as_slice())
    }

    /// How many entries of memory the raw values take.
    pub fn raw_len(&self) -> usize {
        self.raw.len()
    }
}

/// Sorts by value and joins the counts of equal values.
pub fn sort_and_join(samples: &mut Vec<Weighted>) {
    samples.sort_by(|left, right| left.value.total_cmp(&right.value));
    samples.dedup_by(|next, kept| {
        let same = next.value.to_bits() == kept.value.to_bits();
        if same {
            kept.count += next.count;
        }
        same
    });
}

/// The geometric middle of the bucket that holds `value`.
fn folded(value: f64) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let step = (1.0 + FOLD_WIDTH).ln();
    let bucket = (value.abs().ln() / step).floor();
    ((bucket + 0.5) * step).exp().copysign(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn once(value: f64) -> Weighted {
        Weighted { value, count: 1.0 }
    }

    #[test]
    fn equal_values_share_an_entry() {
        let mut slot = Slot::default();
        for _ in 0..1000 {
            slot.add_values(&[once(1.0), once(2.0)]);
        }
        slot.fold();
        assert_eq!(slot.raw_len(), 2);
        assert!((slot.summary().sample_count - 2000.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_set_of_unequal_values_ends_percentiles_but_not_the_sum() {
        let mut slot = Slot::default();
        slot.add_values(&[once(1.0)]);
        slot.add_set(&StatisticSet {
            sample_count: 2.0,
            sum: 5.0,
            minimum: 2.0,
            maximum: 3.0,
        });
        assert!(slot.raw().is_none());
        assert!((slot.summary().sum - 6.0).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn folding_moves_no_value_by_more_than_half_a_bucket(value in -1e9_f64..1e9) {
            let off = (folded(value) - value).abs();
            prop_assert!(off <= value.abs() * FOLD_WIDTH * 0.51 + f64::MIN_POSITIVE);
        }

        #[test]
        fn merging_equals_adding(left in prop::collection::vec(0.0_f64..10.0, 0..50), right in prop::collection::vec(0.0_f64..10.0, 0..50)) {
            let fill = |values: &[f64]| {
                let mut slot = Slot::default();
                slot.add_values(&values.iter().map(|value| once(*value)).collect::<Vec<_>>());
                slot
            };
            let mut merged = fill(&left);
            merged.merge(fill(&right));
            let mut whole = fill(&[left, right].concat());
            whole.tidy();
            prop_assert_eq!(merged.raw(), whole.raw());
        }
    }
}
