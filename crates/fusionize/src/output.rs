//! Where words go: results to standard output, everything else to standard error.
//!
//! With `--json` standard output holds one JSON value and nothing else: the result, or where there
//! is none the failure. Only `fusionize local` says more, a line for each that it is asked.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fusion_generator::{Manifest, Problem, Problems};
use indicatif::{ProgressBar, ProgressStyle};
use miette::{GraphicalReportHandler, GraphicalTheme};
use serde::Serialize;

use crate::failure::Failure;

/// Columns of what is shown of a text.
const WIDTH: usize = 100;

/// How a command speaks.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
    /// Whether a result was printed already.
    has_result: &'static AtomicBool,
}

/// Of this process' standard output.
static HAS_RESULT: AtomicBool = AtomicBool::new(false);

impl Output {
    /// For people, or with `json` for scripts.
    pub fn new(json: bool) -> Self {
        Self {
            json,
            has_result: &HAS_RESULT,
        }
    }

    /// One that nobody else has printed a result with.
    #[cfg(test)]
    pub fn apart(json: bool) -> Self {
        Self {
            json,
            has_result: Box::leak(Box::new(AtomicBool::new(false))),
        }
    }

    /// Whether a script listens.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// The command's result: `value` for scripts, `text` for people.
    pub fn result(self, value: &impl Serialize, text: &str) {
        self.has_result.store(true, Ordering::Relaxed);
        if self.json {
            let value = serde_json::to_string(value).unwrap_or_default();
            print_line(&mut io::stdout(), &value);
        } else if !text.is_empty() {
            print_line(&mut io::stdout(), text);
        }
    }

    /// A part of the result, for people only.
    pub fn say(self, text: &str) {
        if !self.json {
            print_line(&mut io::stdout(), text);
        }
    }

    /// Something to know that is no result.
    pub fn note(text: &str) {
        print_line(&mut io::stderr(), text);
    }

    /// What is allowed in a manifest and yet hardly meant.
    pub fn warnings(manifest: &Manifest) {
        let warnings = manifest.warnings.clone();
        if warnings.is_empty() {
            return;
        }
        let warnings = Problems::new(manifest.text.clone(), warnings);
        print_line(
            &mut io::stderr(),
            &places(&warnings, colourful()).join("\n"),
        );
    }

    /// Shows that something takes its time, until the progress is dropped.
    pub fn progress(self, message: impl Into<String>, steps: Option<u64>) -> Progress {
        Progress::start(message.into(), steps, self.json)
    }

    /// Says why the command did not succeed.
    pub fn failure(self, failure: &Failure) {
        self.failure_value(failure);
        print_line(&mut io::stderr(), &rendered(failure, colourful()));
    }

    /// The part of [`Output::failure`] that is for scripts.
    pub fn failure_value(self, failure: &Failure) {
        if let Some(value) = self.value_of_failure(failure) {
            print_line(&mut io::stdout(), &value);
        }
    }

    /// What a script reads of a failure: nothing after a result, which says it too.
    pub fn value_of_failure(self, failure: &Failure) -> Option<String> {
        let is_only_value = self.json && !self.has_result.load(Ordering::Relaxed);
        is_only_value.then(|| failure.to_json().to_string())
    }
}

/// How many of something there are, e.g. `1 task` and `2 tasks`.
pub fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// A broken pipe is the reader's choice, no reason to fail.
fn print_line(to: &mut impl Write, text: &str) {
    let _ = writeln!(to, "{text}");
    let _ = to.flush();
}

fn colourful() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

fn rendered(failure: &Failure, colours: bool) -> String {
    let paint = |code: &str, text: &str| {
        if colours {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    };
    let mut lines = vec![format!("{}: {}", paint("1;31", "error"), failure.what)];
    lines.extend(
        failure
            .why
            .iter()
            .map(|why| format!("  {}: {why}", paint("1", "because"))),
    );
    for problems in &failure.problems {
        lines.extend(places(problems, colours));
        if problems.more > 0 {
            lines.push(format!("and {}", counted(problems.more, "further problem")));
        }
    }
    lines.extend(
        failure
            .hint
            .iter()
            .map(|hint| format!("{}: {hint}", paint("1;36", "hint"))),
    );
    lines.join("\n")
}

/// Every problem with the part of the text that it is about.
fn places(problems: &Problems, colours: bool) -> Vec<String> {
    let theme = if colours {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(WIDTH);
    let text = &problems.text;
    let place = |problem: &Problem| {
        let source = miette::NamedSource::new(&text.file, text.text.clone());
        let report = miette::Report::new(problem.clone()).with_source_code(source);
        let mut shown = String::new();
        // Writing to a String cannot fail.
        let _ = handler.render_report(&mut shown, report.as_ref());
        shown.trim_end().to_owned()
    };
    problems.problems.iter().map(place).collect()
}

/// A line on a terminal's standard error that moves; elsewhere a plain line, or for scripts none.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    fn start(message: String, steps: Option<u64>, json: bool) -> Self {
        if !io::stderr().is_terminal() {
            if !json {
                print_line(&mut io::stderr(), &message);
            }
            return Self {
                bar: ProgressBar::hidden(),
            };
        }
        let (bar, template) = match steps {
            Some(steps) => (
                ProgressBar::new(steps),
                "{spinner} {msg} {wide_bar} {pos}/{len}",
            ),
            None => (ProgressBar::new_spinner(), "{spinner} {msg} ({elapsed})"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(message);
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar }
    }

    /// One step more is done.
    pub fn step(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    #[test]
    fn after_a_result_a_failure_is_no_second_value() {
        let output = Output::apart(true);
        let failure = Failure::new(Exit::Function, "1 of 2 requests failed");
        let value = output.value_of_failure(&failure).unwrap();
        assert!(value.starts_with("{\"error\":"), "{value}");
        output.result(&1, "");
        assert_eq!(output.value_of_failure(&failure), None);
    }

    #[test]
    fn what_why_and_hint_stand_apart() {
        let failure = Failure::new(Exit::Cloud, "Invoke of `tree-A` failed")
            .because("connection refused")
            .hint("start the platform");
        assert_eq!(
            rendered(&failure, false),
            "error: Invoke of `tree-A` failed\n  because: connection refused\nhint: start the platform"
        );
    }
}
