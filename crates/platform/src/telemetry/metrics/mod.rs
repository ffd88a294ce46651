//! The metric store: what was measured, by metric and unit, within limits of memory and time.
//!
//! It owns identity, storage, retention and statistics. It knows no clock, no wire form and no file.

pub mod datum;
pub mod series;
pub mod slot;
pub mod statistic;
pub mod unit;

use super::limits::Limits;
use datum::{Datum, MetricId};
use series::Series;
use std::collections::BTreeMap;
use unit::Unit;

/// Seconds between two passes that coarsen old data.
const AGE_EVERY_S: i64 = 60;

/// All series of one metric, by unit.
pub type Units = BTreeMap<Unit, Series>;

/// All metrics.
#[derive(Debug, Default)]
pub struct MetricStore {
    metrics: BTreeMap<MetricId, Units>,
    raw_len: usize,
    aged_at_s: i64,
}

impl MetricStore {
    /// Adds data. What counts nothing is left out: it would make a slot without a minimum, which a
    /// snapshot cannot write.
    pub fn add(&mut self, data: Vec<Datum>) {
        for datum in data.into_iter().filter(|datum| !datum.is_empty()) {
            let units = match self.metrics.get_mut(&datum.metric) {
                Some(units) => units,
                None => self.metrics.entry(datum.metric.clone()).or_default(),
            };
            self.raw_len += units.entry(datum.unit).or_default().add(&datum);
        }
    }

    /// Adds a whole series, as a snapshot holds it.
    pub fn restore(&mut self, metric: MetricId, unit: Unit, series: Series) {
        self.raw_len += series.raw_len();
        self.metrics.entry(metric).or_default().insert(unit, series);
    }

    /// Every series, for a snapshot.
    pub fn series(&self) -> impl Iterator<Item = (&MetricId, Unit, &Series)> {
        self.metrics.iter().flat_map(|(metric, units)| {
            units
                .iter()
                .map(move |(unit, series)| (metric, *unit, series))
        })
    }

    /// The series of one metric by unit; none where the metric was never seen.
    pub fn units(&self, metric: &MetricId) -> Option<&Units> {
        self.metrics.get(metric)
    }

    /// The metrics after `after`, in the order of their identity, each with the second of its newest data.
    pub fn list<'a>(
        &'a self,
        after: Option<&'a MetricId>,
    ) -> impl Iterator<Item = (&'a MetricId, i64)> {
        use std::ops::Bound;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.metrics
            .range((from, Bound::Unbounded))
            .filter_map(|(metric, units)| Some((metric, last_second(units)?)))
    }

    /// Coarsens and drops old data, and folds raw values where they take more memory than they may.
    pub fn maintain(&mut self, now_ms: i64, limits: &Limits) {
        let now_s = now_ms.div_euclid(1000);
        if now_s - self.aged_at_s >= AGE_EVERY_S {
            self.aged_at_s = now_s;
            self.metrics.retain(|_, units| {
                units.retain(|_, series| {
                    series.age(now_s);
                    !series.is_empty()
                });
                !units.is_empty()
            });
            self.count_raw();
        }
        if self.metrics.len() > limits.metrics {
            self.bound_metrics(limits.metrics);
        }
        if self.raw_len > limits.raw_values {
            self.count_raw();
        }
        if self.raw_len > limits.raw_values {
            self.bound_raw(limits.raw_values);
        }
    }

    /// Drops the metrics silent for longest, until a sixteenth of the allowance is free, so that this
    /// pass is rare.
    fn bound_metrics(&mut self, allowed: usize) {
        let goal = allowed - allowed / 16;
        let mut by_silence: Vec<(Option<i64>, MetricId)> = self
            .metrics
            .iter()
            .map(|(metric, units)| (last_second(units), metric.clone()))
            .collect();
        by_silence.sort();
        let surplus = by_silence.len().saturating_sub(goal);
        for (_, metric) in by_silence.into_iter().take(surplus) {
            self.metrics.remove(&metric);
        }
        self.count_raw();
        tracing::warn!(
            dropped = surplus,
            allowed,
            "the metrics silent for longest are dropped"
        );
    }

    fn count_raw(&mut self) {
        self.raw_len = self.series().map(|(_, _, series)| series.raw_len()).sum();
    }

    /// Folds the oldest slots until a quarter of the allowance is free; if that is not enough, forgets
    /// the raw values of the oldest. The quarter keeps this pass rare.
    fn bound_raw(&mut self, allowed: usize) {
        let goal = allowed - allowed / 4;
        let mut total = self.raw_len;
        let mut slots: Vec<_> = self
            .metrics
            .values_mut()
            .flat_map(Units::values_mut)
            .flat_map(Series::slots_mut)
            .collect();
        slots.sort_by_key(|(second, _)| *second);
        for (_, slot) in &mut slots {
            if total <= goal {
                break;
            }
            total -= slot.raw_len();
            slot.fold();
            total += slot.raw_len();
        }
        for (_, slot) in &mut slots {
            if total <= goal {
                break;
            }
            total -= slot.raw_len();
            slot.forget_raw();
        }
        self.raw_len = total;
    }
}

/// The second of a metric's newest data.
fn last_second(units: &Units) -> Option<i64> {
    units.values().filter_map(Series::last_second).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datum(name: &str, second: i64, value: f64) -> Datum {
        Datum::single(
            MetricId::new("N", name, []),
            Unit::NONE,
            second * 1000,
            value,
        )
    }

    fn limits(metrics: usize, raw_values: usize) -> Limits {
        Limits {
            metrics,
            raw_values,
            ..Limits::default()
        }
    }

    #[test]
    fn the_metrics_silent_for_longest_give_way() {
        let mut store = MetricStore::default();
        store.add(vec![
            datum("a", 60, 1.0),
            datum("b", 0, 1.0),
            datum("c", 120, 1.0),
        ]);
        store.add(vec![datum("b", 180, 1.0)]);
        store.maintain(200_000, &limits(2, 100));
        let names: Vec<&str> = store
            .list(None)
            .map(|(metric, _)| metric.name.as_str())
            .collect();
        assert_eq!(names, ["b", "c"]);
    }

    #[test]
    fn raw_values_stay_within_their_limit_and_sums_survive() {
        let mut store = MetricStore::default();
        for value in 0..4000_u32 {
            store.add(vec![datum(
                "a",
                i64::from(value / 1000) * 60,
                f64::from(value),
            )]);
        }
        store.maintain(300_000, &limits(10, 1000));
        assert!(store.raw_len <= 1000, "{} raw values", store.raw_len);
        let units = store.units(&MetricId::new("N", "a", [])).expect("stored");
        let sum = statistic::Statistic::parse("Sum").expect("valid");
        let periods = units[&Unit::NONE].periods(0..300, 300, 300);
        let total: f64 = periods
            .iter()
            .filter_map(|(_, samples)| sum.evaluate(samples))
            .sum();
        assert!((total - 7_998_000.0).abs() < 1e-6, "{total}");
    }
}
