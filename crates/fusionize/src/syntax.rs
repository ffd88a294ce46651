//! Whether handlers are JavaScript, asked of Node.js, which compiles them and runs nothing.
//!
//! A newer Node.js takes everything that an older one takes, and not the other way round: so one
//! that is older than a task's own language runtime has no say. Where there is none, that is a
//! note and no failure.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use fusion_generator::manifest::handler_file;
use fusion_generator::{Files, Problem, Problems, Severity, SourceText, TaskName};
use fusion_platform::runtimes;
use serde::{Deserialize, Serialize};

use crate::application::{Application, Disk};

/// What came of asking.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is no JavaScript, by file.
    pub problems: Vec<Problems>,
    /// What could not be asked.
    pub notes: Vec<String>,
}

/// Compiles files without running anything of them.
const SCRIPT: &str = include_str!("syntax.mjs");

/// A handler's file.
struct Handler {
    task: TaskName,
    path: String,
    text: String,
    kind: Kind,
}

/// How Node.js reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Commonjs,
    Module,
    /// Node.js finds out by itself.
    Either,
}

#[derive(Serialize)]
struct Question<'q> {
    path: &'q Path,
    kind: Kind,
}

#[derive(Deserialize)]
struct Answer {
    version: String,
    faults: Vec<Option<Fault>>,
}

/// What is wrong with a file. Lines and columns count from one, columns in UTF-16 units.
#[derive(Debug, Deserialize)]
struct Fault {
    message: String,
    line: usize,
    column: usize,
    length: usize,
}

/// Compiles the handlers of all tasks.
pub fn check(application: &Application) -> Checked {
    let nodes = runtimes::find(&runtimes::default_cache()).nodes;
    let mut checked = Checked::default();
    for (runtime, handlers) in handlers(application) {
        let answer = match nodes.get(runtime.as_str()) {
            Some(node) => ask(node, &application.folder, &handlers),
            None => Err("no Node.js is on PATH, and `make tools` has fetched none".to_owned()),
        };
        match answer.and_then(|answer| trusted(answer, &runtime)) {
            Ok(faults) => {
                let found = handlers.into_iter().zip(faults);
                let problems = found.filter_map(|(handler, fault)| Some(handler.problem(&fault?)));
                checked.problems.extend(problems);
            }
            Err(why) => checked.notes.push(format!(
                "the syntax of handlers for `{runtime}` was not checked: {why}"
            )),
        }
    }
    checked
}

/// The files of handlers by language runtime, each file once.
fn handlers(application: &Application) -> BTreeMap<String, Vec<Handler>> {
    let disk = Disk(&application.folder);
    let mut handlers: BTreeMap<String, Vec<Handler>> = BTreeMap::new();
    for (name, task) in &application.manifest.tasks {
        let of_runtime = handlers.entry(task.runtime.clone()).or_default();
        let Some((path, text)) = handler_file(&disk, &task.source, &task.handler) else {
            continue;
        };
        if of_runtime.iter().all(|handler| handler.path != path) {
            of_runtime.push(Handler {
                task: name.clone(),
                kind: kind(&disk, &task.source, &path),
                path,
                text,
            });
        }
    }
    handlers
}

/// How Node.js reads a file of a task: by its end, else by the nearest `package.json` of the task.
fn kind(disk: &Disk<'_>, source: &str, path: &str) -> Kind {
    match Path::new(path).extension().and_then(OsStr::to_str) {
        Some("mjs") => return Kind::Module,
        Some("js") => {}
        _ => return Kind::Commonjs,
    }
    let mut folder = path;
    while let Some((above, _)) = folder.rsplit_once('/') {
        if let Some(text) = disk.text(&format!("{above}/package.json")) {
            let description: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            return match description["type"].as_str() {
                Some("module") => Kind::Module,
                Some("commonjs") => Kind::Commonjs,
                _ => Kind::Either,
            };
        }
        if above == source {
            break;
        }
        folder = above;
    }
    Kind::Either
}

/// Asks a Node.js about files, or says why it has no answer.
fn ask(node: &Path, root: &Path, handlers: &[Handler]) -> Result<Answer, String> {
    let failed = |error: std::io::Error| format!("`{}` cannot be run: {error}", node.display());
    let paths: Vec<_> = handlers
        .iter()
        .map(|handler| root.join(&handler.path))
        .collect();
    let kinds = handlers.iter().map(|handler| handler.kind);
    let questions: Vec<_> = paths
        .iter()
        .zip(kinds)
        .map(|(path, kind)| Question { path, kind })
        .collect();
    let mut child = Command::new(node)
        .args(["--no-warnings", "--experimental-vm-modules"])
        .args(["--input-type=module", "--eval", SCRIPT])
        .env_remove("NODE_OPTIONS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        let questions = serde_json::to_vec(&questions).unwrap_or_default();
        // One that ends early says why when it is waited for.
        let _ = input.write_all(&questions);
    }
    let output = child.wait_with_output().map_err(failed)?;
    serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said
            .lines()
            .find(|line| line.contains("Error"))
            .unwrap_or_default();
        format!(
            "`{}` gave no answer ({}) {said}",
            node.display(),
            output.status
        )
    })
}

/// The faults that a Node.js found, if it is not older than the language runtime.
fn trusted(answer: Answer, runtime: &str) -> Result<Vec<Option<Fault>>, String> {
    let major = |text: &str| {
        text.split('.')
            .next()
            .and_then(|major| major.parse::<u32>().ok())
    };
    let version = &answer.version;
    if major(version) >= major(runtime.trim_start_matches("nodejs")) {
        Ok(answer.faults)
    } else {
        Err(format!(
            "it takes that version or a newer one, and Node.js {version} is what is here"
        ))
    }
}

impl Handler {
    fn problem(self, fault: &Fault) -> Problems {
        let Self {
            task, path, text, ..
        } = self;
        let span = span(&text, fault);
        let text = Arc::new(SourceText {
            file: path.clone(),
            text,
        });
        let problem = Problem {
            severity: Severity::Error,
            code: "handler-syntax",
            message: format!(
                "the handler of task `{task}` is no JavaScript: {}",
                fault.message
            ),
            label: "here".to_owned(),
            help: "no function that carries the task would start: mend the file".to_owned(),
            place: text.place(span),
        };
        Problems::new(text, vec![problem])
    }
}

/// The bytes that a fault is about; what is missing at the end is missing after the last word.
fn span(text: &str, fault: &Fault) -> std::ops::Range<usize> {
    let lines = text.split_inclusive('\n');
    let before: usize = lines.take(fault.line.saturating_sub(1)).map(str::len).sum();
    let line = text[before..].lines().next().unwrap_or_default();
    let from = fault.column.saturating_sub(1);
    let start = before + bytes(line, from);
    let end = before + bytes(line, from + fault.length);
    start.min(text.trim_end().len())..end
}

/// How many bytes the first UTF-16 units of a line take.
fn bytes(line: &str, units: usize) -> usize {
    let mut left = units;
    let letters = line.chars().take_while(|letter| {
        let taken = left > 0;
        left = left.saturating_sub(letter.len_utf16());
        taken
    });
    letters.map(char::len_utf8).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_node_are_found_in_the_bytes() {
        let text = "é\n😀 const = 1;\n";
        let fault = Fault {
            message: String::new(),
            line: 2,
            column: 10,
            length: 1,
        };
        assert_eq!(&text[span(text, &fault)], "=");
        let beyond = Fault {
            line: 9,
            column: 99,
            ..fault
        };
        assert_eq!(span(text, &beyond).start, text.len() - 1);
    }

    #[test]
    fn only_a_node_that_knows_as_much_as_the_runtime_is_trusted() {
        let of = |version: &str| Answer {
            version: version.to_owned(),
            faults: vec![None],
        };
        assert!(trusted(of("22.1.0"), "nodejs22.x").is_ok());
        assert!(trusted(of("24.1.0"), "nodejs22.x").is_ok());
        assert!(trusted(of("20.1.0"), "nodejs22.x").is_err());
    }
}
