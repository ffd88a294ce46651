//! What a case of the matrix is: an application, and steps as data.
//!
//! Owns the words in which `cases/*.toml` are written. What they do is `run`'s business.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use fusion_acceptance::faults::Fault;
use serde::Deserialize;
use serde_json::Value;

/// The entrypoint of the application of every case.
pub const ENTRYPOINT: &str = "pair-front";

/// A file of cases: those of one subject.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// One case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name in the table and in the test run, such as `second plan is empty`.
    pub name: String,
    /// Whether it is a part of every `make test`, and not of `make matrix` alone.
    #[serde(default)]
    pub always: bool,
    /// What it does, one after the other.
    pub step: Vec<Step>,
}

/// What a command of the host must and must not do.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Further arguments.
    #[serde(default)]
    pub with: Vec<String>,
    /// Its exit code.
    #[serde(default)]
    pub exit: i32,
    /// What its output has to contain; line breaks and frames count as one space.
    #[serde(default)]
    pub says: Vec<String>,
    /// What its output must not contain.
    #[serde(default)]
    pub never_says: Vec<String>,
    /// How many requests may change something in Lambda.
    #[serde(default)]
    pub writes: Option<usize>,
}

/// Requests, each of which has to be answered with its order's price.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requests {
    /// Whom they go to.
    #[serde(default = "entrypoint")]
    pub function: String,
    /// How many.
    pub count: usize,
    /// Requests a second.
    #[serde(default = "ten")]
    pub rate: f64,
    /// How the price is asked for: `now` or `later`.
    #[serde(default = "now")]
    pub mode: String,
    /// How it is answered, where a source does otherwise than it is asked.
    #[serde(default)]
    pub answer: Option<String>,
    /// What one piece costs.
    #[serde(default = "two")]
    pub price: u64,
}

fn entrypoint() -> String {
    ENTRYPOINT.to_owned()
}

fn app() -> String {
    "app".to_owned()
}

fn stack() -> String {
    "stack".to_owned()
}

fn ten() -> f64 {
    10.0
}

fn now() -> String {
    "now".to_owned()
}

fn two() -> u64 {
    2
}

/// What the state has to say of the setup.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Its notation.
    #[serde(default)]
    pub notation: Option<String>,
    /// A part of the notation.
    #[serde(default)]
    pub contains: Option<String>,
    /// How it came about.
    #[serde(default)]
    pub phase: Option<String>,
    /// Counts setups.
    #[serde(default)]
    pub generation: Option<u64>,
    /// The name of a setup that was kept, which it has to equal.
    #[serde(default)]
    pub same_as: Option<String>,
    /// A name by which later steps know it.
    #[serde(default)]
    pub keep_as: Option<String>,
}

/// One step.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// `apply -auto-approve`.
    Apply(Command),
    /// `plan -detailed-exitcode`.
    Plan(Command),
    /// `destroy -auto-approve`.
    Destroy(Command),
    /// Any other command of the host, in `with`.
    Run(Command),
    /// Replaces a text in a file of the working copy.
    Edit {
        /// The file.
        file: String,
        /// What stands there.
        from: String,
        /// What is to stand there.
        to: String,
    },
    /// Writes a file of the working copy.
    Write {
        /// The file.
        file: String,
        /// Its content.
        text: String,
    },
    /// Removes a file or a folder of the working copy.
    Remove(String),
    /// Copies a folder of the working copy.
    CopyFolder {
        /// The folder.
        from: String,
        /// Where its copy goes.
        to: String,
    },
    /// Adds so many tasks that nobody calls.
    Tasks(usize),
    /// Looks at another application and another stack of the working copy from now on.
    Enter {
        /// The application's folder.
        #[serde(default = "app")]
        app: String,
        /// The stack's folder.
        #[serde(default = "stack")]
        stack: String,
    },
    /// Generates the module anew and initialises the stack.
    Generate {},
    /// Goes on in a copy of the working copy, state included.
    Copy(String),
    /// Goes on under the other host.
    OtherHost {},
    /// Sends requests and waits until their measurements are written.
    Requests(Requests),
    /// Sends requests until `answered`.
    Load {},
    /// Every request of the load was answered.
    Answered {},
    /// Waits for the next whole minute.
    Minute {},
    /// The setup in the state.
    Setup(Expected),
    /// By function: how many versions are published.
    Versions(BTreeMap<String, usize>),
    /// By function: the memory of what `live` serves, in MB; 0 where the function is gone.
    Serves(BTreeMap<String, i32>),
    /// Something fails from now on.
    Fault(Fault),
    /// Nothing fails any more.
    Mend {},
    /// Somebody changes something in Lambda without the host.
    ByHand(Hand),
}

/// What somebody does without the host.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Hand {
    /// Deletes a function.
    DeleteFunction(String),
    /// Deletes a function's `live`.
    DeleteAlias(String),
    /// Points a function's `live` to another version.
    MoveAlias(String, String),
    /// Deletes a version.
    DeleteVersion(String, String),
    /// Changes the memory of a function's `$LATEST`, in MB.
    SetMemory(String, i32),
    /// Changes the memory, publishes, and points `live` to it.
    Publish(String, i32),
    /// Creates a function that is nobody's.
    CreateFunction(String),
}

/// All cases of a folder, each with its file's subject, in the order of their names.
pub fn load(folder: &Path) -> Result<Vec<(String, Case)>> {
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let mut cases = Vec::new();
    for file in files {
        let path = file.path();
        let text = fs::read_to_string(&path)?;
        let read: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
        let subject = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        cases.extend(read.case.into_iter().map(|case| (subject.clone(), case)));
    }
    Ok(cases)
}

/// The event of a request.
pub fn event(requests: &Requests, order: usize) -> Value {
    serde_json::json!({ "order": order, "mode": requests.mode })
}
