//! One log event.

/// Bytes that CloudWatch counts for an event beside its message.
pub const EVENT_OVERHEAD_BYTES: usize = 26;

/// What orders events: time in milliseconds since the epoch, then the order of arrival in the store.
pub type EventKey = (i64, u64);

/// An event as its stream keeps it, under its [`EventKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// When it arrived, in milliseconds since the epoch.
    pub ingestion_ms: i64,
    /// The text.
    pub message: String,
}

impl StoredEvent {
    /// The bytes it counts for.
    pub fn size(&self) -> usize {
        self.message.len() + EVENT_OVERHEAD_BYTES
    }
}

/// An event as it is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// When it happened, in milliseconds since the epoch.
    pub timestamp_ms: i64,
    /// The text, without an ending newline.
    pub message: String,
}
