//! What requests go to: the function that a name on the command line stands for, and what is said
//! where it is not there, or answers with an error.

use fusion_cloud::functions::FunctionError;
use fusion_cloud::{Error, Kind};
use fusion_generator::manifest::FILE_NAME;

use crate::application::Application;
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// The alias that callers use of an application that nothing more is known of.
const USUAL_ALIAS: &str = "live";

/// A function at an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The function's name.
    pub function: String,
    /// The alias or version.
    pub alias: String,
    /// What the application around says of a name that is none of its tasks'.
    advice: Option<String>,
}

impl Target {
    /// Function and alias of a task, where the name is one of the application around; else the
    /// name itself and the usual alias. `asked` overrides the alias.
    pub fn named(name: &str, asked: Option<&str>) -> Self {
        let application = match Application::around() {
            Some(Err(_)) => {
                Output::note(&format!(
                    "note: `{FILE_NAME}` has problems (`fusionize validate` tells them), so `{name}` \
                     is taken for the name of a function"
                ));
                None
            }
            found => found.and_then(Result::ok),
        };
        Self::of(application.as_ref(), name, asked)
    }

    fn of(application: Option<&Application>, name: &str, asked: Option<&str>) -> Self {
        let manifest = application.map(|application| &application.manifest);
        let alias = asked
            .or_else(|| manifest.map(|manifest| manifest.alias.as_str()))
            .unwrap_or(USUAL_ALIAS);
        let task = manifest.and_then(|manifest| {
            let mut tasks = manifest.tasks.iter();
            tasks.find(|(task, _)| task.as_str() == name)
        });
        let advice = manifest.filter(|_| task.is_none()).map(|manifest| {
            let (application, advice) = (&manifest.application, manifest.did_you_mean(name));
            format!("`{name}` is no task of the application `{application}` either: {advice}")
        });
        Self {
            function: task
                .map_or(name, |(_, task)| &task.function_name)
                .to_owned(),
            alias: alias.to_owned(),
            advice,
        }
    }

    /// Says why AWS, which requests reach at `endpoint`, did not take one.
    pub fn refused(&self, endpoint: &str, error: Error) -> Failure {
        let (function, alias) = (&self.function, &self.alias);
        match (error.kind, &self.advice) {
            (Kind::NotFound, advice) => {
                let what = format!("there is no function `{function}` with the alias `{alias}`");
                let failure = Failure::new(Exit::Cloud, what).because(&error.reason);
                failure.hint(advice.as_deref().unwrap_or(
                    "apply the stack first, or give another `--alias`, `--region` or `--endpoint`",
                ))
            }
            (Kind::Unreachable | Kind::Timeout, _) => Failure {
                what: format!("`{endpoint}` cannot be reached"),
                ..Failure::from(error)
            },
            _ => Failure::from(error),
        }
    }

    /// Says what the function did instead of answering.
    pub fn failed(&self, error: &FunctionError) -> Failure {
        let FunctionError { kind, message } = error;
        let ending = Ending::of(kind, message);
        let (what, hint) = ending.told();
        let why = match ending {
            // Lambda's own words say it all.
            Ending::Exit | Ending::Timeout => message.clone(),
            _ => format!("{kind}: {message}"),
        };
        Failure::new(Exit::Function, format!("`{}` {what}", self.function))
            .because(why)
            .hint(hint)
    }
}

/// How an invocation ends without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Exit,
    NoJson,
    Rejection,
    Start,
    Thrown,
    Timeout,
    TooLarge,
}

/// Errors of a function that never came to run.
const OF_START: [&str; 6] = [
    "Runtime.CallbackHandlerDeprecated",
    "Runtime.HandlerNotFound",
    "Runtime.ImportModuleError",
    "Runtime.InvalidEntrypoint",
    "Runtime.MalformedHandlerName",
    "Runtime.UserCodeSyntaxError",
];

impl Ending {
    /// Of an error that Lambda reports.
    fn of(kind: &str, message: &str) -> Self {
        match kind {
            "Sandbox.Timedout" => Self::Timeout,
            // Lambda has two forms of it, one of them without a type.
            "Error" if message.contains("Task timed out") => Self::Timeout,
            "Runtime.ExitError" => Self::Exit,
            "Runtime.UnhandledPromiseRejection" => Self::Rejection,
            "Runtime.JSONStringifyError" => Self::NoJson,
            "Error" if message == "Unable to stringify response body" => Self::NoJson,
            "Function.ResponseSizeTooLarge" => Self::TooLarge,
            kind if OF_START.contains(&kind) => Self::Start,
            _ => Self::Thrown,
        }
    }

    /// What the function did, and how to mend it.
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Exit => (
                "ended without an answer",
                "a task must not exit the process; look at its log for what it wrote last",
            ),
            Self::NoJson => (
                "gave an answer that is no JSON",
                "return what JSON can hold: no circles, functions or BigInts",
            ),
            Self::Rejection => (
                "ended because nobody caught a rejected promise",
                "await every promise that a task makes, or catch what it is rejected with",
            ),
            Self::Start => (
                "could not be started",
                "check the handler and what its file imports",
            ),
            Self::Thrown => ("threw an error", "the function's log has the stack"),
            Self::Timeout => (
                "did not answer in time",
                "look at what it waits for, or raise the task's `timeout_seconds`",
            ),
            Self::TooLarge => (
                "gave an answer that is too large",
                "return less, or where the rest is to be found",
            ),
        }
    }
}
