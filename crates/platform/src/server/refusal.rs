//! Refusals before a service is reached, in the form of the protocol that the client speaks.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::signature::Refusal;

/// A request without an acceptable signature: 403.
pub fn unauthorized(request: &Parts, refusal: Refusal) -> Response<Bytes> {
    let (code, message) = (refusal.code(), refusal.to_string());
    let header = |name: &str| {
        request
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let content = header("content-type").unwrap_or_default();
    let (body, content_type) = if header("smithy-protocol").is_some() {
        let mut body = Vec::new();
        let text = json!({ "__type": code, "message": message });
        // Writing to memory does not fail, and an empty body would still bear the header.
        let _ = ciborium::into_writer(&text, &mut body);
        (Bytes::from(body), "application/cbor")
    } else if content.starts_with("application/x-www-form-urlencoded") {
        (Bytes::from(query_error(refusal, &message)), "text/xml")
    } else if let Some(_target) = header("x-amz-target") {
        let body = json!({ "__type": code, "message": message }).to_string();
        let version = if content.ends_with("1.1") {
            "1.1"
        } else {
            "1.0"
        };
        let content_type = if version == "1.1" {
            "application/x-amz-json-1.1"
        } else {
            "application/x-amz-json-1.0"
        };
        (Bytes::from(body), content_type)
    } else {
        (
            Bytes::from(json!({ "message": message }).to_string()),
            "application/json",
        )
    };
    let mut response = plain(StatusCode::FORBIDDEN, body, content_type);
    let headers = response.headers_mut();
    headers.insert("x-amzn-ErrorType", HeaderValue::from_static(code));
    if header("smithy-protocol").is_some() {
        headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    }
    response
}

/// The older protocols have other names for the same.
fn query_error(refusal: Refusal, message: &str) -> String {
    let code = match refusal {
        Refusal::Missing => "MissingAuthenticationToken",
        Refusal::Incomplete => "IncompleteSignature",
        Refusal::Unknown => "InvalidClientTokenId",
        Refusal::Wrong | Refusal::Expired => "SignatureDoesNotMatch",
    };
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{}</Message></Error>\
         </ErrorResponse>",
        quick_xml::escape::escape(message)
    )
}

/// A request for a host that is not this machine: what a browser sends on behalf of a page.
pub fn foreign_host() -> Response<Bytes> {
    let text = "The platform answers requests to 127.0.0.1 and localhost only\n";
    plain(
        StatusCode::FORBIDDEN,
        Bytes::from_static(text.as_bytes()),
        "text/plain",
    )
}

/// A request that is too large for any service.
pub fn too_large() -> Response<Bytes> {
    let body = Bytes::from_static(b"{\"message\":\"Request Entity Too Large\"}");
    let mut response = plain(StatusCode::PAYLOAD_TOO_LARGE, body, "application/json");
    let code = HeaderValue::from_static("RequestEntityTooLargeException");
    response.headers_mut().insert("x-amzn-ErrorType", code);
    response
}

/// A request whose body does not come to its end. Clients try again after this code.
pub fn too_slow() -> Response<Bytes> {
    let body = Bytes::from_static(b"{\"message\":\"The request took too long to arrive\"}");
    let mut response = plain(StatusCode::REQUEST_TIMEOUT, body, "application/json");
    let code = HeaderValue::from_static("RequestTimeoutException");
    response.headers_mut().insert("x-amzn-ErrorType", code);
    response
}

/// A request that ended early.
pub fn unreadable() -> Response<Bytes> {
    let body = Bytes::from_static(b"{\"message\":\"The request could not be read\"}");
    plain(StatusCode::BAD_REQUEST, body, "application/json")
}

/// A response with a body.
pub fn plain(status: StatusCode, body: Bytes, content_type: &'static str) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
