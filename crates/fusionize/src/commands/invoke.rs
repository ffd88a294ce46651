//! `fusionize invoke`: one event to one task.

use clap::Args;
use fusion_cloud::{Clients, functions};
use serde_json::{Value, json};

use crate::endpoint::EndpointArgs;
use crate::event;
use crate::failure::Failure;
use crate::output::Output;
use crate::target::Target;

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
    let clients = arguments.endpoint.connect().await?;
    let endpoint = arguments.endpoint.shown(&clients);
    let target = Target::named(&arguments.function, arguments.alias.as_deref());
    let function = &target.function;
    if arguments.asynchronous {
        let sent = functions::invoke_async(&clients, function, Some(&target.alias), event).await;
        sent.map_err(|error| target.refused(&endpoint, error))?;
        let text = format!("`{function}` has the event in its queue");
        output.result(&json!({ "function": function, "queued": true }), &text);
        return Ok(());
    }
    let progress = output.progress(format!("Invoking `{function}`"), None);
    let answer = invoke(&clients, &target, &endpoint, event).await;
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

async fn invoke(
    clients: &Clients,
    target: &Target,
    endpoint: &str,
    event: Vec<u8>,
) -> Result<(Option<String>, Vec<u8>), Failure> {
    let answer = functions::invoke(clients, &target.function, Some(&target.alias), event).await;
    let answer = answer.map_err(|error| target.refused(endpoint, error))?;
    match answer.error {
        Some(error) => Err(target.failed(&error)),
        None => Ok((answer.executed_version, answer.payload)),
    }
}
