//! Where packages can be fetched: an address that bears its own permission, like the presigned
//! addresses of the real service.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, header};

use crate::code::{CodeStore, sha256_hex};
use crate::server::credentials::random_text;

const PREFIX: &str = "/_fusionize/code/";

/// Makes and checks addresses.
#[derive(Debug)]
pub struct Downloads {
    endpoint: String,
    secret: String,
}

impl Downloads {
    /// For a platform at this endpoint. Addresses hold until it ends.
    pub fn new(endpoint: String) -> Self {
        Self {
            endpoint,
            secret: random_text(40),
        }
    }

    /// The address of a package.
    pub fn location(&self, sha256_hex: &str, function: &str) -> String {
        let token = self.token(sha256_hex);
        format!(
            "{}{PREFIX}{sha256_hex}/{function}.zip?token={token}",
            self.endpoint
        )
    }

    /// Answers if the request is for such an address.
    pub async fn answer(&self, request: &Parts, code: &CodeStore) -> Option<Response<Bytes>> {
        let rest = request.uri.path().strip_prefix(PREFIX)?;
        let digest = rest.split('/').next().unwrap_or_default();
        let query = request.uri.query().unwrap_or_default();
        let permitted = digest.bytes().all(|byte| byte.is_ascii_hexdigit())
            && query
                .strip_prefix("token=")
                .is_some_and(|given| given == self.token(digest))
            && [Method::GET, Method::HEAD].contains(&request.method);
        let mut response = Response::new(Bytes::new());
        if !permitted {
            *response.status_mut() = StatusCode::FORBIDDEN;
            return Some(response);
        }
        match tokio::fs::read(code.archive(digest)).await {
            Ok(zip) => {
                *response.body_mut() = Bytes::from(zip);
                let kind = HeaderValue::from_static("application/zip");
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
            }
            Err(_) => *response.status_mut() = StatusCode::NOT_FOUND,
        }
        Some(response)
    }

    /// Who does not know the secret cannot make one.
    fn token(&self, digest: &str) -> String {
        sha256_hex(format!("{}/{digest}/{}", self.secret, self.secret).as_bytes())
    }
}
