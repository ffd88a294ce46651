//! Invoke: synchronous, asynchronous, and the test of it.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::execution::invocation::Invocation;
use crate::lambda::Lambda;
use crate::lambda::check::Violations;
use crate::lambda::error::ApiError;
use crate::lambda::invoker::{Executed, Order};
use crate::lambda::names::{Purpose, Reference};
use crate::lambda::request::{Answer, Call, empty};

/// The largest event of a synchronous invocation.
const MAX_SYNC_BYTES: usize = 6_291_456;
/// The largest event of an asynchronous one.
const MAX_ASYNC_BYTES: usize = 1_048_576;
/// The longest client context, decoded.
const MAX_CONTEXT_BYTES: usize = 3583;

/// Invokes a function.
pub async fn invoke(lambda: &Arc<Lambda>, call: &Call, name: &str) -> Answer {
    let target = Reference::parse(name, call.parameter("Qualifier"), Purpose::Use)?;
    let kind = kind(call)?;
    check_size(call.body.len(), kind)?;
    let order = Order {
        invocation: invocation(call, &target)?,
        target,
    };
    match kind {
        Kind::DryRun => {
            lambda.check_target(&order.target)?;
            empty(StatusCode::NO_CONTENT)
        }
        Kind::Event => {
            lambda.check_target(&order.target)?;
            lambda.enqueue(order)?;
            empty(StatusCode::ACCEPTED)
        }
        Kind::RequestResponse => lambda.execute(order).await.map(executed),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    RequestResponse,
    Event,
    DryRun,
}

fn kind(call: &Call) -> Result<Kind, ApiError> {
    let mut violations = Violations::default();
    let kind = match call.header("x-amz-invocation-type") {
        None | Some("" | "RequestResponse") => Kind::RequestResponse,
        Some("Event") => Kind::Event,
        Some("DryRun") => Kind::DryRun,
        Some(other) => {
            violations.one_of(
                "invocationType",
                other,
                &["Event", "RequestResponse", "DryRun"],
            );
            Kind::DryRun
        }
    };
    if let Some(other) = call
        .header("x-amz-log-type")
        .filter(|one| !["", "None", "Tail"].contains(one))
    {
        violations.one_of("logType", other, &["None", "Tail"]);
    }
    violations.into_result().map(|()| kind)
}

fn check_size(bytes: usize, kind: Kind) -> Result<(), ApiError> {
    if kind == Kind::Event && bytes > MAX_ASYNC_BYTES {
        return Err(ApiError::too_large(format!(
            "{bytes} byte payload is too large for the Event invocation type (limit \
             {MAX_ASYNC_BYTES} bytes)"
        )));
    }
    if bytes > MAX_SYNC_BYTES {
        return Err(ApiError::too_large(format!(
            "Request must be smaller than {MAX_SYNC_BYTES} bytes for the InvokeFunction operation"
        )));
    }
    Ok(())
}

fn invocation(call: &Call, target: &Reference) -> Result<Invocation, ApiError> {
    let event = if call.body.is_empty() {
        Bytes::from_static(b"{}")
    } else {
        call.body.clone()
    };
    serde_json::from_slice::<serde::de::IgnoredAny>(&event)
        .map_err(|error| ApiError::not_json(&error.to_string()))?;
    Ok(Invocation {
        request_id: call.id.clone(),
        event,
        invoked_arn: target.arn(),
        client_context: client_context(call)?,
        trace: call.header("x-amzn-trace-id").map(str::to_owned),
        tail: call.header("x-amz-log-type") == Some("Tail"),
    })
}

fn client_context(call: &Call) -> Result<Option<String>, ApiError> {
    let Some(encoded) = call.header("x-amz-client-context") else {
        return Ok(None);
    };
    let decoded = STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let text = decoded.filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
    match text {
        Some(text) if text.len() <= MAX_CONTEXT_BYTES => {
            // It travels in a header: without line breaks and other controls, as compact JSON.
            let value: serde_json::Value = serde_json::from_str(&text)
                .map_err(|error| ApiError::not_json(&error.to_string()))?;
            Ok(Some(ascii(&value.to_string())))
        }
        Some(_) => Err(ApiError::too_large(format!(
            "The client context must be at most {MAX_CONTEXT_BYTES} bytes"
        ))),
        None => Err(ApiError::not_json(
            "the client context is not base64 of JSON",
        )),
    }
}

/// JSON with everything beyond ASCII escaped.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing to a text does not fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

fn executed(executed: Executed) -> Response<Bytes> {
    let Executed { version, outcome } = executed;
    let mut response = Response::new(outcome.payload);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-amz-executed-version", &version);
    if outcome.failed {
        set("x-amz-function-error", "Unhandled");
    }
    if let Some(tail) = outcome.log_tail {
        set("x-amz-log-result", &STANDARD.encode(tail));
    }
    response
}
