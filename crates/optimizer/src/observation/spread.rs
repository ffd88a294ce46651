//! How far a mean can be trusted.

use fusion_model::Figure;

use super::Spread;

/// Standard deviations between the median and the 95th percentile of a normal
/// distribution.
const P95_DEVIATIONS: f64 = 1.645;
/// No mean is known better than this, relative to itself: clocks and rounding.
const LEAST_RELATIVE_ERROR: f64 = 0.002;
/// Where nothing is known of the spread, it is taken to be as large as the mean.
const UNKNOWN_DEVIATION: f64 = 1.0;
/// From so many samples on, a mean beside the median is a property of the
/// distribution rather than a few outliers.
const OUTLIER_SAMPLES: f64 = 50.0;

/// Mean and standard error of a figure.
///
/// The error is the larger of two estimates: from the spread of percentiles,
/// `(p95 - p50) / 1.645 / sqrt(n)`, and from the distance of the mean to the
/// median, which a few outliers cause: one of `n` values that is `d` too large
/// moves the mean by `d / n`, and the error of the mean is as large.
pub(crate) fn spread(figure: &Figure) -> Spread {
    let samples = figure.samples;
    let Some(mean) = figure.mean() else {
        return Spread::default();
    };
    let of_percentiles = match (figure.p50, figure.p95) {
        (Some(p50), Some(p95)) => (p95 - p50).max(0.0) / P95_DEVIATIONS / samples.sqrt(),
        _ => UNKNOWN_DEVIATION * mean / samples.sqrt(),
    };
    let of_outliers = figure.p50.map_or(0.0, |p50| {
        (mean - p50).abs() / (1.0 + samples / OUTLIER_SAMPLES).sqrt()
    });
    let error = of_percentiles
        .max(of_outliers)
        .max(LEAST_RELATIVE_ERROR * mean.abs());
    Spread {
        samples,
        mean,
        error,
    }
}

/// One spread of several.
pub(crate) fn pooled(spreads: &[Spread]) -> Option<Spread> {
    let samples: f64 = spreads.iter().map(|one| one.samples).sum();
    if samples <= 0.0 {
        return None;
    }
    let mean = spreads
        .iter()
        .map(|one| one.samples * one.mean)
        .sum::<f64>()
        / samples;
    let squares: f64 = spreads
        .iter()
        .map(|one| (one.samples * one.error).powi(2))
        .sum();
    Some(Spread {
        samples,
        mean,
        error: squares.sqrt() / samples,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusion_model::telemetry::{FunctionRelease, Measure};
    use fusion_model::{Metric, ReleaseId, TaskName};

    fn figure(sum: f64, samples: f64, p50: Option<f64>, p95: Option<f64>) -> Figure {
        let function = FunctionRelease {
            application: "app".into(),
            release: ReleaseId::new("0123456789ab").unwrap(),
            function: TaskName::new("a").unwrap(),
        };
        let metric = Metric::Fusion {
            function,
            measure: Measure::InitDuration,
        };
        Figure {
            metric,
            sum,
            samples,
            p50,
            p95,
        }
    }

    #[test]
    fn the_error_shrinks_with_the_root_of_the_samples() {
        let few = spread(&figure(10_000.0, 100.0, Some(100.0), Some(116.45)));
        let many = spread(&figure(1_000_000.0, 10_000.0, Some(100.0), Some(116.45)));
        assert!((few.error - 1.0).abs() < 1e-9, "{few:?}");
        assert!(many.error < few.error);
    }

    #[test]
    fn an_outlier_counts_although_percentiles_do_not_see_it() {
        // 59 values of 100 and one of 1300: the mean is 120, its error about 20.
        let one = spread(&figure(7_200.0, 60.0, Some(100.0), Some(100.0)));
        assert!(one.error > 10.0 && one.error < 25.0, "{one:?}");
    }

    #[test]
    fn without_values_nothing_is_known() {
        assert_eq!(spread(&figure(0.0, 0.0, None, None)), Spread::default());
    }
}
