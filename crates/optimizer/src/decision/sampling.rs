//! Which requests are measured: as many as the budget for telemetry allows.
//!
//! A custom metric costs by the hour in which it gets a value, whatever the
//! number of values: so hours are left out to save money, and requests within an
//! hour only where there are far more than any decision needs.

use fusion_model::Sampling;

use crate::pricing::Pricing;
use crate::settings::Settings;

/// Measured requests an hour beyond which more add nothing.
const PLENTY_PER_HOUR: f64 = 20_000.0;
/// Steps in which hours are left out; each divides a day, so that every hour of
/// the day has its turn or never has.
const HOURS: [u32; 8] = [1, 2, 3, 4, 6, 8, 12, 24];
/// Steps of the share of requests.
const SHARES: [f64; 10] = [1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
/// Requests in a million.
const MILLION: f64 = 1e6;
/// With this budget measuring is free.
const FREE: f64 = 1.0;

/// The sampling for an application that costs `usd_per_million` without
/// telemetry, feeds `metrics` custom metrics, and gets so many requests an hour.
pub fn sampling(
    settings: &Settings,
    usd_per_million: f64,
    metrics: f64,
    requests_per_hour: f64,
) -> Sampling {
    let share = SHARES
        .into_iter()
        .find(|share| requests_per_hour * share <= PLENTY_PER_HOUR)
        .unwrap_or(SHARES[SHARES.len() - 1]);
    let full = metrics * full_metric_usd(&settings.pricing, requests_per_hour);
    let allowed = settings.telemetry_budget * usd_per_million;
    let hours = HOURS
        .into_iter()
        .find(|hours| settings.telemetry_budget >= FREE || full / f64::from(*hours) <= allowed)
        .unwrap_or(HOURS[HOURS.len() - 1]);
    Sampling::new(share, hours)
}

/// What one custom metric costs per million requests under a sampling; nothing
/// where measuring is free or the load is not known.
pub fn metric_usd(settings: &Settings, sampling: Sampling, requests_per_hour: f64) -> f64 {
    if settings.telemetry_budget >= FREE {
        return 0.0;
    }
    full_metric_usd(&settings.pricing, requests_per_hour) / f64::from(sampling.every_hours())
}

fn full_metric_usd(pricing: &Pricing, requests_per_hour: f64) -> f64 {
    if requests_per_hour > 0.0 {
        pricing.metric_hour_usd() / requests_per_hour * MILLION
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_application_is_measured_in_few_hours() {
        let settings = Settings::default();
        let small = sampling(&settings, 27.5, 60.0, 3_600.0);
        assert_eq!(small.every_hours(), 24);
        let large = sampling(&settings, 27.5, 60.0, 360_000.0);
        assert_eq!(large.every_hours(), 1);
        assert!((large.share() - 0.05).abs() < 1e-9, "{large}");
    }

    #[test]
    fn telemetry_stays_within_its_budget_or_is_at_its_least() {
        let settings = Settings::default();
        for requests_per_hour in [10.0, 1e3, 1e4, 1e5, 1e6] {
            let chosen = sampling(&settings, 20.0, 50.0, requests_per_hour);
            let usd = 50.0 * metric_usd(&settings, chosen, requests_per_hour);
            assert!(
                usd <= 0.02 * 20.0 || chosen.every_hours() == 24,
                "{requests_per_hour}: {usd}"
            );
        }
    }

    #[test]
    fn where_measuring_is_free_everything_is_measured() {
        let settings = Settings {
            telemetry_budget: 1.0,
            ..Settings::default()
        };
        assert_eq!(sampling(&settings, 0.1, 60.0, 100.0), Sampling::ALL);
        assert!(metric_usd(&settings, Sampling::ALL, 100.0).abs() < f64::EPSILON);
    }
}
