//! Compressed request bodies, inflated within a limit.

use super::error::{ApiError, ErrorKind};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// Inflates a body by the request's `Content-Encoding`, whose case does not matter.
pub fn inflate(encoding: &str, body: &Bytes, limit_bytes: usize) -> Result<Bytes, ApiError> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" | "aws-chunked" if body.len() <= limit_bytes => Ok(body.clone()),
        "" | "identity" | "aws-chunked" => Err(too_large(limit_bytes)),
        "gzip" => gunzip(body, limit_bytes),
        other => {
            let message =
                format!("The content encoding {other} is not supported; send gzip, or none.");
            Err(ApiError::new(ErrorKind::Serialization, message))
        }
    }
}

fn gunzip(body: &[u8], limit_bytes: usize) -> Result<Bytes, ApiError> {
    let mut inflated = Vec::new();
    // One byte beyond the limit tells "too large" from "just fits".
    let mut limited = MultiGzDecoder::new(body).take(limit_bytes as u64 + 1);
    limited.read_to_end(&mut inflated).map_err(|error| {
        ApiError::new(
            ErrorKind::Serialization,
            format!("The body is not valid gzip: {error}."),
        )
    })?;
    if inflated.len() > limit_bytes {
        Err(too_large(limit_bytes))
    } else {
        Ok(inflated.into())
    }
}

/// The error of a body beyond the limit.
pub fn too_large(limit_bytes: usize) -> ApiError {
    let message = format!("The request's body is larger than {limit_bytes} bytes.");
    ApiError::new(ErrorKind::RequestTooLarge, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use std::io::Write;

    fn compressed(content: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).expect("in memory");
        encoder.finish().expect("in memory").into()
    }

    #[test]
    fn a_body_inflates_up_to_the_limit_and_no_further() {
        let body = compressed(&[b'x'; 1000]);
        assert_eq!(inflate("GZIP", &body, 1000).expect("fits").len(), 1000);
        let error = inflate("gzip", &body, 999).expect_err("does not fit");
        assert_eq!(error.kind, ErrorKind::RequestTooLarge);
    }

    proptest! {
        #[test]
        fn no_body_makes_inflating_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = inflate("gzip", &body.into(), 1000);
        }
    }
}
