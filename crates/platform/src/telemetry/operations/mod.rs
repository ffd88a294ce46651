//! The operations of both services over neutral values.
//!
//! Each reads its input, asks or changes the store, and builds its output. None knows a wire form.

use super::store::{Store, TelemetryError};
use super::wire::Service;
use super::wire::error::{ApiError, ErrorKind};
use super::wire::input::Input;
use super::wire::value::Structure;

/// What an operation gives.
type Answer = Result<Structure, ApiError>;

/// Runs an operation by name.
pub fn run(store: &Store, service: Service, operation: &str, _input: &Input<'_>) -> Answer {
    let _ = store;
    let message = format!("The {service:?} endpoint has no operation {operation}.");
    Err(ApiError::new(ErrorKind::UnknownOperation, message))
}

impl From<TelemetryError> for ApiError {
    fn from(error: TelemetryError) -> Self {
        let kind = match error {
            TelemetryError::Journal(_) => ErrorKind::Internal,
            TelemetryError::TooManyMetrics(_) | TelemetryError::TooManyLogGroups(_) => {
                ErrorKind::LimitExceeded
            }
        };
        Self::new(kind, error.to_string())
    }
}
