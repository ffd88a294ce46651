//! Setups as they stand on the command line, where memory may be left out, and what is said of
//! those that cannot be read or do not fit.

use fusion_generator::{Manifest, fit};
use fusion_model::notation::{self, NotationError};
use fusion_model::setup::{Setup, SetupError};

use crate::failure::{Exit, Failure};

/// What a group gets whose memory was left out: a package does not depend on it.
const MEMORY: &str = "@128";

/// Whether a notation says how much memory groups have.
pub fn names_memory(text: &str) -> bool {
    text.contains('@')
}

/// Reads `(A,B)@128-(C)@512`, or `(A,B)-(C)` where memory does not matter.
pub fn read(text: &str) -> Result<Setup, Failure> {
    if names_memory(text) {
        return notation::parse(text).map_err(|error| explained(text, &error));
    }
    notation::parse(&text.replace(')', &format!("){MEMORY}"))).map_err(|error| {
        let position = without_memory(text, error.position);
        explained(text, &NotationError { position, ..error })
    })
}

/// Takes back what was inserted before a position. Positions count characters from one.
fn without_memory(text: &str, position: usize) -> usize {
    let mut with = 0;
    for (index, character) in text.chars().enumerate() {
        with += 1;
        if with >= position {
            return index + 1;
        }
        if character == ')' {
            with += MEMORY.len();
        }
    }
    text.chars().count() + 1
}

/// Why a setup does not fit an application.
pub fn misfit(manifest: &Manifest, faults: &[SetupError]) -> Failure {
    let failure = Failure::new(Exit::Input, "the setup does not fit the application");
    let told = faults.iter().map(|fault| fit::told(manifest, fault));
    told.fold(failure, Failure::because)
        .hint("change the setup, or what the manifest says of these tasks")
}

/// Where a notation goes wrong.
pub fn explained(text: &str, error: &NotationError) -> Failure {
    let pointer = format!("{}^", " ".repeat(error.position.saturating_sub(1)));
    Failure::new(Exit::Input, "the notation cannot be read")
        .because(format!(
            "character {}: {}\n    {text}\n    {pointer}",
            error.position, error.problem
        ))
        .hint(format!(
            "{}; an example is `(A,B,D)@128-(C)@1024`",
            error.mend
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_may_be_left_out_everywhere() {
        assert_eq!(read("(A,B)-(C)").unwrap().groups.len(), 2);
        assert_eq!(read("(A,B)@256").unwrap().groups.len(), 1);
    }

    #[test]
    fn the_place_is_that_of_the_users_text() {
        for (text, place) in [
            ("(A)-(B,)", 8),
            ("(A)-B", 5),
            ("(A)(B)", 4),
            ("(A", 3),
            ("", 1),
        ] {
            let why = read(text).unwrap_err().why.join("\n");
            assert!(
                why.contains(&format!("character {place}: ")),
                "{text}: {why}"
            );
        }
    }
}
