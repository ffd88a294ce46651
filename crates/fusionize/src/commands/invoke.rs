//! `fusionize invoke`: one event to one task.

use clap::Args;
use fusion_cloud::functions::{self, FunctionError};
use fusion_cloud::{Clients, Kind};
use serde_json::{Value, json};

use crate::application::Application;
use crate::endpoint::EndpointArgs;
use crate::event;
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Arguments of `invoke`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A function's name, or a task's inside of its application's folder
    function: String,
    /// The event: JSON, `@file`, or `@-` for standard input
    #[arg(long, short, default_value = "{}", allow_hyphen_values = true)]
    event: String,
    /// Put the event into the function's queue, and do not wait for it
    #[arg(long = "async")]
    asynchronous: bool,
    /// The alias or version to invoke; by default the application's alias
    #[arg(long)]
    alias: Option<String>,
    #[command(flatten)]
    endpoint: EndpointArgs,
}

/// Sends the event, and prints the answer.
pub async fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let event = event::read(&arguments.event)?;
    let (function, alias) = named(&arguments.function, arguments.alias.as_deref());
    let clients = arguments.endpoint.connect().await?;
    let endpoint = arguments.endpoint.shown(&clients);
    let target = Target {
        function: &function,
        alias: &alias,
        endpoint,
    };
    if arguments.asynchronous {
        let sent = functions::invoke_async(&clients, &function, Some(&alias), event).await;
        sent.map_err(|error| target.refused(error))?;
        let text = format!("`{function}` has the event in its queue");
        output.result(&json!({ "function": function, "queued": true }), &text);
        return Ok(());
    }
    let progress = output.progress(format!("Invoking `{function}`"), None);
    let answer = invoke(&clients, &target, event).await;
    drop(progress);
    let (version, payload) = answer?;
    let value: Value = serde_json::from_slice(&payload)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&payload).into_owned()));
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    output.result(
        &json!({ "function": function, "version": version, "answer": value }),
        &text,
    );
    Ok(())
}

/// The alias that callers use of an application that nothing more is known of.
const USUAL_ALIAS: &str = "live";

/// Function and alias of a task, where the name is one of the application around; else the name
/// itself and the usual alias. `asked` overrides the alias.
pub fn named(name: &str, asked: Option<&str>) -> (String, String) {
    let application = Application::around();
    let manifest = application
        .as_ref()
        .map(|application| &application.manifest);
    let alias = asked
        .or_else(|| manifest.map(|manifest| manifest.alias.as_str()))
        .unwrap_or(USUAL_ALIAS);
    let task = manifest.and_then(|manifest| {
        let mut tasks = manifest.tasks.iter();
        tasks.find(|(task, _)| task.as_str() == name)
    });
    let function = task.map_or(name, |(_, task)| &task.function_name);
    (function.to_owned(), alias.to_owned())
}

async fn invoke(
    clients: &Clients,
    target: &Target<'_>,
    event: Vec<u8>,
) -> Result<(Option<String>, Vec<u8>), Failure> {
    let answer = functions::invoke(clients, target.function, Some(target.alias), event).await;
    let answer = answer.map_err(|error| target.refused(error))?;
    match answer.error {
        Some(error) => Err(failed(target.function, &error)),
        None => Ok((answer.executed_version, answer.payload)),
    }
}

/// Where a request goes.
struct Target<'a> {
    function: &'a str,
    alias: &'a str,
    endpoint: String,
}

impl Target<'_> {
    fn refused(&self, error: fusion_cloud::Error) -> Failure {
        let Self {
            function,
            alias,
            endpoint,
        } = self;
        match error.kind {
            Kind::NotFound => {
                let what = format!("there is no function `{function}` with the alias `{alias}`");
                Failure::new(Exit::Cloud, what).because(&error.reason).hint(
                    "apply the stack first, or give the function's name, alias, region and endpoint",
                )
            }
            Kind::Unreachable | Kind::Timeout => {
                Failure::new(Exit::Cloud, format!("`{endpoint}` cannot be reached"))
                    .because(&error.reason)
                    .hint(error.hint())
            }
            _ => Failure::from(error),
        }
    }
}

/// An error of the function: thrown, out of time, or ended without an answer.
pub fn failed(function: &str, error: &FunctionError) -> Failure {
    let FunctionError { kind, message } = error;
    let failure = |what: String| Failure::new(Exit::Function, what);
    // Lambda has two forms of it, one of them without a type.
    let is_timeout =
        kind == "Sandbox.Timedout" || kind == "Error" && message.contains("Task timed out");
    match kind.as_str() {
        _ if is_timeout => failure(format!("`{function}` did not answer in time"))
            .because(message)
            .hint("look at what it waits for, or raise the task's `timeout_seconds`"),
        "Runtime.ExitError" => failure(format!("`{function}` ended without an answer"))
            .because(message)
            .hint("a task must not exit the process; look at its log for what it wrote last"),
        kind if kind.starts_with("Runtime.") => {
            failure(format!("`{function}` could not be started"))
                .because(format!("{kind}: {message}"))
                .hint("check the handler and what its file imports")
        }
        kind => failure(format!("`{function}` threw an error"))
            .because(format!("{kind}: {message}"))
            .hint("the function's log has the stack"),
    }
}
