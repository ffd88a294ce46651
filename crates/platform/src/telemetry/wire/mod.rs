//! The wire forms of CloudWatch and CloudWatch Logs: which request is whose, and how it is read and
//! answered.
//!
//! Each form is a thin codec between bytes and the neutral [`value`] tree. Nothing here knows what an
//! operation means.

pub mod cbor;
pub mod error;
pub mod gzip;
pub mod input;
pub mod json;
pub mod query;
mod respond;
mod route;
pub mod value;
pub mod xml;

use super::operations;
use super::store::Store;
use bytes::Bytes;
use error::{ApiError, ErrorKind};
use http::Response;
use input::Input;
pub(super) use respond::internal_failure;
pub(super) use route::{Route, route};
use value::Structure;

/// Which service a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// CloudWatch metrics.
    CloudWatch,
    /// CloudWatch Logs.
    Logs,
}

/// Which form a request has, and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// rpcv2Cbor: the SDKs for Rust and Go.
    Cbor,
    /// awsJson1.0 for CloudWatch, awsJson1.1 for Logs: boto3, the AWS command line, JavaScript.
    Json,
    /// awsQuery: clients older than December 2025.
    Query,
}

/// Runs the operation that a request asks for, and answers in the request's form.
pub(super) fn answer(store: &Store, route: Route) -> Response<Bytes> {
    let Route { body, form } = route;
    let result = body
        .and_then(|body| decode(form.protocol, &body))
        .and_then(|request| {
            operations::run(store, form.service, &form.operation, &Input::new(&request))
        });
    match result {
        Ok(output) => respond::success(&form, &output),
        Err(error) => {
            if error.kind == ErrorKind::Internal {
                tracing::error!(operation = form.operation, %error, "a telemetry request failed");
            }
            respond::failure(&form, &error)
        }
    }
}

fn decode(protocol: Protocol, body: &[u8]) -> Result<Structure, ApiError> {
    match protocol {
        Protocol::Cbor => cbor::decode(body),
        Protocol::Json => json::decode(body),
        Protocol::Query => query::decode(body),
    }
}
