//! Values as `MessagePack`, in the hosts' dialect.

mod decode;
mod encode;
mod reader;
mod refinement;
mod writer;

pub(crate) use decode::decode;
pub(crate) use encode::encode;

/// The extension code of an unknown value of which something is known.
const REFINED: i8 = 12;
/// A refined unknown value's payload is at most this long, in bytes.
const MAX_REFINEMENT_BYTES: usize = 1024;
