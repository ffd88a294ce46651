//! What a process writes to stdout and stderr: one pipe for both, cut into log events.
//!
//! A line is an event. Our own runtime client begins an event with a record separator and writes
//! its line breaks as unit separators, so that one call of `console.log` stays one event.

use std::io::{self, PipeReader};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::unix::pipe::Receiver;

use super::log::Log;

/// The longest event; CloudWatch takes 1 MB with 26 bytes of overhead. What is longer is cut.
const MAX_EVENT_BYTES: usize = 1_048_576 - 26;
/// How much is read before other work gets its turn.
const CHUNK_BYTES: usize = 64 * 1024;
const RECORD: u8 = 0x1e;
const LINE_BREAK: char = '\u{1f}';

/// The reading end of a process's output.
#[derive(Debug, Clone)]
pub struct Capture {
    pipe: Arc<Receiver>,
    lines: Arc<Mutex<Lines>>,
    log: Arc<Log>,
}

impl Capture {
    /// Reads from a pipe into a log. Call [`Capture::follow`] in a task of its own.
    pub fn new(pipe: PipeReader, log: Arc<Log>) -> io::Result<Self> {
        let pipe = Arc::new(Receiver::from_owned_fd(OwnedFd::from(pipe))?);
        Ok(Self {
            pipe,
            lines: Arc::default(),
            log,
        })
    }

    /// Reads until all writers are gone.
    pub async fn follow(self) {
        while let Ok(()) = self.pipe.readable().await {
            match self.read_some(Receiver::try_read) {
                Ok(0) => break,
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => break,
                _ => tokio::task::yield_now().await,
            }
        }
        self.finish();
    }

    /// Reads all that was written so far. A process that does not stop writing is left after one
    /// megabyte: the rest comes with [`Capture::follow`].
    fn drain(&self) {
        for _ in 0..(1 << 20) / CHUNK_BYTES {
            // Past what tokio knows of the pipe: it may not have been told of the last bytes yet.
            let read = |pipe: &Receiver, chunk: &mut [u8]| Ok(nix::unistd::read(pipe, chunk)?);
            if !matches!(self.read_some(read), Ok(1..)) {
                break;
            }
        }
    }

    /// Reads as [`Capture::drain`] does, and makes an event of what follows the last line break too:
    /// whoever ends that line does so in another invocation, or nobody does.
    pub fn finish(&self) {
        self.drain();
        let rest = self
            .lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .rest();
        self.log.lines(rest.into_iter().collect());
    }

    fn read_some(
        &self,
        read: impl FnOnce(&Receiver, &mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let mut chunk = vec![0; CHUNK_BYTES];
        let length = read(&self.pipe, &mut chunk)?;
        // Under the lock, so that two readers cannot turn the order around.
        self.log.lines(lines.push(&chunk[..length]));
        Ok(length)
    }
}

/// Cuts bytes into events.
#[derive(Debug, Default)]
struct Lines {
    pending: Vec<u8>,
}

impl Lines {
    fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut events = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (content, ended) = match part.strip_suffix(b"\n") {
                Some(content) => (content, true),
                None => (part, false),
            };
            self.pending.extend_from_slice(content);
            while self.pending.len() > MAX_EVENT_BYTES {
                let rest = self.pending.split_off(MAX_EVENT_BYTES);
                events.extend(event(&self.pending));
                self.pending = rest;
            }
            if ended {
                events.extend(event(&self.pending));
                self.pending.clear();
            }
        }
        events
    }

    fn rest(&mut self) -> Option<String> {
        event(&std::mem::take(&mut self.pending))
    }
}

fn event(line: &[u8]) -> Option<String> {
    let text = match line.strip_prefix(&[RECORD]) {
        Some(record) => String::from_utf8_lossy(record).replace(LINE_BREAK, "\n"),
        None => String::from_utf8_lossy(line).into_owned(),
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_record_keeps_its_line_breaks() {
        let mut lines = Lines::default();
        assert_eq!(
            lines.push(b"one\n\x1etwo\x1fthree\nfo"),
            ["one", "two\nthree"]
        );
        assert_eq!(lines.push(b"ur\n"), ["four"]);
        assert_eq!(lines.rest(), None);
    }

    #[test]
    fn an_endless_line_is_cut() {
        let mut lines = Lines::default();
        let events = lines.push(&vec![b'x'; 2 * MAX_EVENT_BYTES + 1]);
        assert_eq!(
            events.iter().map(String::len).collect::<Vec<_>>(),
            [MAX_EVENT_BYTES; 2]
        );
        assert_eq!(lines.rest().as_deref(), Some("x"));
    }

    proptest! {
        #[test]
        fn events_do_not_depend_on_how_the_bytes_arrive(
            text in "[a-c\n]{0,60}", cuts in proptest::collection::vec(0_usize..60, 0..5)
        ) {
            let whole = Lines::default().push(text.as_bytes());
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut <= text.len()).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let mut lines = Lines::default();
            let parts: Vec<String> = cuts
                .windows(2)
                .flat_map(|pair| lines.push(&text.as_bytes()[pair[0]..pair[1]]))
                .collect();
            prop_assert_eq!(parts, whole);
        }
    }
}
