//! Invoking a function, as a client of the application would.

use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::types::InvocationType;
use aws_smithy_types::Blob;
use serde_json::Value;

use crate::connect::Clients;
use crate::error::Error;

/// What a synchronous invocation gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The version that ran.
    pub executed_version: Option<String>,
    /// What is wrong, if the function failed.
    pub error: Option<FunctionError>,
    /// The answer, or the error as the function gave it.
    pub payload: Vec<u8>,
}

/// An error of the function itself; the service did its part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// The error's type, e.g. `TypeError`, `Sandbox.Timedout`, `Runtime.ExitError`.
    pub kind: String,
    /// The error's message.
    pub message: String,
}

/// Invokes a function and waits for its answer. Sends the request once, whatever happens: what
/// a task does may not bear being done twice.
pub async fn invoke(
    clients: &Clients,
    name: &str,
    qualifier: Option<&str>,
    event: Vec<u8>,
) -> Result<Invocation, Error> {
    let answer = send(
        clients,
        name,
        qualifier,
        event,
        InvocationType::RequestResponse,
    )
    .await?;
    let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
    let error = answer.function_error.map(|_| FunctionError::read(&payload));
    Ok(Invocation {
        executed_version: answer.executed_version,
        error,
        payload,
    })
}

/// Puts an event into a function's queue.
pub async fn invoke_async(
    clients: &Clients,
    name: &str,
    qualifier: Option<&str>,
    event: Vec<u8>,
) -> Result<(), Error> {
    send(clients, name, qualifier, event, InvocationType::Event)
        .await
        .map(drop)
}

async fn send(
    clients: &Clients,
    name: &str,
    qualifier: Option<&str>,
    event: Vec<u8>,
    kind: InvocationType,
) -> Result<InvokeOutput, Error> {
    let once = aws_sdk_lambda::config::Builder::new().retry_config(RetryConfig::disabled());
    let call = clients
        .lambda
        .invoke()
        .function_name(name)
        .set_qualifier(qualifier.map(str::to_owned))
        .invocation_type(kind)
        .payload(Blob::new(event));
    let subject = qualifier.map_or_else(|| name.to_owned(), |alias| format!("{name}:{alias}"));
    let answer = call.customize().config_override(once).send().await;
    answer.map_err(|error| Error::sdk("Invoke", subject, &error))
}

impl FunctionError {
    /// Reads the error payload of any language runtime.
    fn read(payload: &[u8]) -> Self {
        let value: Value = serde_json::from_slice(payload).unwrap_or_default();
        let text = |member: &str| value.get(member).and_then(Value::as_str).map(str::to_owned);
        Self {
            kind: text("errorType").unwrap_or_else(|| "Error".to_owned()),
            message: text("errorMessage")
                .unwrap_or_else(|| String::from_utf8_lossy(payload).into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_all_shapes_are_read() {
        let error = FunctionError::read(br#"{"errorType":"TypeError","errorMessage":"x is null"}"#);
        assert_eq!(
            (error.kind.as_str(), error.message.as_str()),
            ("TypeError", "x is null")
        );
        let old = FunctionError::read(br#"{"errorMessage":"Task timed out after 1.00 seconds"}"#);
        assert_eq!(old.kind, "Error");
        assert_eq!(FunctionError::read(b"what?").message, "what?");
    }
}
