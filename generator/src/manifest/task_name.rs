//! temporary until fusion_model::task exists
use std::fmt;
/// A task's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskName(String);
impl TaskName {
    /// text
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl std::str::FromStr for TaskName {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        if super::names::is_plain_name(s) {
            Ok(Self(s.into()))
        } else {
            Err("bad".into())
        }
    }
}
impl fmt::Display for TaskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
