//! Checks signatures of version 4: the same canonical text, the same keys, compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bytes::Bytes;
use hmac::{Hmac, Mac as _};
use http::request::Parts;
use sha2::Sha256;
use time::OffsetDateTime;

use super::credentials::{Credentials, Secret};
use crate::code::sha256_hex;

/// How far a signature's time may be off.
const TOLERANCE_S: i64 = 15 * 60;

/// Why a request is not accepted, in the words of the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing says who asks.
    #[error("Missing Authentication Token")]
    Missing,
    /// What says it cannot be read.
    #[error(
        "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters."
    )]
    Incomplete,
    /// Nobody has this access key, or its token is another.
    #[error("The security token included in the request is invalid.")]
    Unknown,
    /// It was not made with the key's secret, or not for this request.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check \
         your AWS Secret Access Key and signing method. Consult the service documentation for \
         details."
    )]
    Wrong,
    /// It is too old, or from the future.
    #[error("Signature expired: the time of the request is more than 15 minutes from now")]
    Expired,
}

impl Refusal {
    /// The exception's name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "MissingAuthenticationTokenException",
            Self::Incomplete => "IncompleteSignatureException",
            Self::Unknown => "UnrecognizedClientException",
            Self::Wrong | Self::Expired => "InvalidSignatureException",
        }
    }
}

/// Whether a request names a key that is known; nothing says yet that its sender knows the secret.
pub fn is_known(request: &Parts, credentials: &Credentials) -> bool {
    claimed(request, credentials).is_ok()
}

/// Accepts a request that a known key signed. `body` is as it came over the wire.
pub fn check(
    request: &Parts,
    body: &Bytes,
    credentials: &Credentials,
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    let (claim, secret) = claimed(request, credentials)?;
    let date = header(request, "x-amz-date").ok_or(Refusal::Incomplete)?;
    let asked = parse_date(date).ok_or(Refusal::Incomplete)?;
    if (now - asked).whole_seconds().abs() > TOLERANCE_S {
        return Err(Refusal::Expired);
    }
    if !date.starts_with(claim.date) || !claim.headers.contains(&"host") {
        return Err(Refusal::Wrong);
    }
    let canonical = canonical_request(request, body, &claim.headers).ok_or(Refusal::Wrong)?;
    let text = format!(
        "AWS4-HMAC-SHA256\n{date}\n{}/{}/{}/aws4_request\n{}",
        claim.date,
        claim.region,
        claim.service,
        sha256_hex(canonical.as_bytes())
    );
    let signature = decode_hex(claim.signature).ok_or(Refusal::Wrong)?;
    let mac = keyed(&signing_key(&secret, &claim)?)?.chain_update(text.as_bytes());
    mac.verify_slice(&signature).map_err(|_| Refusal::Wrong)
}

/// What a request says of who signed it, and the secret that this one has.
fn claimed<'a>(
    request: &'a Parts,
    credentials: &Credentials,
) -> Result<(Claim<'a>, Secret), Refusal> {
    let authorization = header(request, "authorization").ok_or(Refusal::Missing)?;
    let claim = Claim::read(authorization).ok_or(Refusal::Incomplete)?;
    let secret = credentials
        .secret_of(claim.access_key)
        .ok_or(Refusal::Unknown)?;
    if secret.token.as_deref() != header(request, "x-amz-security-token") {
        return Err(Refusal::Unknown);
    }
    Ok((claim, secret))
}

fn header<'a>(request: &'a Parts, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}

/// The parts of an `Authorization` header.
struct Claim<'a> {
    access_key: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    headers: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn read(header: &'a str) -> Option<Self> {
        let fields = header.strip_prefix("AWS4-HMAC-SHA256")?;
        let fields: BTreeMap<&str, &str> = fields
            .split(',')
            .filter_map(|field| field.trim().split_once('='))
            .collect();
        let scope: Vec<&str> = fields.get("Credential")?.split('/').collect();
        let [access_key, date, region, service, "aws4_request"] = scope.as_slice() else {
            return None;
        };
        let headers = fields.get("SignedHeaders")?.split(';').collect();
        let signature = fields.get("Signature")?;
        Some(Self {
            access_key,
            date,
            region,
            service,
            headers,
            signature,
        })
    }
}

/// The text that is signed: method, path, query, the signed headers, the body's hash.
fn canonical_request(request: &Parts, body: &Bytes, signed: &[&str]) -> Option<String> {
    let mut text = format!(
        "{}\n{}\n{}\n",
        request.method,
        path(request),
        query(request)
    );
    for name in signed {
        let values: Vec<&str> = request
            .headers
            .get_all(*name)
            .iter()
            .map_while(|value| value.to_str().ok())
            .collect();
        if values.is_empty() {
            return None;
        }
        let values: Vec<String> = values
            .iter()
            .map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        // Writing to a text does not fail.
        let _ = writeln!(text, "{name}:{}", values.join(","));
    }
    let _ = write!(
        text,
        "\n{}\n{}",
        signed.join(";"),
        body_hash(request, body)?
    );
    Some(text)
}

/// The hash of the body; a header may give it, and must then be right.
fn body_hash(request: &Parts, body: &Bytes) -> Option<String> {
    let actual = || sha256_hex(body);
    match request
        .headers
        .get("x-amz-content-sha256")
        .map(|value| value.to_str())
    {
        None => Some(actual()),
        Some(Ok(given)) => (given == actual()).then(|| given.to_owned()),
        Some(Err(_)) => None,
    }
}

/// The path as it came, each part encoded once more: the rule for every service but S3.
fn path(request: &Parts) -> String {
    let mut encoded = String::new();
    for byte in request.uri.path().bytes() {
        if byte == b'/' {
            encoded.push('/');
        } else {
            push_encoded(&mut encoded, byte);
        }
    }
    encoded
}

/// The parameters by name and value, encoded the one way that the signature knows.
fn query(request: &Parts) -> String {
    let query = request.uri.query().unwrap_or_default();
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (encode(&name), encode(&value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

fn encode(text: &str) -> String {
    let mut encoded = String::new();
    text.bytes()
        .for_each(|byte| push_encoded(&mut encoded, byte));
    encoded
}

fn push_encoded(text: &mut String, byte: u8) {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        text.push(char::from(byte));
    } else {
        let _ = write!(text, "%{byte:02X}");
    }
}

fn signing_key(secret: &Secret, claim: &Claim<'_>) -> Result<Vec<u8>, Refusal> {
    let start = format!("AWS4{}", secret.secret_key).into_bytes();
    [claim.date, claim.region, claim.service, "aws4_request"]
        .into_iter()
        .try_fold(start, |key, part| {
            let mac = keyed(&key)?.chain_update(part.as_bytes());
            Ok(mac.finalize().into_bytes().to_vec())
        })
}

fn keyed(key: &[u8]) -> Result<Hmac<Sha256>, Refusal> {
    // A key of any length is one, so this does not fail.
    Hmac::new_from_slice(key).map_err(|_| Refusal::Wrong)
}

fn parse_date(text: &str) -> Option<OffsetDateTime> {
    let form = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    time::PrimitiveDateTime::parse(text, form)
        .ok()
        .map(time::PrimitiveDateTime::assume_utc)
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    text.len()
        .is_multiple_of(2)
        .then(|| text.as_bytes().chunks(2).map(byte).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// A request that botocore 1.43 signed: an ARN for a name, marks in the query, a session token.
    fn signed(edit: impl FnOnce(&str) -> String) -> Result<(), Refusal> {
        let authorization = edit(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/lambda/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-invocation-type;x-amz-security-token, \
             Signature=67104e8be8144147b2bdfec26109b4da22ada6edc41bc08a176754ec106e4e25",
        );
        let path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction\
                    %3Ax/invocations?Qualifier=a%2Ab%20c";
        let request = http::Request::post(path)
            .header("content-type", "application/json")
            .header("host", "lambda.eu-west-1.amazonaws.com")
            .header("x-amz-date", "20260102T030405Z")
            .header("x-amz-invocation-type", "Event")
            .header("x-amz-security-token", "to/ken==")
            .header("authorization", authorization)
            .body(())
            .unwrap();
        let secret = Secret {
            secret_key: SECRET.into(),
            token: Some("to/ken==".into()),
        };
        let credentials = Credentials::of("AKIDEXAMPLE", secret);
        let now = time::macros::datetime!(2026-01-02 03:10:00 UTC);
        check(&request.into_parts().0, &Bytes::new(), &credentials, now)
    }

    #[test]
    fn what_botocore_signed_is_accepted() {
        assert_eq!(signed(str::to_owned), Ok(()));
    }

    #[test]
    fn each_way_of_not_being_signed_has_its_name() {
        let refused = |from: &str, to: &str| signed(|text| text.replace(from, to)).unwrap_err();
        assert_eq!(refused("=AKID", "=AKIX"), Refusal::Unknown);
        assert_eq!(refused("Signature=6", "Signature=7"), Refusal::Wrong);
        assert_eq!(refused("Signature=67", "Signature=6"), Refusal::Wrong);
        assert_eq!(refused(";host;", ";"), Refusal::Wrong);
        assert_eq!(refused("/aws4_request", ""), Refusal::Incomplete);
        assert_eq!(refused("AWS4-HMAC-SHA256", "Bearer"), Refusal::Incomplete);
    }
}
