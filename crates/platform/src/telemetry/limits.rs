//! How much the store holds.

/// Limits on memory; what is beyond them is refused or gives up its oldest part, as said at each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Metrics (namespace, name, dimensions) held at one time; beyond, those silent for longest go.
    pub metrics: usize,
    /// Raw values held for percentiles, equal values of one slot counting once, 16 bytes each. Beyond,
    /// the oldest fold into buckets one percent wide.
    pub raw_values: usize,
    /// Bytes of log messages, each event counting 26 bytes more. Beyond, the largest stream loses its
    /// oldest events.
    pub log_bytes: usize,
    /// Log groups held at one time; a new one beyond is refused.
    pub log_groups: usize,
    /// Log streams of one group; the one silent for longest gives way to a new one.
    pub log_streams: usize,
    /// Bytes of a request's body after decompression.
    pub request_bytes: usize,
    /// Bytes by which the journal may outgrow its last compaction before it is compacted again.
    pub journal_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            metrics: 50_000,
            raw_values: 4_000_000,
            log_bytes: 128 << 20,
            log_groups: 2_000,
            log_streams: 5_000,
            request_bytes: 4 << 20,
            journal_bytes: 32 << 20,
        }
    }
}
