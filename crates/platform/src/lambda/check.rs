//! The generic check of a request's shape, made before anything is looked up: all faults in one
//! message, in the words of the real service.

use std::fmt::Write as _;

use super::error::ApiError;

/// The faults of one request, in order.
#[derive(Debug, Default)]
pub struct Violations(Vec<String>);

impl Violations {
    fn add(&mut self, member: &str, value: &str, constraint: &str) {
        let value = if value == "null" {
            value.to_owned()
        } else {
            format!("'{value}'")
        };
        self.0.push(format!(
            "Value {value} at '{member}' failed to satisfy constraint: {constraint}"
        ));
    }

    /// A value that does not match a pattern.
    pub fn pattern(&mut self, member: &str, value: &str, pattern: &str) {
        let constraint = format!("Member must satisfy regular expression pattern: {pattern}");
        self.add(member, value, &constraint);
    }

    /// A value that is not one of a set.
    pub fn one_of(&mut self, member: &str, value: &str, set: &[&str]) {
        let constraint = format!("Member must satisfy enum value set: [{}]", set.join(", "));
        self.add(member, value, &constraint);
    }

    /// A required value that is missing.
    pub fn missing(&mut self, member: &str) {
        self.add(member, "null", "Member must not be null");
    }

    /// A text or list that is too long.
    pub fn longer_than(&mut self, member: &str, value: &str, most: usize) {
        self.add(
            member,
            value,
            &format!("Member must have length less than or equal to {most}"),
        );
    }

    /// A number outside its range.
    pub fn range(&mut self, member: &str, value: i64, least: i64, most: i64) {
        let text = value.to_string();
        if value < least {
            let constraint = format!("Member must have value greater than or equal to {least}");
            self.add(member, &text, &constraint);
        } else if value > most {
            let constraint = format!("Member must have value less than or equal to {most}");
            self.add(member, &text, &constraint);
        }
    }

    /// A fault in the service's words.
    pub fn other(&mut self, member: &str, value: &str, constraint: &str) {
        self.add(member, value, constraint);
    }

    /// The message that names all faults, if there are any.
    pub fn message(&self) -> Option<String> {
        let plural = if self.0.len() == 1 { "" } else { "s" };
        let mut text = format!("{} validation error{plural} detected: ", self.0.len());
        let _ = write!(text, "{}", self.0.join("; "));
        (!self.0.is_empty()).then_some(text)
    }

    /// Refuses if there are faults.
    pub fn into_result(self) -> Result<(), ApiError> {
        self.message()
            .map_or(Ok(()), |message| Err(ApiError::validation(message)))
    }
}
