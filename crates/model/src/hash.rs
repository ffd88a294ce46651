//! Identities: SHA-256 over canonical texts, in lower-case hexadecimal.
//!
//! What goes into a canonical text is said where it is made: a setup's
//! notation, a release, a package.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// Hexadecimal digits in a short identity (setup id, release id).
pub const SHORT_DIGITS: usize = 12;

/// SHA-256 of `content` as 64 hexadecimal digits.
pub fn sha256_hex(content: impl AsRef<[u8]>) -> String {
    let digest = Sha256::digest(content.as_ref());
    digest
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The first [`SHORT_DIGITS`] digits of [`sha256_hex`].
pub fn short_id(content: impl AsRef<[u8]>) -> String {
    let mut text = sha256_hex(content);
    text.truncate(SHORT_DIGITS);
    text
}

/// Whether `text` is `digits` lower-case hexadecimal digits.
pub fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digest() {
        assert_eq!(
            sha256_hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(short_id("abc"), "ba7816bf8f01");
    }

    #[test]
    fn hex_has_its_length_and_case() {
        assert!(is_hex("0a", 2));
        assert!(!is_hex("0A", 2) && !is_hex("0a", 3) && !is_hex("0g", 2));
    }
}
