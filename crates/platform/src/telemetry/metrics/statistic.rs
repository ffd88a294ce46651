//! The statistics of CloudWatch and how they are computed from samples.
//!
//! Percentiles are by nearest rank: p is the value at rank ceil(p/100 * n), counts being weights, p0 the
//! minimum and p100 the maximum. So every percentile is a value that was measured.

use super::datum::{StatisticSet, Weighted};
use super::series::sorted_raw;
use super::slot::Slot;
use std::ops::RangeInclusive;

/// Everything measured in one period.
#[derive(Debug)]
pub struct Samples<'a>(Vec<&'a Slot>);

impl<'a> Samples<'a> {
    /// The samples of one slot.
    pub fn of(slot: &'a Slot) -> Self {
        Self(vec![slot])
    }

    /// Adds those of a further slot.
    pub fn push(&mut self, slot: &'a Slot) {
        self.0.push(slot);
    }

    fn summary(&self) -> StatisticSet {
        let mut total = *Slot::default().summary();
        for set in self.0.iter().map(|slot| slot.summary()) {
            total.sample_count += set.sample_count;
            total.sum += set.sum;
            total.minimum = total.minimum.min(set.minimum);
            total.maximum = total.maximum.max(set.maximum);
        }
        total
    }
}

/// One end of a range of a trimmed statistic.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Bounds {
    /// Between two percentiles, 0 to 100.
    Percent(f64, f64),
    /// Between two values: above the lower, up to and including the upper.
    Absolute(f64, f64),
}

/// Which part of the samples a trimmed statistic keeps, and what it makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trim {
    Mean,
    WinsorizedMean,
    Count,
    Sum,
}

/// A statistic as a client asks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistic(Kind);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    SampleCount,
    Sum,
    Average,
    Minimum,
    Maximum,
    Percentile(f64),
    Trimmed(Trim, Bounds),
    PercentileRank(Bounds),
}

impl Statistic {
    /// Reads a plain or extended statistic, for example `Sum`, `p99.9`, `tm90`, `TM(2%:98%)`, `PR(:300)`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_plain(text).or_else(|| Self::parse_extended(text))
    }

    /// Reads one of the five statistics that a summary answers.
    pub fn parse_plain(text: &str) -> Option<Self> {
        let kind = match text {
            "SampleCount" => Kind::SampleCount,
            "Sum" => Kind::Sum,
            "Average" => Kind::Average,
            "Minimum" => Kind::Minimum,
            "Maximum" => Kind::Maximum,
            _ => return None,
        };
        Some(Self(kind))
    }

    /// Reads a statistic that needs raw values.
    pub fn parse_extended(text: &str) -> Option<Self> {
        if text == "IQM" {
            return Some(Self(Kind::Trimmed(Trim::Mean, Bounds::Percent(25.0, 75.0))));
        }
        if let Some((name, range)) = text.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
            let bounds = parse_bounds(range)?;
            return Some(Self(match name {
                "TM" => Kind::Trimmed(Trim::Mean, bounds),
                "WM" => Kind::Trimmed(Trim::WinsorizedMean, bounds),
                "TC" => Kind::Trimmed(Trim::Count, bounds),
                "TS" => Kind::Trimmed(Trim::Sum, bounds),
                "PR" if matches!(bounds, Bounds::Absolute(..)) => Kind::PercentileRank(bounds),
                _ => return None,
            }));
        }
        let upper = |digits| Some(Bounds::Percent(0.0, parse_percent(digits)?));
        let trims = [
            ("tm", Trim::Mean),
            ("wm", Trim::WinsorizedMean),
            ("tc", Trim::Count),
            ("ts", Trim::Sum),
        ];
        for (prefix, trim) in trims {
            if let Some(digits) = text.strip_prefix(prefix) {
                return Some(Self(Kind::Trimmed(trim, upper(digits)?)));
            }
        }
        text.strip_prefix('p')
            .and_then(parse_percent)
            .map(|percent| Self(Kind::Percentile(percent)))
    }

    /// The statistic of these samples; none where it needs raw values that are not known, or where no
    /// sample lies within a trimmed statistic's range.
    pub fn evaluate(self, samples: &Samples<'_>) -> Option<f64> {
        let summary = samples.summary();
        match self.0 {
            Kind::SampleCount => return Some(summary.sample_count),
            Kind::Sum => return Some(summary.sum),
            Kind::Average => return Some(summary.sum / summary.sample_count),
            Kind::Minimum => return Some(summary.minimum),
            Kind::Maximum => return Some(summary.maximum),
            _ => {}
        }
        // CloudWatch has no percentiles of a series with negative values.
        if summary.minimum < 0.0 {
            return None;
        }
        let raw = sorted_raw(&samples.0)?;
        match self.0 {
            Kind::Percentile(percent) => percentile(&raw, percent),
            Kind::Trimmed(trim, bounds) => trimmed(&raw, trim, bounds),
            Kind::PercentileRank(bounds) => {
                let kept: f64 = keep(&raw, bounds).iter().map(|sample| sample.count).sum();
                Some(100.0 * kept / total_count(&raw))
            }
            _ => None,
        }
    }
}

/// Digits with at most ten decimals, from 0 to 100.
fn parse_percent(text: &str) -> Option<f64> {
    let decimals = text
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    let number = parse_digits(text)?;
    (decimals <= 10 && (0.0..=100.0).contains(&number)).then_some(number)
}

/// A number written in digits with at most one point, as Rust's parser alone would not insist on.
fn parse_digits(text: &str) -> Option<f64> {
    let plain = text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain.then(|| text.parse().ok()).flatten()
}

/// `2%:98%`, `150:1000`, and either with one end left open.
fn parse_bounds(text: &str) -> Option<Bounds> {
    let (low, high) = text.split_once(':')?;
    if low.is_empty() && high.is_empty() {
        return None;
    }
    let percent = |end: &str| end.strip_suffix('%').map(parse_percent);
    let ends = match (low, high) {
        (low, "") if low.ends_with('%') => Bounds::Percent(percent(low)??, 100.0),
        ("", high) if high.ends_with('%') => Bounds::Percent(0.0, percent(high)??),
        (low, high) if low.ends_with('%') => Bounds::Percent(percent(low)??, percent(high)??),
        (low, "") => Bounds::Absolute(parse_digits(low)?, f64::INFINITY),
        ("", high) => Bounds::Absolute(f64::NEG_INFINITY, parse_digits(high)?),
        (low, high) => Bounds::Absolute(parse_digits(low)?, parse_digits(high)?),
    };
    let (Bounds::Percent(from, to) | Bounds::Absolute(from, to)) = ends;
    (from < to).then_some(ends)
}

fn total_count(sorted: &[Weighted]) -> f64 {
    sorted.iter().map(|sample| sample.count).sum()
}

/// The rank of a percentile. Rounding errors of p/100 * n must not push it to the next whole number.
fn rank(percent: f64, total: f64) -> f64 {
    let exact = percent * total / 100.0;
    let whole = exact.round();
    if (exact - whole).abs() <= whole.abs() * 1e-12 {
        whole
    } else {
        exact.ceil()
    }
}

/// The value at the nearest rank of values in ascending order; none of none.
pub fn percentile(sorted: &[Weighted], percent: f64) -> Option<f64> {
    let wanted = rank(percent, total_count(sorted));
    let mut counted = 0.0;
    for sample in sorted {
        counted += sample.count;
        if counted >= wanted {
            return Some(sample.value);
        }
    }
    sorted.last().map(|sample| sample.value)
}

/// The part of the samples within the bounds.
fn keep(sorted: &[Weighted], bounds: Bounds) -> Vec<Weighted> {
    match bounds {
        Bounds::Absolute(low, high) => sorted
            .iter()
            .filter(|sample| sample.value > low && sample.value <= high)
            .copied()
            .collect(),
        Bounds::Percent(low, high) => {
            let total = total_count(sorted);
            keep_ranks(sorted, rank(low, total)..=rank(high, total))
        }
    }
}

/// The samples of the ranks above the first and up to the last.
fn keep_ranks(sorted: &[Weighted], ranks: RangeInclusive<f64>) -> Vec<Weighted> {
    let mut kept = Vec::new();
    let mut before = 0.0_f64;
    for sample in sorted {
        let after = before + sample.count;
        let count = after.min(*ranks.end()) - before.max(*ranks.start());
        if count > 0.0 {
            kept.push(Weighted {
                value: sample.value,
                count,
            });
        }
        before = after;
    }
    kept
}

fn trimmed(sorted: &[Weighted], trim: Trim, bounds: Bounds) -> Option<f64> {
    let kept = keep(sorted, bounds);
    let count = total_count(&kept);
    let sum: f64 = kept.iter().map(|sample| sample.value * sample.count).sum();
    match trim {
        Trim::Count => Some(count),
        Trim::Sum => Some(sum),
        Trim::Mean => (count > 0.0).then(|| sum / count),
        Trim::WinsorizedMean => {
            let (first, last) = (kept.first()?, kept.last()?);
            let clamped = sorted
                .iter()
                .map(|sample| sample.value.clamp(first.value, last.value) * sample.count);
            Some(clamped.sum::<f64>() / total_count(sorted))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slot(values: &[f64]) -> Slot {
        let mut slot = Slot::default();
        for value in values {
            slot.add_values(&[Weighted {
                value: *value,
                count: 1.0,
            }]);
        }
        slot
    }

    fn stat(text: &str, values: &[f64]) -> Option<f64> {
        Statistic::parse(text)
            .expect(text)
            .evaluate(&Samples::of(&slot(values)))
    }

    #[test]
    fn names_that_cloudwatch_refuses_do_not_parse() {
        let wrong = [
            "",
            "p",
            "p101",
            "p-1",
            "p1e1",
            "p1.",
            "p.5",
            "p1.12345678901",
            "P99",
            "sum",
            "tm",
            "TM90",
            "tm(1%:2%)",
            "TM(:)",
            "TM(1%:2)",
            "TM(5%:4%)",
            "PR(1%:2%)",
            "PR",
            "iqm",
            "pinf",
            "pNaN",
        ];
        for text in wrong {
            assert_eq!(Statistic::parse(text), None, "{text}");
        }
    }

    #[test]
    fn statistics_of_one_to_a_hundred() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let expected = [
            ("SampleCount", 100.0),
            ("Sum", 5050.0),
            ("Average", 50.5),
            ("Minimum", 1.0),
            ("Maximum", 100.0),
            ("p0", 1.0),
            ("p50", 50.0),
            ("p99", 99.0),
            ("p99.9", 100.0),
            ("p100", 100.0),
            ("tm90", 45.5),
            ("tc90", 90.0),
            ("ts90", 4095.0),
            ("TM(2%:98%)", 50.5),
            ("TC(10:20)", 10.0),
            ("TM(10:20)", 15.5),
            ("IQM", 50.5),
            ("PR(:30)", 30.0),
            ("PR(10:20)", 10.0),
            ("wm98", 50.47),
            ("WM(2%:)", 50.53),
            ("TS(98:)", 199.0),
        ];
        for (text, value) in expected {
            let found = stat(text, &values).expect(text);
            assert!(
                (found - value).abs() < 1e-9,
                "{text}: {found}, expected {value}"
            );
        }
    }

    #[test]
    fn negative_values_have_sums_but_no_percentiles() {
        assert_eq!(stat("Sum", &[-1.0, 3.0]), Some(2.0));
        assert_eq!(stat("p50", &[-1.0, 3.0]), None);
    }

    proptest! {
        #[test]
        fn percentile_is_the_nearest_rank_of_the_values_written_out(
            samples in prop::collection::vec((0_u32..40, 1_u32..6), 1..30),
            percent in 0_u32..=1000,
        ) {
            let mut slot = Slot::default();
            let mut written_out = Vec::new();
            for (value, count) in samples {
                let sample = Weighted { value: f64::from(value), count: f64::from(count) };
                slot.add_values(&[sample]);
                written_out.extend(std::iter::repeat_n(value, count as usize));
            }
            written_out.sort_unstable();
            // Per mille in whole numbers, so that the judge rounds nothing.
            let rank = (percent as usize * written_out.len()).div_ceil(1000).max(1);
            let text = format!("p{}.{}", percent / 10, percent % 10);
            let found = Statistic::parse(&text).expect("valid").evaluate(&Samples::of(&slot));
            prop_assert_eq!(found, Some(f64::from(written_out[rank - 1])));
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,20}") {
            let _ = Statistic::parse(&text);
        }
    }
}
