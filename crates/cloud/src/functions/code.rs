//! A package on its way to Lambda.

use aws_smithy_types::Blob;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A zip, and the hash by which Lambda knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    zip: Blob,
    sha256_base64: String,
}

impl Code {
    /// Takes a zip.
    pub fn new(zip: Vec<u8>) -> Self {
        let sha256_base64 = STANDARD.encode(Sha256::digest(&zip));
        Self {
            zip: Blob::new(zip),
            sha256_base64,
        }
    }

    /// The hash in Lambda's form: base64 of the SHA-256 of the zip.
    pub fn sha256_base64(&self) -> &str {
        &self.sha256_base64
    }

    pub(crate) fn blob(&self) -> Blob {
        self.zip.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_lambdas() {
        let code = Code::new(b"abc".to_vec());
        assert_eq!(
            code.sha256_base64(),
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
        );
    }
}
