//! The functions of metric math that look at their arguments alone.

use super::worth::{Series, WANTED, Worth};
use std::collections::BTreeMap;

/// `IF`: where the condition is not 0 the one, else the other; without another, nothing.
pub fn choose(condition: Worth, then: Worth, otherwise: Option<Worth>) -> Result<Worth, String> {
    let Worth::Series(condition) = condition else {
        return match (condition, otherwise) {
            (Worth::Scalar(truth), _) if truth != 0.0 => Ok(then),
            (Worth::Scalar(_), Some(otherwise)) => Ok(otherwise),
            _ => Err("the condition of IF must be a series".to_owned()),
        };
    };
    let value_at = |worth: &Worth, at: i64| match worth {
        Worth::Scalar(number) => Ok(Some(*number)),
        Worth::Series(series) => Ok(series.points.get(&at).copied()),
        _ => Err("IF chooses between numbers and series".to_owned()),
    };
    let mut points = BTreeMap::new();
    for (at, truth) in &condition.points {
        let chosen = if *truth == 0.0 {
            otherwise.as_ref()
        } else {
            Some(&then)
        };
        if let Some(value) = chosen
            .map(|worth| value_at(worth, *at))
            .transpose()?
            .flatten()
        {
            points.insert(*at, value);
        }
    }
    Ok(Worth::Series(Series {
        points,
        ..condition
    }))
}

/// A number of one series, or a series of an array's values at each time.
pub fn aggregate(of: Worth, over: impl Fn(&[f64]) -> f64) -> Result<Worth, String> {
    match of {
        Worth::Series(series) => {
            let values: Vec<f64> = series.points.into_values().collect();
            if values.is_empty() {
                Ok(Worth::Scalar(0.0))
            } else {
                Ok(Worth::Scalar(over(&values)))
            }
        }
        Worth::Array(all) => {
            let mut at = BTreeMap::<i64, Vec<f64>>::new();
            let first = all.first().map(|series| (series.query, series.period_s));
            for (time_ms, value) in all.into_iter().flat_map(|series| series.points) {
                at.entry(time_ms).or_default().push(value);
            }
            let (query, period_s) = first.unwrap_or((0, 60));
            let points = at
                .into_iter()
                .map(|(time_ms, values)| (time_ms, over(&values)))
                .collect();
            let label = String::new();
            Ok(Worth::Series(Series {
                query,
                label,
                points,
                units: Vec::new(),
                period_s,
            }))
        }
        Worth::Scalar(_) | Worth::Text(_) => Err(WANTED.to_owned()),
    }
}

/// The mean.
#[expect(clippy::cast_precision_loss, reason = "a count of points")]
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard deviation.
#[expect(clippy::cast_precision_loss, reason = "a count of points")]
pub fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / values.len() as f64).sqrt()
}

/// Changes every number.
pub fn each(of: Worth, change: impl Fn(f64) -> f64) -> Result<Worth, String> {
    if let Worth::Scalar(number) = of {
        return Ok(Worth::Scalar(change(number)));
    }
    of.per_series(|mut series| {
        for value in series.points.values_mut() {
            *value = change(*value);
        }
        series
    })
}

/// What each point differs from the one before, over a divisor that the milliseconds between them give.
pub fn differences(series: Series, divisor: impl Fn(i64) -> f64) -> Series {
    let before = series.points.iter();
    let pairs = before.zip(series.points.iter().skip(1));
    let points = pairs
        .map(|((from_ms, from), (to_ms, to))| (*to_ms, (to - from) / divisor(to_ms - from_ms)))
        .collect();
    Series { points, ..series }
}

/// The sum of each point and all before it.
pub fn running_sum(mut series: Series) -> Series {
    let mut sum = 0.0;
    for value in series.points.values_mut() {
        sum += *value;
        *value = sum;
    }
    series
}
