//! Prices of AWS, in US dollars, and what is computed from them.
//!
//! What runs how often and how long is the forecast's knowledge.

use serde::{Deserialize, Serialize};

/// Megabytes in a gigabyte, as Lambda bills it.
const MB_PER_GB: f64 = 1024.0;
const MS_PER_SECOND: f64 = 1000.0;
/// A GB-second on `x86_64`, us-east-1 on demand, as of November 2026.
const GB_SECOND_X86_64_USD: f64 = 0.000_016_666_7;
/// A GB-second on arm64, us-east-1 on demand, as of November 2026.
const GB_SECOND_ARM64_USD: f64 = 0.000_013_333_4;
/// One invocation; equal in nearly all regions, as of November 2026.
const REQUEST_USD: f64 = 0.20 / 1e6;
/// A custom metric of CloudWatch for one hour in which it got data: 0.30 USD a
/// month of 730 hours, as of November 2026.
const METRIC_HOUR_USD: f64 = 0.30 / 730.0;
/// Durations are rounded up to a whole millisecond: half of one on average.
const MEAN_ROUNDING_MS: f64 = 0.5;

/// The architecture of an application's functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// `x86_64`.
    #[default]
    #[serde(rename = "x86_64")]
    X86,
    /// `arm64`.
    Arm64,
}

/// Prices that differ from the table here by region or contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pricing {
    /// Decides the price of a GB-second where none is given.
    pub architecture: Architecture,
    /// A GB-second in US dollars.
    pub gb_second_usd: Option<f64>,
    /// One invocation in US dollars.
    pub request_usd: Option<f64>,
}

impl Pricing {
    /// A GB-second in US dollars.
    pub fn gb_second_usd(&self) -> f64 {
        self.gb_second_usd.unwrap_or(match self.architecture {
            Architecture::X86 => GB_SECOND_X86_64_USD,
            Architecture::Arm64 => GB_SECOND_ARM64_USD,
        })
    }

    /// One invocation in US dollars.
    pub fn request_usd(&self) -> f64 {
        self.request_usd.unwrap_or(REQUEST_USD)
    }

    /// One custom metric for one hour in which it is fed, in US dollars.
    pub fn metric_hour_usd(&self) -> f64 {
        METRIC_HOUR_USD
    }

    /// `duration_ms` at `memory_mb`, in US dollars.
    pub fn compute_usd(&self, duration_ms: f64, memory_mb: u32) -> f64 {
        duration_ms / MS_PER_SECOND * f64::from(memory_mb) / MB_PER_GB * self.gb_second_usd()
    }

    /// An invocation of `duration_ms` on average at `memory_mb`, rounded as
    /// billed, without its fee, in US dollars.
    pub fn invocation_usd(&self, duration_ms: f64, memory_mb: u32) -> f64 {
        self.compute_usd(duration_ms + MEAN_ROUNDING_MS, memory_mb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_fee_equals_96_ms_at_128_mb() {
        let pricing = Pricing::default();
        assert!((pricing.compute_usd(96.0, 128) / pricing.request_usd() - 1.0).abs() < 0.01);
    }

    #[test]
    fn given_prices_win_over_the_table() {
        let arm = Pricing {
            architecture: Architecture::Arm64,
            ..Pricing::default()
        };
        assert!(arm.gb_second_usd() < Pricing::default().gb_second_usd());
        let own = Pricing {
            gb_second_usd: Some(1.0),
            request_usd: Some(2.0),
            ..arm
        };
        assert!((own.compute_usd(1000.0, 1024) - 1.0).abs() < 1e-12);
        assert!((own.request_usd() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn architectures_have_the_names_of_aws() {
        assert_eq!(
            serde_json::to_string(&Architecture::X86).unwrap(),
            "\"x86_64\""
        );
        assert_eq!(
            serde_json::to_string(&Architecture::Arm64).unwrap(),
            "\"arm64\""
        );
    }
}
