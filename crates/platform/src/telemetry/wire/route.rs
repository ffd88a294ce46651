//! Which requests are for CloudWatch or Logs, and in which form they come.

use super::error::{ApiError, ErrorKind};
use super::gzip;
use super::{Protocol, Service};
use bytes::Bytes;
use http::request::Parts;
use std::borrow::Cow;

const CBOR_PREFIX: &str = "/service/GraniteServiceVersion20100801/operation/";
const CLOUDWATCH_TARGET: &str = "GraniteServiceVersion20100801.";
const LOGS_TARGET: &str = "Logs_20140328.";
const QUERY_VERSION: &str = "2010-08-01";

/// What is known of a request before its body is understood; its answer has the same form.
#[derive(Debug, Clone)]
pub struct Form {
    /// Whose it is.
    pub service: Service,
    /// The operation's name, as the client wrote it.
    pub operation: String,
    /// How it is written.
    pub protocol: Protocol,
    /// Whether the client asks for the query protocol's error codes (`x-amzn-query-mode`).
    pub query_mode: bool,
}

/// A request on its way to its operation.
#[derive(Debug)]
pub struct Route {
    /// The body, inflated where it came compressed, or why that failed.
    pub body: Result<Bytes, ApiError>,
    /// How to read it and how to answer.
    pub form: Form,
}

/// Finds out whose a request is; none if it is for neither CloudWatch nor Logs.
pub fn route(request: &Parts, body: &Bytes, limit_bytes: usize) -> Option<Route> {
    let header = |name| {
        request
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let query_mode =
        header("x-amzn-query-mode").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let form = |service, operation: &str, protocol| Form {
        service,
        operation: operation.to_owned(),
        protocol,
        query_mode,
    };
    let inflated = || match header("content-encoding") {
        Some(encoding) => gzip::inflate(encoding, body, limit_bytes),
        None if body.len() > limit_bytes => Err(gzip::too_large(limit_bytes)),
        None => Ok(body.clone()),
    };
    if let Some(operation) = request.uri.path().strip_prefix(CBOR_PREFIX) {
        let form = form(Service::CloudWatch, operation, Protocol::Cbor);
        return Some(Route {
            body: inflated(),
            form,
        });
    }
    if let Some(target) = header("x-amz-target") {
        let form = if let Some(operation) = target.strip_prefix(CLOUDWATCH_TARGET) {
            form(Service::CloudWatch, operation, Protocol::Json)
        } else {
            form(
                Service::Logs,
                target.strip_prefix(LOGS_TARGET)?,
                Protocol::Json,
            )
        };
        return Some(Route {
            body: inflated(),
            form,
        });
    }
    let in_body = header("content-type").is_some_and(|kind| {
        kind.to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded")
    });
    let text = match (in_body && !body.is_empty(), request.uri.query()) {
        // Only a body of this type is looked into, and only once it is inflated.
        (true, _) => match inflated() {
            Ok(text) => text,
            Err(error) => return compressed_query(error, &form),
        },
        (false, Some(query)) => Bytes::copy_from_slice(query.as_bytes()),
        (false, None) => return None,
    };
    let operation = query_operation(&text)?;
    Some(Route {
        form: form(Service::CloudWatch, &operation, Protocol::Query),
        body: Ok(text),
    })
}

/// Only CloudWatch's clients compress a form, so one that does not inflate is answered as CloudWatch's.
fn compressed_query(
    error: ApiError,
    form: &impl Fn(Service, &str, Protocol) -> Form,
) -> Option<Route> {
    let compressed =
        error.kind == ErrorKind::Serialization || error.kind == ErrorKind::RequestTooLarge;
    compressed.then(|| Route {
        body: Err(error),
        form: form(Service::CloudWatch, "", Protocol::Query),
    })
}

/// The action of a query request to CloudWatch; other services have other versions.
fn query_operation(text: &[u8]) -> Option<String> {
    let value_of = |wanted: &str| -> Option<Cow<'_, str>> {
        form_urlencoded::parse(text)
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    if value_of("Version")? != QUERY_VERSION {
        return None;
    }
    Some(value_of("Action")?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn routed(request: http::request::Builder, body: &str) -> Option<(Service, String, Protocol)> {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let (parts, ()) = request.body(()).expect("request").into_parts();
        route(&parts, &body, 1 << 20)
            .map(|Route { form, .. }| (form.service, form.operation, form.protocol))
    }

    #[test]
    fn each_form_is_recognized_and_other_services_are_left_alone() {
        let post = |path: &str| Request::post(path);
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let cases = [
            (
                post(&format!("{CBOR_PREFIX}ListMetrics")),
                "",
                Some((Service::CloudWatch, Protocol::Cbor)),
            ),
            (
                post("/").header("x-amz-target", "GraniteServiceVersion20100801.ListMetrics"),
                "{}",
                Some((Service::CloudWatch, Protocol::Json)),
            ),
            (
                post("/").header("x-amz-target", "Logs_20140328.ListMetrics"),
                "{}",
                Some((Service::Logs, Protocol::Json)),
            ),
            (
                post("/").header("content-type", form),
                "Action=ListMetrics&Version=2010-08-01",
                Some((Service::CloudWatch, Protocol::Query)),
            ),
            (
                Request::get("/?Action=ListMetrics&Version=2010-08-01"),
                "",
                Some((Service::CloudWatch, Protocol::Query)),
            ),
            (
                post("/").header("content-type", form),
                "Action=GetCallerIdentity&Version=2011-06-15",
                None,
            ),
            (
                post("/").header("x-amz-target", "DynamoDB_20120810.ListTables"),
                "{}",
                None,
            ),
            (post("/2015-03-31/functions/f/invocations"), "{}", None),
            (Request::get("/2015-03-31/functions?Marker=x"), "", None),
        ];
        for (request, body, expected) in cases {
            let found = routed(request, body);
            let expected =
                expected.map(|(service, form)| (service, "ListMetrics".to_owned(), form));
            assert_eq!(found, expected, "{body}");
        }
    }
}
