//! Calls below gRPC: frames that a client library would never write.

use http_body_util::{BodyExt, Full};
use tonic::body::Body;
use tonic::codegen::{Bytes, http};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tower::{Service, ServiceExt};

/// A frame that claims a length and holds these bytes.
pub fn frame(compressed: bool, claims: u32, bytes: &[u8]) -> Vec<u8> {
    [&[u8::from(compressed)], &claims.to_be_bytes()[..], bytes].concat()
}

/// A frame as it should be.
pub fn right(bytes: &[u8]) -> Vec<u8> {
    frame(false, u32::try_from(bytes.len()).expect("short"), bytes)
}

/// What an rpc of that path answers to these frames.
pub async fn call(channel: &mut Channel, path: &str, frames: Vec<u8>) -> Status {
    let body = Full::new(Bytes::from(frames)).map_err(|never| match never {});
    let request = http::Request::post(format!("http://localhost{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Body::new(body))
        .expect("a request");
    let service = channel.ready().await.expect("connected");
    let response = service.call(request).await.expect("answered");
    if let Some(status) = Status::from_header_map(response.headers()) {
        return status;
    }
    let trailers = match response.into_body().collect().await {
        Ok(body) => body.trailers().cloned().unwrap_or_default(),
        Err(status) => return status,
    };
    Status::from_header_map(&trailers).unwrap_or_else(|| Status::new(Code::Ok, "no status"))
}
