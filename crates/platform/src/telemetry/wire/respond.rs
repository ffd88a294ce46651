//! Answers: status, headers and body in the form of the request.

use super::error::ApiError;
use super::route::Form;
use super::value::{Structure, Value};
use super::{Protocol, Service, cbor, json, xml};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use uuid::Uuid;

/// This case is the one that AWS writes.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The answer of an operation that succeeded.
pub fn success(form: &Form, output: &Structure) -> Response<Bytes> {
    let request_id = Uuid::new_v4().to_string();
    let body = match form.protocol {
        // Operations without output answer with an empty body in this form.
        Protocol::Cbor if output.members().is_empty() => Vec::new(),
        Protocol::Cbor => cbor::encode(output),
        Protocol::Json => json::encode(output),
        Protocol::Query => xml::encode(&form.operation, output, &request_id).into_bytes(),
    };
    response(form, StatusCode::OK, &request_id, body)
}

/// The answer of a request that failed.
pub fn failure(form: &Form, error: &ApiError) -> Response<Bytes> {
    let request_id = Uuid::new_v4().to_string();
    let codes = error.kind.codes();
    let status = StatusCode::from_u16(codes.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match form.protocol {
        Protocol::Cbor => cbor::encode(&error_body(form.service, error)),
        Protocol::Json => json::encode(&error_body(form.service, error)),
        Protocol::Query => xml::encode_error(error, &request_id).into_bytes(),
    };
    let mut response = response(form, status, &request_id, body);
    if form.query_mode && form.service == Service::CloudWatch {
        let side = if status.is_server_error() {
            "Receiver"
        } else {
            "Sender"
        };
        // Codes are plain ASCII, so this cannot fail; a client without the header still has `__type`.
        if let Ok(value) = HeaderValue::from_str(&format!("{};{side}", codes.query)) {
            response.headers_mut().insert("x-amzn-query-error", value);
        }
    }
    response
}

fn error_body(service: Service, error: &ApiError) -> Structure {
    let codes = error.kind.codes();
    let shape = match service {
        Service::CloudWatch => format!("{}#{}", codes.namespace, codes.shape),
        Service::Logs => codes.shape.to_owned(),
    };
    let message = if codes.status >= 500 {
        "Message"
    } else {
        "message"
    };
    Structure::new()
        .with("__type", Value::text(shape))
        .with(message, Value::text(&error.message))
}

fn response(form: &Form, status: StatusCode, request_id: &str, body: Vec<u8>) -> Response<Bytes> {
    let content_type = match (form.protocol, form.service) {
        (Protocol::Cbor, _) => "application/cbor",
        (Protocol::Json, Service::CloudWatch) => "application/x-amz-json-1.0",
        (Protocol::Json, Service::Logs) => "application/x-amz-json-1.1",
        (Protocol::Query, _) => "text/xml",
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    if form.protocol == Protocol::Cbor {
        headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    }
    response
}

/// The answer where the operation itself ended abnormally.
pub fn internal_failure() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
