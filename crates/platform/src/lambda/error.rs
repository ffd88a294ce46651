//! Refusals of the Lambda API in their wire form.

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value};

/// An answer other than success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    status: u16,
    code: &'static str,
    message: Option<String>,
    /// Whether the text stands at `Message`: it differs by exception.
    capital: bool,
    /// Whether the body says `Type: User`.
    typed: bool,
    reason: Option<&'static str>,
}

impl ApiError {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        let message = Some(message.into());
        Self {
            status,
            code,
            message,
            capital: false,
            typed: true,
            reason: None,
        }
    }

    /// 404: what was named does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self {
            capital: true,
            ..Self::new(404, "ResourceNotFoundException", message)
        }
    }

    /// 400: a value that cannot be.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidParameterValueException", message)
    }

    /// 400 by the checks of routing and concurrency, whose bodies lack `Type`.
    pub fn invalid_untyped(message: impl Into<String>) -> Self {
        Self {
            typed: false,
            ..Self::invalid(message)
        }
    }

    /// 400: a request that does not have the operation's shape.
    pub fn validation(message: impl Into<String>) -> Self {
        Self {
            typed: false,
            ..Self::new(400, "ValidationException", message)
        }
    }

    /// 409: the resource exists, or is in a state that forbids the operation.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "ResourceConflictException", message)
    }

    /// 412: a revision id that is no longer the latest.
    pub fn stale_revision() -> Self {
        let message = "The Revision Id provided does not match the latest Revision Id. Call the \
                       GetFunction/GetAlias API to retrieve the latest Revision Id";
        Self::new(412, "PreconditionFailedException", message)
    }

    /// 413: a request above a limit.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self {
            typed: false,
            ..Self::new(413, "RequestEntityTooLargeException", message)
        }
    }

    /// 400: a payload that is not JSON.
    pub fn not_json(cause: &str) -> Self {
        let message = format!(
            "Could not parse request body into json: Could not parse payload into json: {cause}"
        );
        Self::new(400, "InvalidRequestContentException", message)
    }

    /// 400: a body of an operation that is not JSON.
    pub fn not_an_object(cause: &str) -> Self {
        Self {
            typed: false,
            ..Self::new(400, "SerializationException", cause)
        }
    }

    /// 429: no concurrency is left. `reason` is one of the service's words.
    pub fn throttled(reason: &'static str) -> Self {
        let error = Self::new(429, "TooManyRequestsException", "Rate Exceeded.");
        Self {
            reason: Some(reason),
            ..error
        }
    }

    /// 403: not ours.
    pub fn denied() -> Self {
        let error = Self::new(403, "AccessDeniedException", "");
        Self {
            message: None,
            capital: true,
            typed: false,
            ..error
        }
    }

    /// 404: an operation that the service, or this endpoint, does not have.
    pub fn unknown_operation(what: &str) -> Self {
        let message = format!("The platform has no operation {what}");
        Self {
            typed: false,
            capital: true,
            ..Self::new(404, "UnknownOperationException", message)
        }
    }

    /// 500: the host failed the platform.
    pub fn failure(message: impl Into<String>) -> Self {
        Self {
            capital: true,
            typed: false,
            ..Self::new(500, "ServiceException", message)
        }
    }

    /// The exception's name.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The response as clients expect it; the request id is added by the server.
    pub fn into_response(self) -> Response<Bytes> {
        let mut body = Map::new();
        if let Some(reason) = self.reason {
            body.insert("Reason".into(), reason.into());
        }
        if self.typed {
            body.insert("Type".into(), "User".into());
        }
        let key = if self.capital { "Message" } else { "message" };
        body.insert(key.into(), self.message.map_or(Value::Null, Value::String));
        let mut response = Response::new(Bytes::from(Value::Object(body).to_string()));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert("x-amzn-ErrorType", HeaderValue::from_static(self.code));
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if self.reason.is_some() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}: {}",
            self.code,
            self.message.as_deref().unwrap_or("(no text)")
        )
    }
}

impl std::error::Error for ApiError {}
