//! Answers requests, in order: host, size, downloads, signature, then the service.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Collected, LengthLimitError, Limited};
use hyper::body::Incoming;
use time::OffsetDateTime;

use super::credentials::Credentials;
use super::{refusal, signature, sts};
use crate::lambda::Lambda;
use crate::telemetry::Store;

/// The largest body of any request; services have their own limits below.
const MAX_BODY_BYTES: usize = 70_200_000;

/// What answers requests.
#[derive(Clone)]
pub struct Service {
    /// Who may ask.
    pub credentials: Arc<Credentials>,
    /// The functions.
    pub lambda: Arc<Lambda>,
    /// Metrics and logs.
    pub telemetry: Store,
    /// How long the head of a request may take, and its body.
    pub request_timeout: Duration,
}

impl Service {
    /// Answers a request, under a new id.
    pub async fn handle(&self, request: Request<Incoming>) -> Response<Bytes> {
        let id = uuid::Uuid::new_v4().to_string();
        let mut response = self.answer(request, &id).await;
        if let Ok(id) = HeaderValue::from_str(&id) {
            response
                .headers_mut()
                .entry("x-amzn-RequestId")
                .or_insert(id);
        }
        response
    }

    async fn answer(&self, request: Request<Incoming>, id: &str) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        if !is_local(&parts) {
            return refusal::foreign_host();
        }
        let is_known = signature::is_known(&parts, &self.credentials);
        let body = match self.receive(body, is_known).await {
            Ok(body) => body,
            Err(refused) => return *refused,
        };
        if let Some(download) = self.lambda.download(&parts).await {
            return download;
        }
        let now = OffsetDateTime::now_utc();
        if let Err(refused) = signature::check(&parts, &body, &self.credentials, now) {
            return refusal::unauthorized(&parts, refused);
        }
        if let Some(answer) = self.telemetry.handle(&parts, &body).await {
            return answer;
        }
        if let Some(answer) = sts::answer(&parts, &body) {
            return answer;
        }
        match Lambda::answer(&self.lambda, parts, body, id).await {
            Some(answer) => answer,
            None => unknown(),
        }
    }

    /// The body of a request, as long as its sender takes no longer than allowed. What comes from
    /// somebody unknown is not kept: it is refused whatever it is.
    async fn receive(&self, body: Incoming, is_known: bool) -> Result<Bytes, Box<Response<Bytes>>> {
        let mut body = Limited::new(body, MAX_BODY_BYTES);
        let all = async {
            if is_known {
                return body.collect().await.map(Collected::to_bytes);
            }
            while let Some(frame) = body.frame().await {
                frame?;
            }
            Ok(Bytes::new())
        };
        match tokio::time::timeout(self.request_timeout, all).await {
            Ok(Ok(body)) => Ok(body),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Box::new(refusal::too_large())),
            Ok(Err(_)) => Err(Box::new(refusal::unreadable())),
            Err(_) => Err(Box::new(refusal::too_slow())),
        }
    }
}

/// Whether the client asked for this machine by a name that only this machine has.
///
/// A page in a browser can send requests to any address, but under the name it knows; and where it
/// knows this one, the browser says that a page asks.
fn is_local(request: &Parts) -> bool {
    let given = request
        .headers
        .get("host")
        .and_then(|value| value.to_str().ok());
    let Some(host) = given.or_else(|| request.uri.host()) else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let local = name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || name == "[::1]"
        || name
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback());
    local && !request.headers.contains_key("sec-fetch-site")
}

fn unknown() -> Response<Bytes> {
    let body = Bytes::from_static(b"{\"message\":\"The platform does not have this service\"}");
    let mut response = refusal::plain(StatusCode::NOT_FOUND, body, "application/json");
    let code = HeaderValue::from_static("UnknownOperationException");
    response.headers_mut().insert("x-amzn-ErrorType", code);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(host: &str, further: Option<&str>) -> bool {
        let mut request = Request::builder().uri("/").header("host", host);
        if let Some(name) = further {
            request = request.header(name, "cross-site");
        }
        is_local(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in [
            "127.0.0.1:9000",
            "localhost",
            "LOCALHOST:1",
            "[::1]:80",
            "127.9.9.9",
        ] {
            assert!(local(host, None), "{host}");
        }
        for host in [
            "example.com",
            "127.0.0.1.example.com",
            "localhost.example.com:9000",
            "",
        ] {
            assert!(!local(host, None), "{host}");
        }
    }

    #[test]
    fn a_browser_is_not_answered() {
        assert!(!local("localhost", Some("sec-fetch-site")));
    }
}
