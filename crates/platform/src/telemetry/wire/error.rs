//! The errors of both services, with the codes under which each wire form knows them.

/// What an error is. Its codes on the wire follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// A value that is not allowed.
    InvalidParameterValue,
    /// Members that exclude each other.
    InvalidParameterCombination,
    /// A member that must be there.
    MissingParameter,
    /// A paging token that this service did not make for this request.
    InvalidNextToken,
    /// A request that breaks a rule of GetMetricData.
    Validation,
    /// A value outside what the service's model allows.
    ModelValidation,
    /// A body that cannot be read, or a member of another type than the model's.
    Serialization,
    /// An operation that this endpoint does not have.
    UnknownOperation,
    /// The store's own limit.
    LimitExceeded,
    /// The body is larger than allowed.
    RequestTooLarge,
    /// A fault of this endpoint.
    Internal,
    /// Logs: a value that is not allowed.
    InvalidParameter,
    /// Logs: no such group or stream.
    ResourceNotFound,
    /// Logs: the group or stream exists.
    ResourceAlreadyExists,
}

/// How an error is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Codes {
    /// The shape's name, without its namespace.
    pub shape: &'static str,
    /// The namespace that CloudWatch writes before the shape in `__type`.
    pub namespace: &'static str,
    /// The code of the query protocol.
    pub query: &'static str,
    /// The HTTP status.
    pub status: u16,
}

const CLOUDWATCH: &str = "com.amazonaws.cloudwatch.v2010_08_01";
const VALIDATE: &str = "com.amazon.coral.validate";
const SERVICE: &str = "com.amazon.coral.service";

impl ErrorKind {
    /// The names of this kind.
    pub fn codes(self) -> Codes {
        let (namespace, shape, query, status) = match self {
            Self::InvalidParameterValue => (
                CLOUDWATCH,
                "InvalidParameterValueException",
                "InvalidParameterValue",
                400,
            ),
            Self::InvalidParameterCombination => (
                CLOUDWATCH,
                "InvalidParameterCombinationException",
                "InvalidParameterCombination",
                400,
            ),
            Self::MissingParameter => (
                CLOUDWATCH,
                "MissingRequiredParameterException",
                "MissingParameter",
                400,
            ),
            Self::InvalidNextToken => (CLOUDWATCH, "InvalidNextToken", "InvalidNextToken", 400),
            Self::Validation => (CLOUDWATCH, "ValidationException", "ValidationError", 400),
            Self::ModelValidation => (VALIDATE, "ValidationException", "ValidationError", 400),
            Self::Serialization => (SERVICE, "SerializationException", "MalformedInput", 400),
            Self::UnknownOperation => (SERVICE, "UnknownOperationException", "InvalidAction", 400),
            Self::LimitExceeded => (CLOUDWATCH, "LimitExceededException", "LimitExceeded", 400),
            Self::RequestTooLarge => (
                SERVICE,
                "RequestEntityTooLargeException",
                "RequestTooLarge",
                413,
            ),
            Self::Internal => (
                CLOUDWATCH,
                "InternalServiceFault",
                "InternalServiceError",
                500,
            ),
            Self::InvalidParameter => (
                CLOUDWATCH,
                "InvalidParameterException",
                "InvalidParameterValue",
                400,
            ),
            Self::ResourceNotFound => (
                CLOUDWATCH,
                "ResourceNotFoundException",
                "ResourceNotFound",
                400,
            ),
            Self::ResourceAlreadyExists => (
                CLOUDWATCH,
                "ResourceAlreadyExistsException",
                "AlreadyExists",
                400,
            ),
        };
        Codes {
            shape,
            namespace,
            query,
            status,
        }
    }
}

/// An error to answer with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What it is.
    pub kind: ErrorKind,
    /// What the client reads.
    pub message: String,
}

impl ApiError {
    /// An error of a kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}
