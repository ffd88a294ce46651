//! Seeded random numbers: `SplitMix64` (Steele, Lea, Flood 2014).

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Evenly from 0 to 1, 1 excluded.
    pub fn uniform(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let value = (self.next() >> 11) as f64;
        value / 9_007_199_254_740_992.0
    }

    /// A skewed factor with mean 1 and about this relative standard deviation:
    /// the exponential of a normal number (Box and Muller).
    pub fn factor(&mut self, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.uniform()).cos();
        (deviation * normal - deviation * deviation / 2.0).exp()
    }

    /// How often something happens whose mean is `mean`: the whole part always,
    /// the rest by chance.
    pub fn count(&mut self, mean: f64) -> u32 {
        let whole = mean.floor();
        let chance = u32::from(self.uniform() < mean - whole);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small"
        )]
        let whole = whole as u32;
        whole + chance
    }
}
