//! What expressions are worth, and how operators join two of them.

use super::super::expression::Operator;
use crate::telemetry::metrics::unit::Unit;
use std::collections::{BTreeMap, BTreeSet};

/// One result.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Index of the query whose result it is.
    pub query: usize,
    /// What it is called.
    pub label: String,
    /// Value by time in milliseconds since the epoch.
    pub points: BTreeMap<i64, f64>,
    /// All units that have data, where there are several.
    pub units: Vec<Unit>,
    /// Length of a period in seconds.
    pub period_s: i64,
}

/// What an expression is worth.
#[derive(Debug, Clone, PartialEq)]
pub enum Worth {
    /// One number.
    Scalar(f64),
    /// Numbers over time.
    Series(Series),
    /// Several series.
    Array(Vec<Series>),
    /// A text, which only functions take.
    Text(String),
}

impl Worth {
    /// Number of points, each value counting one more, to bound what a request computes.
    pub fn points(&self) -> usize {
        1 + self
            .series()
            .iter()
            .map(|series| series.points.len() + 1)
            .sum::<usize>()
    }

    /// The series it consists of.
    pub fn series(&self) -> &[Series] {
        match self {
            Self::Series(series) => std::slice::from_ref(series),
            Self::Array(all) => all,
            Self::Scalar(_) | Self::Text(_) => &[],
        }
    }

    /// The series of an array, or the one series.
    pub fn into_array(self) -> Result<Vec<Series>, String> {
        match self {
            Self::Series(series) => Ok(vec![series]),
            Self::Array(all) => Ok(all),
            Self::Scalar(_) | Self::Text(_) => Err(WANTED.to_owned()),
        }
    }

    /// Changes the series, or every series of an array.
    pub fn per_series(self, change: impl Fn(Series) -> Series) -> Result<Self, String> {
        match self {
            Self::Series(series) => Ok(Self::Series(change(series))),
            Self::Array(all) => Ok(Self::Array(all.into_iter().map(change).collect())),
            Self::Scalar(_) | Self::Text(_) => Err(WANTED.to_owned()),
        }
    }
}

/// What is said to a function that got a number or a text.
pub const WANTED: &str = "a series or an array of them is wanted";

impl Operator {
    /// The operation, unless its result is no finite number.
    pub fn apply(self, left: f64, right: f64) -> Option<f64> {
        let truth = |holds: bool| f64::from(u8::from(holds));
        let is_true = |value: f64| value != 0.0;
        #[expect(clippy::float_cmp, reason = "the language compares exactly")]
        let value = match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Power => left.powf(right),
            Self::Equal => truth(left == right),
            Self::NotEqual => truth(left != right),
            Self::Less => truth(left < right),
            Self::LessOrEqual => truth(left <= right),
            Self::Greater => truth(left > right),
            Self::GreaterOrEqual => truth(left >= right),
            Self::And => truth(is_true(left) && is_true(right)),
            Self::Or => truth(is_true(left) || is_true(right)),
        };
        value.is_finite().then_some(value)
    }
}

/// Two operands, point by point over the times of both.
pub fn combine(
    left: Worth,
    right: Worth,
    apply: impl Fn(f64, f64) -> Option<f64>,
) -> Result<Worth, String> {
    let map = |mut series: Series, change: &dyn Fn(f64) -> Option<f64>| {
        series.points = series
            .points
            .into_iter()
            .filter_map(|(at, value)| Some((at, change(value)?)))
            .collect();
        series
    };
    let both = |one: Series, other: &Series| {
        let value_at = |series: &Series, at: &i64| series.points.get(at).copied().unwrap_or(0.0);
        let times: BTreeSet<i64> = one
            .points
            .keys()
            .chain(other.points.keys())
            .copied()
            .collect();
        let points = times
            .iter()
            .filter_map(|at| Some((*at, apply(value_at(&one, at), value_at(other, at))?)));
        Series {
            points: points.collect(),
            ..one
        }
    };
    Ok(match (left, right) {
        (Worth::Text(_), _) | (_, Worth::Text(_)) => return Err("a text is no operand".to_owned()),
        (Worth::Scalar(left), Worth::Scalar(right)) => {
            Worth::Scalar(apply(left, right).ok_or("the result is no finite number")?)
        }
        (Worth::Series(left), Worth::Scalar(right)) => {
            Worth::Series(map(left, &|value| apply(value, right)))
        }
        (Worth::Scalar(left), Worth::Series(right)) => {
            Worth::Series(map(right, &|value| apply(left, value)))
        }
        (Worth::Series(left), Worth::Series(right)) => Worth::Series(both(left, &right)),
        (Worth::Array(left), Worth::Scalar(right)) => Worth::Array(
            left.into_iter()
                .map(|series| map(series, &|value| apply(value, right)))
                .collect(),
        ),
        (Worth::Scalar(left), Worth::Array(right)) => Worth::Array(
            right
                .into_iter()
                .map(|series| map(series, &|value| apply(left, value)))
                .collect(),
        ),
        (Worth::Array(left), Worth::Series(right)) => Worth::Array(
            left.into_iter()
                .map(|series| both(series, &right))
                .collect(),
        ),
        (Worth::Series(left), Worth::Array(right)) => {
            let swapped = |series: Series| {
                let points = both(left.clone(), &series).points;
                Series { points, ..series }
            };
            Worth::Array(right.into_iter().map(swapped).collect())
        }
        (Worth::Array(_), Worth::Array(_)) => {
            return Err("two arrays are no operands of one operator".to_owned());
        }
    })
}
