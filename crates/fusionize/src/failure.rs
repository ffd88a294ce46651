//! What a command ends with when it does not succeed: an exit code, and for people what went
//! wrong, why, and how to mend it.

use fusion_generator::Problems;
use serde_json::{Value, json};

/// Exit codes. They are part of the interface: scripts rely on them.
///
/// 0 is success and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 1: the command did its work, and it failed.
    Failed,
    /// 2: the arguments, the manifest, an event or a notation are wrong.
    Input,
    /// 3: what is there already stands in the way; nothing was changed.
    State,
    /// 4: AWS, or the platform in its place, was not reached or refused.
    Cloud,
    /// 5: a function answered with an error.
    Function,
    /// 130: interrupted, as shells report it.
    Interrupted,
}

/// The exit codes, for `--help`.
pub const EXIT_CODES: &str = "Exit codes:
  0    success
  1    the work failed
  2    wrong arguments, manifest, event or notation
  3    what is there already stands in the way; nothing was changed
  4    AWS, or the platform in its place, was not reached or refused
  5    a function answered with an error
  130  interrupted";

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Input => 2,
            Self::State => 3,
            Self::Cloud => 4,
            Self::Function => 5,
            Self::Interrupted => 130,
        }
    }

    /// The code's name in JSON.
    fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Input => "input",
            Self::State => "state",
            Self::Cloud => "cloud",
            Self::Function => "function",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A command that did not succeed.
#[derive(Debug)]
pub struct Failure {
    /// What the process ends with.
    pub exit: Exit,
    /// What went wrong, as a phrase without a full stop.
    pub what: String,
    /// Why, from the outside in.
    pub why: Vec<String>,
    /// How to mend it.
    pub hint: Option<String>,
    /// Problems with places in the manifest or in code, by file.
    pub problems: Vec<Problems>,
}

impl Failure {
    /// A failure without reasons so far.
    pub fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self {
            exit,
            what: what.into(),
            why: Vec::new(),
            hint: None,
            problems: Vec::new(),
        }
    }

    /// Adds a reason.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "takes errors and texts alike"
    )]
    pub fn because(mut self, why: impl ToString) -> Self {
        self.why.push(why.to_string());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// For scripts.
    pub fn to_json(&self) -> Value {
        let places: Vec<_> = self
            .problems
            .iter()
            .flat_map(|file| &file.problems)
            .collect();
        json!({ "error": {
            "exit_code": self.exit.code(),
            "kind": self.exit.name(),
            "what": self.what,
            "why": self.why,
            "hint": self.hint,
            "problems": (!places.is_empty()).then_some(places),
        }})
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        let failure = Self::new(Exit::Input, problems.to_string());
        Self {
            problems: vec![problems],
            ..failure
        }
    }
}

impl From<Vec<Problems>> for Failure {
    fn from(problems: Vec<Problems>) -> Self {
        let what = match problems.as_slice() {
            [only] => only.to_string(),
            files => format!("{} files have problems", files.len()),
        };
        Self {
            problems,
            ..Self::new(Exit::Input, what)
        }
    }
}

impl From<fusion_packaging::Error> for Failure {
    fn from(error: fusion_packaging::Error) -> Self {
        use fusion_packaging::Error::{Io, RuntimeChanged, SourceChanged};
        let exit = match error {
            SourceChanged { .. } | RuntimeChanged { .. } => Exit::State,
            Io { .. } => Exit::Failed,
            _ => Exit::Input,
        };
        let failure = Self::new(exit, error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<fusion_cloud::Error> for Failure {
    fn from(error: fusion_cloud::Error) -> Self {
        Self::new(Exit::Cloud, error.what())
            .because(&error.reason)
            .hint(cloud_hint(error.kind).unwrap_or(error.hint()))
    }
}

/// How to mend what AWS says, where arguments of the command line or the platform help.
fn cloud_hint(kind: fusion_cloud::Kind) -> Option<&'static str> {
    use fusion_cloud::Kind::{Configuration, Denied, Invalid, NoCredentials, Unreachable};
    Some(match kind {
        Unreachable => {
            "start the platform with `fusionize local` in another terminal, and paste here the lines \
             that it prints; for AWS, check the network, `--region` and `--endpoint`"
        }
        NoCredentials => {
            "paste the lines that `fusionize local` prints in another terminal; for AWS, name a \
             `--profile`, or set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`"
        }
        Denied => {
            "paste the lines of the `fusionize local` that runs now: without `--data` every start \
             makes another access key; for AWS, check the credentials (`aws sts get-caller-identity`) \
             and what their policies allow"
        }
        Invalid => "change the event, or the arguments, as the message says",
        Configuration => {
            "name a `--region`, set `AWS_REGION`, or paste the lines that `fusionize local` prints"
        }
        _ => return None,
    })
}
