//! The datapoints of one metric.

use super::request::MetricQuery;
use crate::telemetry::metrics::MetricStore;
use crate::telemetry::metrics::unit::Unit;
use crate::telemetry::operations::metric_input::window_s;
use std::ops::Range;

/// The datapoints of one query: time in milliseconds and value, in the order of time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// The points.
    pub values: Vec<(i64, f64)>,
    /// All units that have data, where the query asks for none and there are several.
    pub units: Vec<Unit>,
}

/// Computes a query's datapoints within the times asked for, in milliseconds.
pub fn evaluate(
    query: &MetricQuery,
    times_ms: &Range<i64>,
    metrics: &MetricStore,
    now_ms: i64,
) -> Points {
    let Some(units) = metrics.units(&query.metric) else {
        return Points::default();
    };
    let window_s = window_s(times_ms, query.period_s, now_ms);
    let now_s = now_ms.div_euclid(1000);
    let mut streams: Vec<_> = units
        .iter()
        .filter(|(unit, _)| query.unit.is_none_or(|wanted| wanted == **unit))
        .map(|(unit, series)| {
            (
                *unit,
                series.periods(window_s.clone(), query.period_s, now_s),
            )
        })
        .filter(|(_, periods)| !periods.is_empty())
        .collect();
    let units = if streams.len() > 1 {
        streams.iter().map(|(unit, _)| *unit).collect()
    } else {
        Vec::new()
    };
    // Units are in the order of their names, and the first one answers.
    streams.truncate(1);
    let values = streams
        .iter()
        .flat_map(|(_, periods)| periods)
        .filter_map(|(index, samples)| {
            let time_ms = (window_s.start + index * query.period_s) * 1000;
            Some((time_ms, query.statistic.evaluate(samples)?))
        });
    Points {
        values: values.collect(),
        units,
    }
}
