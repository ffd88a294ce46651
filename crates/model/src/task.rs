//! The name of a task, the one key by which everything else is found.
//!
//! What a task is made of stands in [`crate::application`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest name a task can have, in characters.
pub const MAX_TASK_NAME_LENGTH: usize = 40;

/// A task's name: `^[A-Za-z][A-Za-z0-9_-]{0,39}$`, ordered by its bytes.
///
/// Two names that differ in case alone never stand in one application
/// ([`crate::Application::validate`]): functions and files would collide.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaskName(String);

impl TaskName {
    /// Checks `text` and makes a name of it.
    pub fn new(text: impl Into<String>) -> Result<Self, TaskNameError> {
        let text = text.into();
        let mut bytes = text.bytes();
        let starts_well = bytes
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic());
        let goes_on_well = bytes.all(is_name_byte);
        if starts_well && goes_on_well && text.len() <= MAX_TASK_NAME_LENGTH {
            Ok(Self(text))
        } else {
            Err(TaskNameError { text })
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which two names of one application collide.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// Whether `byte` may stand in a task's name, except at its start.
pub(crate) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// A text that is no task name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no task name: a name begins with a letter and has at most {MAX_TASK_NAME_LENGTH} \
     letters, digits, `_` and `-`; rename the task"
)]
pub struct TaskNameError {
    /// What stood in place of a name.
    pub text: String,
}

impl fmt::Display for TaskName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl FromStr for TaskName {
    type Err = TaskNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<String> for TaskName {
    type Error = TaskNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<TaskName> for String {
    fn from(name: TaskName) -> Self {
        name.0
    }
}

impl AsRef<str> for TaskName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_contract_pass() {
        for good in ["a", "A1", "check-stock", "x_y", &"a".repeat(40)] {
            assert!(TaskName::new(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_the_rule() {
        for bad in [
            "",
            "1a",
            "-a",
            "_a",
            "a b",
            "a,b",
            "ä",
            "a.b",
            &"a".repeat(41),
        ] {
            let error = TaskName::new(bad).unwrap_err();
            assert!(
                error.to_string().contains("begins with a letter"),
                "{error}"
            );
        }
    }

    #[test]
    fn json_checks_names_too() {
        assert!(serde_json::from_str::<TaskName>("\"a b\"").is_err());
        assert_eq!(
            serde_json::from_str::<TaskName>("\"ab\"").unwrap().as_str(),
            "ab"
        );
    }
}
