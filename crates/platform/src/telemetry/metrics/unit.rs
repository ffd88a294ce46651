//! The units that CloudWatch knows.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Every unit, in the order in which CloudWatch names them in its errors.
const NAMES: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

/// A unit of CloudWatch. Units order by name, as CloudWatch's message about several units lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(&'static str);

impl Unit {
    /// No unit, which is also what a datum without one has.
    pub const NONE: Self = Self("None");
    /// `Count`
    pub const COUNT: Self = Self("Count");
    /// `Milliseconds`
    pub const MILLISECONDS: Self = Self("Milliseconds");
    /// `Megabytes`
    pub const MEGABYTES: Self = Self("Megabytes");

    /// The unit of this name, which must match by case.
    pub fn parse(name: &str) -> Option<Self> {
        NAMES.into_iter().find(|known| *known == name).map(Self)
    }

    /// The unit's name on the wire.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// All names, separated by a comma and a blank, for an error message.
    pub fn all_names() -> String {
        NAMES.join(", ")
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| D::Error::custom(format!("unknown unit `{name}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_to_itself_and_case_counts() {
        for name in NAMES {
            assert_eq!(Unit::parse(name).map(Unit::name), Some(name));
        }
        assert_eq!(Unit::parse("milliseconds"), None);
    }
}
