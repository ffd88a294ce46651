//! Quantiles of the normal distribution.

/// The number of standard deviations below which a normal variable lies with
/// `probability`, by Abramowitz and Stegun 26.2.23 (error below 4.5e-4).
pub fn quantile(probability: f64) -> f64 {
    let probability = probability.clamp(1e-9, 1.0 - 1e-9);
    if probability < 0.5 {
        return -quantile(1.0 - probability);
    }
    let t = (-2.0 * (1.0 - probability).ln()).sqrt();
    let numerator = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let denominator = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    t - numerator / denominator
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn known_quantiles() {
        for (probability, deviations) in [(0.5, 0.0), (0.95, 1.645), (0.975, 1.960), (0.05, -1.645)]
        {
            assert!(
                (quantile(probability) - deviations).abs() < 1e-3,
                "{probability}"
            );
        }
    }
}
