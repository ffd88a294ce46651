//! Medians, percentiles and differences of what was measured. Pure.

/// The middle of the values; of an even number the mean of the two in the middle.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value below which a share of the values lies, interpolated between neighbours (Hyndman
/// and Fan, 1996, type 7). Not a number where there is no value.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = share.clamp(0.0, 1.0) * as_number(last);
    let below = whole(place);
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

/// The differences of pairs, in their order.
pub fn differences(of: &[f64], from: &[f64]) -> Vec<f64> {
    of.iter().zip(from).map(|(of, from)| of - from).collect()
}

/// How much the last tenth of a series is below its first tenth, as a share; negative where it
/// is above. What was held for a while without slowing is near zero.
pub fn slowing(by_second: &[f64]) -> f64 {
    let tenth = (by_second.len() / 10).max(1);
    if by_second.len() < 2 * tenth {
        return f64::NAN;
    }
    let first = median(&by_second[..tenth]);
    let last = median(&by_second[by_second.len() - tenth..]);
    1.0 - last / first
}

/// A count as a number that can be divided.
#[expect(
    clippy::cast_precision_loss,
    reason = "what is counted here is far below 2^52"
)]
pub fn as_number(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list"
)]
fn whole(place: f64) -> usize {
    place as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_does_not_depend_on_the_order() {
        assert!((median(&[9.0, 1.0, 5.0]) - 5.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0]) - 2.5).abs() < 1e-9);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        assert!((quantile(&values, 0.99) - 99.0).abs() < 1e-9);
        assert!((quantile(&[1.0, 2.0], 0.25) - 1.25).abs() < 1e-9);
        assert!((quantile(&[7.0], 1.0) - 7.0).abs() < 1e-9);
    }

    #[test]
    fn pairs_are_compared_in_their_order() {
        assert_eq!(differences(&[3.0, 5.0], &[1.0, 1.0]), [2.0, 4.0]);
    }

    #[test]
    fn slowing_compares_the_end_with_the_beginning() {
        let mut series = vec![100.0; 20];
        assert!(slowing(&series).abs() < 1e-9);
        series[18] = 50.0;
        series[19] = 50.0;
        assert!((slowing(&series) - 0.5).abs() < 1e-9);
        assert!(slowing(&[1.0]).is_nan());
    }
}
