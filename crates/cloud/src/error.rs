//! What a call to AWS can fail with, as a caller must tell it apart.
//!
//! Only [`Kind::NotFound`] means that something does not exist. Every other kind says that it
//! could not be learnt, and must never be taken for absence.

use std::error::Error as StdError;
use std::{fmt, iter};

use aws_config::imds::client::error::ImdsError;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It does not exist.
    NotFound,
    /// AWS asks to go slower; repeating did not help for as long as was allowed.
    Throttled,
    /// The credentials are wrong, expired, or do not suffice.
    Denied,
    /// There are no credentials to ask with.
    NoCredentials,
    /// The credentials are of an account that the configuration does not allow.
    OtherAccount,
    /// No answer: no network, no name, connection refused, TLS failed.
    Unreachable,
    /// It took longer than allowed.
    Timeout,
    /// Some of what was asked for was answered, and some not.
    Partial,
    /// An update of the same resource is under way; it may be tried again.
    Busy,
    /// It exists already, was changed by somebody else, or is in use.
    Conflict,
    /// AWS does not take what was asked for.
    Invalid,
    /// The client itself is not configured well enough to ask.
    Configuration,
    /// Everything else: faults of the service, answers that cannot be read.
    Other,
}

/// A call that failed: what was tried, why it failed, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What kind of failure.
    pub kind: Kind,
    /// The operation's name in AWS's API.
    pub operation: &'static str,
    /// What it was asked about, e.g. a function's name; may be empty.
    pub subject: String,
    /// Why it failed: AWS's own message where there is one.
    pub reason: String,
    /// AWS's error code, where there is one.
    pub code: Option<String>,
}

impl Error {
    pub(crate) fn new(
        kind: Kind,
        operation: &'static str,
        subject: impl Into<String>,
        reason: String,
    ) -> Self {
        Self {
            kind,
            operation,
            subject: subject.into(),
            reason,
            code: None,
        }
    }

    /// Reads an SDK's error.
    pub(crate) fn sdk<E>(
        operation: &'static str,
        subject: impl Into<String>,
        error: &SdkError<E, HttpResponse>,
    ) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        match error {
            SdkError::ServiceError(context) => {
                let status = context.raw().status().as_u16();
                let code = context.err().code().map(str::to_owned);
                let message = context
                    .err()
                    .message()
                    .unwrap_or_default()
                    .trim()
                    .to_owned();
                let kind = service_kind(status, code.as_deref().unwrap_or_default(), &message);
                let reason = service_reason(status, code.as_deref(), message);
                Self {
                    code,
                    ..Self::new(kind, operation, subject, reason)
                }
            }
            SdkError::TimeoutError(_) => {
                let reason = "no answer came in time".to_owned();
                Self::new(Kind::Timeout, operation, subject, reason)
            }
            other => {
                let root = root_cause(other);
                let kind = local_kind(other, &root);
                let reason = match kind {
                    Kind::NoCredentials => format!("no credentials were found ({root})"),
                    _ => root,
                };
                Self::new(kind, operation, subject, reason)
            }
        }
    }

    /// Whether it may be gone when the same is tried again.
    pub fn is_temporary(&self) -> bool {
        matches!(self.kind, Kind::Busy | Kind::Throttled)
    }

    /// Whether it means that the thing asked about does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind == Kind::NotFound
    }

    /// What failed, as one phrase.
    pub fn what(&self) -> String {
        match self.subject.as_str() {
            "" => format!("{} failed", self.operation),
            subject => format!("{} of `{subject}` failed", self.operation),
        }
    }

    /// How to mend it.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            Kind::NotFound => "check the name, the alias, the region and the account",
            Kind::Throttled => {
                "wait a little and try again, or ask AWS for a higher rate of control plane calls"
            }
            Kind::Denied => {
                "check which credentials are in use (`aws sts get-caller-identity`) and what their policies allow"
            }
            Kind::NoCredentials => {
                "export the variables that `fusionize local` prints, for a platform of your own; for AWS set up credentials, by a profile or by the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`)"
            }
            Kind::OtherAccount => {
                "change `allowed_account_ids`, or use credentials of an account that it allows"
            }
            Kind::Unreachable => {
                "check the network, the region and the endpoints (`AWS_ENDPOINT_URL`); for a platform of your own, that `fusionize local` runs"
            }
            Kind::Timeout => "try again; if it stays, check the network and AWS's health page",
            Kind::Partial => "try again later",
            Kind::Busy => "wait until the other update has finished, then try again",
            Kind::Conflict => {
                "look at the function in the account: somebody else has made or changed it"
            }
            Kind::Invalid => "change the configuration as the message says",
            Kind::Configuration => {
                "set `region` in the provider's configuration, `AWS_REGION`, or a profile that has one"
            }
            Kind::Other => "try again; if it stays, report it with this message",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what(), self.reason)
    }
}

impl StdError for Error {}

fn service_kind(status: u16, code: &str, message: &str) -> Kind {
    let starts = |texts: &[&str]| texts.iter().any(|text| code.starts_with(text));
    if starts(&[
        "TooManyRequests",
        "Throttl",
        "RequestLimitExceeded",
        "SlowDown",
    ]) || status == 429
    {
        return Kind::Throttled;
    }
    if starts(&DENIED) || matches!(status, 401 | 403) {
        return Kind::Denied;
    }
    if is_busy(message) {
        return Kind::Busy;
    }
    match status {
        404 => Kind::NotFound,
        409 | 412 => Kind::Conflict,
        408 => Kind::Timeout,
        400..=499 if starts(&["ResourceNotFound"]) => Kind::NotFound,
        400..=499 => Kind::Invalid,
        _ => Kind::Other,
    }
}

/// Codes of requests whose credentials do not suffice, whatever their status.
const DENIED: [&str; 7] = [
    "AccessDenied",
    "ExpiredToken",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignature",
    "SignatureDoesNotMatch",
    "UnrecognizedClient",
];

/// Lambda has no code for "not yet"; only its texts tell it from lasting conflicts. A new role
/// is such a case: it takes seconds until Lambda may assume it.
fn is_busy(message: &str) -> bool {
    [
        "is in progress",
        "currently in the following state",
        "cannot be assumed by Lambda",
    ]
    .iter()
    .any(|text| message.contains(text))
}

fn service_reason(status: u16, code: Option<&str>, message: String) -> String {
    match (code, message.is_empty()) {
        (_, false) => message,
        (Some(code), true) => format!("{code} (HTTP status {status})"),
        (None, true) => format!("HTTP status {status}, without an explanation"),
    }
}

fn local_kind<E>(error: &SdkError<E, HttpResponse>, reason: &str) -> Kind
where
    E: StdError + 'static,
{
    if causes(error).any(is_without_credentials) {
        return Kind::NoCredentials;
    }
    if reason.to_ascii_lowercase().contains("credential") {
        return Kind::Denied;
    }
    match error {
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Kind::Timeout,
        SdkError::DispatchFailure(failure) if failure.is_io() => Kind::Unreachable,
        SdkError::DispatchFailure(failure) if failure.is_user() => Kind::Configuration,
        SdkError::ConstructionFailure(_) => Kind::Configuration,
        _ => Kind::Other,
    }
}

/// Whether nobody whom the AWS chain asks has credentials, or nobody answers who could have.
fn is_without_credentials(cause: &(dyn StdError + 'static)) -> bool {
    // A machine's metadata are asked last: their failure means that all before them had none.
    cause.is::<ImdsError>()
        || matches!(
            cause.downcast_ref(),
            Some(CredentialsError::CredentialsNotLoaded(_) | CredentialsError::ProviderTimedOut(_))
        )
}

/// An error and what caused it, from the outside in.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |&cause| cause.source())
}

/// The innermost cause: the layers above it only say that something failed.
fn root_cause(error: &(dyn StdError + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_not_found_means_absence() {
        let cases = [
            (
                404,
                "ResourceNotFoundException",
                "Function not found",
                Kind::NotFound,
            ),
            (400, "ResourceNotFoundException", "", Kind::NotFound),
            (
                429,
                "TooManyRequestsException",
                "Rate exceeded",
                Kind::Throttled,
            ),
            (400, "Throttling", "Rate exceeded", Kind::Throttled),
            (403, "AccessDeniedException", "", Kind::Denied),
            (400, "UnrecognizedClientException", "", Kind::Denied),
            (
                409,
                "ResourceConflictException",
                "Function already exist: F",
                Kind::Conflict,
            ),
            (
                409,
                "ResourceConflictException",
                "An update is in progress for resource",
                Kind::Busy,
            ),
            (412, "PreconditionFailedException", "", Kind::Conflict),
            (
                400,
                "InvalidParameterValueException",
                "cannot be assumed by Lambda.",
                Kind::Busy,
            ),
            (
                400,
                "InvalidParameterValueException",
                "4KB limit",
                Kind::Invalid,
            ),
            (500, "ServiceException", "", Kind::Other),
        ];
        for (status, code, message, kind) in cases {
            assert_eq!(
                service_kind(status, code, message),
                kind,
                "{status} {code} {message}"
            );
        }
    }

    /// What a call says that the client could not even send.
    fn unsent(cause: CredentialsError) -> Error {
        let error: SdkError<aws_smithy_types::error::metadata::ErrorMetadata, HttpResponse> =
            SdkError::construction_failure(cause);
        Error::sdk("Invoke", "f", &error)
    }

    #[test]
    fn absent_credentials_are_no_matter_of_permissions() {
        let disabled = "IMDS disabled by AWS_EC2_METADATA_DISABLED env var set to `true`";
        let error = unsent(CredentialsError::not_loaded(disabled));
        assert_eq!(
            error.to_string(),
            format!("Invoke of `f` failed: no credentials were found ({disabled})")
        );
        assert!(error.hint().contains("`fusionize local` prints"));
        let nested = CredentialsError::not_loaded_no_source();
        let nested = unsent(CredentialsError::provider_error(nested));
        assert_eq!(nested.kind, Kind::NoCredentials);
        let refused = unsent(CredentialsError::provider_error("credentials refused"));
        assert_eq!(refused.kind, Kind::Denied);
    }
}
