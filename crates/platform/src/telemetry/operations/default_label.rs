//! The label that GetMetricData gives a result whose query has none.

use std::collections::BTreeSet;

/// Which parts of the label the queries of a request differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelParts {
    statistic: bool,
    period: bool,
}

impl LabelParts {
    /// Finds the parts out from statistic and period in seconds of all queries for metrics.
    pub fn of<'a>(queries: impl Iterator<Item = (&'a str, i64)> + Clone) -> Self {
        let statistics: BTreeSet<&str> = queries.clone().map(|(statistic, _)| statistic).collect();
        let periods_s: BTreeSet<i64> = queries.map(|(_, period_s)| period_s).collect();
        Self {
            statistic: statistics.len() > 1,
            period: periods_s.len() > 1,
        }
    }

    /// The metric's name, followed by what the queries differ in.
    pub fn label(self, metric_name: &str, statistic: &str, period_s: i64) -> String {
        let mut label = metric_name.to_owned();
        if self.statistic {
            label.push(' ');
            label.push_str(statistic);
        }
        if self.period {
            label.push(' ');
            label.push_str(&period_s.to_string());
        }
        label
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_named() {
        let label = |queries: &[(&str, i64)]| {
            LabelParts::of(queries.iter().copied()).label("m", queries[0].0, queries[0].1)
        };
        assert_eq!(label(&[("Sum", 60)]), "m");
        assert_eq!(label(&[("Sum", 60), ("p50", 60)]), "m Sum");
        assert_eq!(label(&[("Sum", 60), ("Sum", 300)]), "m 60");
        assert_eq!(label(&[("Sum", 60), ("p50", 300)]), "m Sum 60");
    }
}
