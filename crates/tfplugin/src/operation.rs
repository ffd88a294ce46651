//! What every operation does around the provider's own code.

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::dynamic::Dynamic;
use crate::schema::Schema;
use crate::shape::{complete, fill_blocks, first_unknown, settle, unknown_as_null};
use crate::typed::{TypedError, from_dynamic, to_dynamic};
use crate::types::Type;
use crate::wire::msgpack;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An object as the wire has it; null and empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// What the user sees.
    pub state: Dynamic,
    /// The provider's private data.
    pub private: Vec<u8>,
}

/// What an operation came to, and what it has to say.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The outcome; after an error what the host shall keep.
    pub value: T,
    /// The messages.
    pub diagnostics: Diagnostics,
}

impl<T> Answer<T> {
    /// The outcome, or the fallback and the error.
    pub(crate) fn new(
        outcome: Result<T, Diagnostic>,
        fallback: T,
        mut diagnostics: Diagnostics,
    ) -> Self {
        let value = outcome.unwrap_or_else(|error| {
            diagnostics.push(error);
            fallback
        });
        Self { value, diagnostics }
    }
}

/// An error that is the provider's own fault.
pub(crate) fn bug(subject: &str, detail: &str) -> Diagnostic {
    Diagnostic::error(
        "Provider failed unexpectedly",
        format!(
            "`{subject}`: {detail} This is a bug in the provider; please report it to its authors."
        ),
    )
}

/// An error that is the host's fault.
pub(crate) fn out_of_order(subject: &str, detail: &str) -> Diagnostic {
    Diagnostic::error(
        "Host broke the protocol",
        format!(
            "`{subject}`: {detail} This is a bug in the host; please report it to its authors."
        ),
    )
}

/// Refuses what the host should know by now and does not.
pub(crate) fn known(value: &Dynamic, subject: &str) -> Result<(), Diagnostic> {
    match first_unknown(value) {
        None => Ok(()),
        Some(path) => {
            let detail = format!("`{path}` was sent unknown where all must be known.");
            Err(out_of_order(subject, &detail).at(path))
        }
    }
}

/// The typed form of an object that the host sent.
pub(crate) fn typed<T: DeserializeOwned>(value: Dynamic, subject: &str) -> Result<T, Diagnostic> {
    from_dynamic(value).map_err(|TypedError { path, message }| {
        // A value that fits the schema and not the Rust type is mostly a number out of range.
        Diagnostic::error(
            "Unsuitable value",
            format!("`{subject}` cannot take this value: {message}."),
        )
        .at(path)
    })
}

/// The wire form of an object that the provider returned, completed from the one it came from.
pub(crate) fn untyped<T: Serialize>(
    state: &T,
    reference: &Dynamic,
    schema: &Schema,
    r#type: &Type,
    subject: &str,
) -> Result<Dynamic, Diagnostic> {
    let value = to_dynamic(state)
        .map_err(|error| bug(subject, &format!("It returned what no host has: {error}.")))?;
    if !matches!(value, Dynamic::Mapping(_)) {
        return Err(bug(subject, "It returned something that is no object."));
    }
    let value = complete(value, Some(reference), r#type);
    let value = fill_blocks(settle(value, reference), schema);
    // Found here, the error names the attribute; found by the host, it would name nothing.
    match msgpack::encode(&value, r#type) {
        Ok(_) => Ok(value),
        Err(error) => Err(bug(subject, &format!("{}.", error.message)).at(error.path)),
    }
}

/// Finds what should be known by now and is not; an error, and null in its place.
pub(crate) fn want_known(value: &mut Dynamic, subject: &str, diagnostics: &mut Diagnostics) {
    if let Some(path) = first_unknown(value) {
        let detail = format!("It left `{path}` unknown where all must be known.");
        diagnostics.push(bug(subject, &detail).at(path));
        *value = unknown_as_null(std::mem::take(value));
    }
}

/// Reads private data; none is the default.
pub(crate) fn read_private<P: DeserializeOwned + Default>(
    bytes: &[u8],
    subject: &str,
) -> Result<P, Diagnostic> {
    if bytes.is_empty() {
        return Ok(P::default());
    }
    serde_json::from_slice(bytes).map_err(|error| {
        Diagnostic::error(
            "Private data cannot be read",
            format!(
                "What the provider stored beside an object of `{subject}` cannot be read: {error}. \
                 It may come from a newer version of the provider; use that version or a later one."
            ),
        )
    })
}

/// Writes private data as JSON; nothing where it is null, such as `()`.
pub(crate) fn write_private<P: Serialize>(
    private: &P,
    subject: &str,
) -> Result<Vec<u8>, Diagnostic> {
    let bytes = serde_json::to_vec(private).map_err(|error| {
        bug(
            subject,
            &format!("Its private data cannot be stored: {error}."),
        )
    })?;
    Ok(if bytes == b"null" { Vec::new() } else { bytes })
}
