//! Numbers as the hosts have them: decimals of any size, exact.
//!
//! Owns [`Number`], its canonical form and its conversions. It never does arithmetic: a number
//! here is something to carry without loss and to compare.

mod serial;

pub(crate) use serial::NUMBER;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// More digits than this are no number of a configuration, and only cost memory.
const MAX_DIGITS: usize = 4096;
/// Exponents beyond this are refused: the hosts cannot hold them either.
const MAX_EXPONENT: i64 = 1_000_000_000;
/// Up to this many zeros are written out; beyond, the text is scientific.
const MAX_ZEROS: i64 = 400;

/// An exact decimal number: equal numbers are equal however they were written.
///
/// ```
/// use tfplugin::Number;
///
/// let tenth: Number = "0.10".parse()?;
/// assert_eq!(tenth, "1e-1".parse()?);
/// assert_eq!(tenth.to_string(), "0.1");
/// assert_eq!(Number::from(128).to_i64(), Some(128));
/// # Ok::<(), tfplugin::NumberError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    /// Significant digits without zeros at either end; empty for zero.
    digits: String,
    /// The value is `digits` (a whole number) times ten to this.
    exponent: i64,
}

/// Why a text is not a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// It is not a decimal number.
    #[error("`{0}` is not a decimal number")]
    Malformed(String),
    /// It has too many digits or too large an exponent.
    #[error("a number may have up to {MAX_DIGITS} digits and an exponent up to {MAX_EXPONENT}")]
    TooLarge,
    /// It is infinite or not a number at all.
    #[error("a number must be finite")]
    NotFinite,
}

impl Number {
    /// Reads a finite floating point number by its shortest text: `0.1` becomes exactly 0.1.
    pub fn from_f64(value: f64) -> Result<Self, NumberError> {
        if value.is_finite() {
            format!("{value:e}").parse()
        } else {
            Err(NumberError::NotFinite)
        }
    }

    /// Reads a finite floating point number by its exact binary value, to the last digit.
    pub fn from_f64_exact(value: f64) -> Result<Self, NumberError> {
        if value.is_finite() {
            // No 64-bit float has more than 767 significant digits.
            format!("{value:.800e}").parse()
        } else {
            Err(NumberError::NotFinite)
        }
    }

    /// The whole number, if it is one and fits.
    pub fn to_i64(&self) -> Option<i64> {
        self.whole()?.parse().ok()
    }

    /// The whole number, if it is one and fits.
    pub fn to_u64(&self) -> Option<u64> {
        self.whole()?.parse().ok()
    }

    /// The nearest floating point number; infinite where it is too large.
    pub fn to_f64(&self) -> f64 {
        self.scientific().parse().unwrap_or(f64::NAN)
    }

    /// The floating point number, if it is exactly this one.
    pub fn to_f64_exact(&self) -> Option<f64> {
        let nearest = self.to_f64();
        (Self::from_f64_exact(nearest).ok()? == *self).then_some(nearest)
    }

    /// Whether it has no fraction.
    pub fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    /// The text of a whole number that may fit 64 bits.
    fn whole(&self) -> Option<String> {
        let zeros = usize::try_from(self.exponent).ok()?;
        if self.digits.is_empty() {
            return Some("0".to_owned());
        }
        if self.digits.len() + zeros > 20 {
            return None;
        }
        let sign = if self.negative { "-" } else { "" };
        Some(format!("{sign}{}{}", self.digits, "0".repeat(zeros)))
    }

    fn scientific(&self) -> String {
        if self.digits.is_empty() {
            return "0".to_owned();
        }
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}e{}", self.digits, self.exponent)
    }

    /// The canonical form of `sign integral.fraction * 10^exponent`.
    fn canonical(
        negative: bool,
        integral: &str,
        fraction: &str,
        exponent: i64,
    ) -> Result<Self, NumberError> {
        let mut digits = format!("{integral}{fraction}");
        let mut exponent = exponent - i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        let kept = digits.trim_end_matches('0').len();
        exponent += i64::try_from(digits.len() - kept).unwrap_or(0);
        digits.truncate(kept);
        let digits = digits.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Ok(Self::default());
        }
        if digits.len() > MAX_DIGITS || exponent.abs() > MAX_EXPONENT {
            return Err(NumberError::TooLarge);
        }
        Ok(Self {
            negative,
            digits,
            exponent,
        })
    }

    /// The power of ten just above the magnitude.
    fn magnitude(&self) -> i64 {
        self.exponent + i64::try_from(self.digits.len()).unwrap_or(i64::MAX)
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let malformed = || NumberError::Malformed(text.chars().take(64).collect());
        // Zeros at the ends may be many more than the digits that count.
        if text.len() > 4 * MAX_DIGITS {
            return Err(NumberError::TooLarge);
        }
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], &unsigned[at + 1..]),
            None => (unsigned, "0"),
        };
        let (integral, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if integral.len() + fraction.len() == 0
            || exponent_digits.is_empty()
            || ![integral, fraction, exponent_digits]
                .into_iter()
                .all(is_digits)
        {
            return Err(malformed());
        }
        let exponent: i64 = exponent.parse().map_err(|_| NumberError::TooLarge)?;
        // The smallest of all has no absolute value.
        if !(-2 * MAX_EXPONENT..=2 * MAX_EXPONENT).contains(&exponent) {
            return Err(NumberError::TooLarge);
        }
        Self::canonical(negative, integral, fraction, exponent)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.magnitude();
        if self.exponent > MAX_ZEROS || magnitude < -MAX_ZEROS {
            return f.write_str(&self.scientific());
        }
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        if self.exponent >= 0 {
            write!(f, "{}{}", self.digits, zeros(self.exponent))
        } else if let Ok(whole @ 1..) = usize::try_from(magnitude) {
            write!(f, "{}.{}", &self.digits[..whole], &self.digits[whole..])
        } else {
            write!(f, "0.{}{}", zeros(-magnitude), self.digits)
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |n: &Self| match (n.digits.is_empty(), n.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        sign(self).cmp(&sign(other)).then_with(|| {
            let order = self
                .magnitude()
                .cmp(&other.magnitude())
                .then_with(|| self.digits.cmp(&other.digits));
            if self.negative {
                order.reverse()
            } else {
                order
            }
        })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Number {
            fn from(value: $integer) -> Self {
                let text = value.to_string();
                let (negative, digits) = match text.strip_prefix('-') {
                    Some(digits) => (true, digits),
                    None => (false, text.as_str()),
                };
                let kept = digits.trim_end_matches('0');
                if kept.is_empty() {
                    return Self::default();
                }
                Self {
                    negative,
                    digits: kept.to_owned(),
                    exponent: i64::try_from(digits.len() - kept.len()).unwrap_or(0),
                }
            }
        }
    )*};
}

from_integer!(i8, i16, i32, i64, i128, u8, u16, u32, u64, u128);

#[cfg(test)]
mod tests;
