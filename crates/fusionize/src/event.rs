//! An event as it stands on the command line: JSON, or where to read it.

use std::fs;
use std::io::Read;

use serde_json::Value;

use crate::failure::{Exit, Failure};

/// What an event is called that stands on the command line itself.
const DIRECT: &str = "the event";

/// Reads `text`, a file named by `@path`, or standard input for `@-`, and checks that it is JSON.
///
/// Gives the text itself: what is sent is what was written, to the last digit.
pub fn read(argument: &str) -> Result<Vec<u8>, Failure> {
    let (text, origin) = match argument.strip_prefix('@') {
        None => (argument.to_owned(), DIRECT.to_owned()),
        Some("-") => (standard_input()?, "the event on standard input".to_owned()),
        Some(path) => (file(path)?, format!("the event in `{path}`")),
    };
    match serde_json::from_str::<Value>(&text) {
        Ok(_) => Ok(text.into_bytes()),
        Err(error) => Err(not_json(&origin, &text, &error)),
    }
}

fn file(path: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::new(Exit::Input, format!("cannot read the event from `{path}`")).because(error)
    })
}

fn standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| {
            Failure::new(Exit::Input, "cannot read the event from standard input").because(error)
        })?;
    Ok(text)
}

fn not_json(origin: &str, text: &str, error: &serde_json::Error) -> Failure {
    let failure = Failure::new(Exit::Input, format!("{origin} is not JSON")).because(error);
    if text.trim().is_empty() {
        return failure.hint("write `{}` for an event without content");
    }
    let line = text
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    let failure = match excerpt(line, error.column()) {
        Some(part) => failure.because(format!("near `{part}`")),
        None => failure,
    };
    failure.hint(if origin == DIRECT {
        "quote it for the shell, e.g. `--event '{\"name\": \"x\"}'`, or keep it in a file: `--event @event.json`"
    } else {
        "every name and text needs double quotes, and nothing may follow the last value"
    })
}

/// What stands around a column, which counts bytes from one.
fn excerpt(line: &str, column: usize) -> Option<String> {
    const AROUND: usize = 20;
    let (from, to) = (column.saturating_sub(AROUND), column.saturating_add(AROUND));
    let part: String = line
        .char_indices()
        .filter(|(at, _)| (from..to).contains(at))
        .map(|(_, c)| c)
        .collect();
    Some(part).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_sent_as_they_were_written() {
        let text = r#"{"n": 1.10, "big": 12345678901234567890123}"#;
        assert_eq!(read(text).unwrap(), text.as_bytes());
    }

    #[test]
    fn what_is_no_json_is_shown() {
        let failure = read("{name: 1}").unwrap_err();
        assert_eq!(failure.what, "the event is not JSON");
        assert!(
            failure.why.iter().any(|why| why.contains("{name: 1}")),
            "{failure:?}"
        );
        assert!(read("").unwrap_err().hint.unwrap().contains("{}"));
        assert_eq!(read("@/nonexistent").unwrap_err().exit, Exit::Input);
    }
}
