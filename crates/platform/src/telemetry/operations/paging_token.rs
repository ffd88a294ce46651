//! Paging tokens: opaque to clients, made of nothing but what the next page needs.
//!
//! A token bears a fingerprint of its request, so that one of another request is refused.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::fmt::Debug;

/// Writes a token for a request that `request` describes.
pub fn write(request: &impl Debug, position: &impl Serialize) -> String {
    let text = serde_json::to_string(&(fingerprint(request), position)).unwrap_or_default();
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

/// Reads a token; none if it was not made for this request.
pub fn read<P: DeserializeOwned>(request: &impl Debug, token: &str) -> Option<P> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let (made_for, position): (String, P) = serde_json::from_slice(&text).ok()?;
    (made_for == fingerprint(request)).then_some(position)
}

fn fingerprint(request: &impl Debug) -> String {
    let digest = Sha256::digest(format!("{request:?}"));
    BASE64_URL_SAFE_NO_PAD.encode(&digest[..9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_for_its_own_request_only() {
        let token = write(&"one", &(3_usize, Some(5_i64)));
        assert_eq!(
            read::<(usize, Option<i64>)>(&"one", &token),
            Some((3, Some(5)))
        );
        assert_eq!(read::<(usize, Option<i64>)>(&"two", &token), None);
        assert_eq!(read::<(usize, Option<i64>)>(&"one", "nonsense"), None);
    }
}
