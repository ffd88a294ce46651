//! The telemetry contract: which metrics there are, with which dimensions, and
//! how a figure of one looks.
//!
//! `testdata/contract/telemetry.json` is the same contract as data, which the
//! runtimes' tests read too. How metrics are written (EMF) belongs to the
//! runtimes, how they are asked for to `fusion-cloud`.

mod figure;
mod fusion;
mod lambda;

use serde::{Deserialize, Serialize};

pub use figure::Figure;
pub use fusion::{CallKey, CallPath, FunctionRelease, Measure};
use lambda::LambdaKey;
pub use lambda::LambdaMetric;

/// Namespace of what fused functions measure themselves.
pub const NAMESPACE: &str = "Fusionize";
/// Namespace of what Lambda measures, for free.
pub const LAMBDA_NAMESPACE: &str = "AWS/Lambda";

/// Dimensions by name, in the order of the contract.
pub type Dimensions = Vec<(&'static str, String)>;

/// One metric with all its dimensions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "figure::MetricText", try_from = "figure::MetricText")]
pub enum Metric {
    /// Measured by a fused function of one release.
    Fusion {
        /// Where it was measured.
        function: FunctionRelease,
        /// What was measured.
        measure: Measure,
    },
    /// Measured by Lambda.
    Lambda {
        /// What was measured.
        metric: LambdaMetric,
        /// The function's name.
        function_name: String,
        /// The alias through which it was invoked.
        alias: String,
        /// The version that ran; `None` for all versions behind the alias.
        version: Option<String>,
    },
}

/// A name and dimensions that are no metric of the contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` with the dimensions {dimensions} is no metric of Fusionize's contract: {problem}"
)]
pub struct MetricError {
    /// The metric's name.
    pub name: String,
    /// The names of the dimensions.
    pub dimensions: String,
    /// What is wrong.
    pub problem: String,
}

impl Metric {
    /// CloudWatch's namespace of the metric.
    pub fn namespace(&self) -> &'static str {
        match self {
            Self::Fusion { .. } => NAMESPACE,
            Self::Lambda { .. } => LAMBDA_NAMESPACE,
        }
    }

    /// The metric's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fusion { measure, .. } => measure.name(),
            Self::Lambda { metric, .. } => metric.name(),
        }
    }

    /// CloudWatch's unit of the metric.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Fusion { measure, .. } => measure.unit(),
            Self::Lambda { metric, .. } => metric.unit(),
        }
    }

    /// Every dimension, in the order of the contract.
    pub fn dimensions(&self) -> Dimensions {
        match self {
            Self::Fusion { function, measure } => {
                let mut dimensions = function.dimensions();
                dimensions.extend(measure.dimensions());
                dimensions
            }
            Self::Lambda {
                function_name,
                alias,
                version,
                ..
            } => lambda::dimensions(function_name, alias, version.as_deref()),
        }
    }

    /// Reads a metric back from its name and dimensions, in any order.
    pub fn parse<'a>(
        namespace: &str,
        name: &str,
        dimensions: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, MetricError> {
        let given = figure::Given::new(dimensions);
        let read = match namespace {
            NAMESPACE => fusion::parse(name, &given)
                .map(|(function, measure)| Self::Fusion { function, measure }),
            LAMBDA_NAMESPACE => lambda::parse(name, &given).map(|key| {
                let LambdaKey {
                    metric,
                    function_name,
                    alias,
                    version,
                } = key;
                Self::Lambda {
                    metric,
                    function_name,
                    alias,
                    version,
                }
            }),
            _ => Err(format!("the namespace is `{namespace}`")),
        };
        read.map_err(|problem| MetricError {
            name: name.to_owned(),
            dimensions: given.names(),
            problem,
        })
    }
}

#[cfg(test)]
mod tests;
