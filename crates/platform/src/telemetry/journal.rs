//! The journal: a file of changes, one JSON text a line, that makes the state again after a restart.
//!
//! A change is on its way to the disk before it is acknowledged: written to the operating system, so
//! that the end of this process loses nothing. When the file has outgrown its last compaction, it is
//! replaced by the changes that make the present state. A line cut off at the end, which was never
//! acknowledged, is dropped; any other line that cannot be read is an error.

use super::mutation::Mutation;
use super::state::State;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "telemetry.journal";
const HEADER: &str = "{\"fusionize_telemetry_journal\":1}";

/// Why the journal cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The operating system refused.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what this program writes.
    #[error("line {line} of `{}` is not a journal entry ({reason}); move the file away to start with empty metrics and logs", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// One-based line.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    bytes: u64,
    /// The length beyond which the file is worth replacing.
    compact_above_bytes: u64,
    allowance_bytes: u64,
}

impl Journal {
    /// Opens the journal in a directory, making both where missing, and applies what it holds.
    pub fn open(directory: &Path, state: &mut State) -> Result<Self, JournalError> {
        let path = directory.join(FILE_NAME);
        std::fs::create_dir_all(directory).map_err(|source| io("make", directory, source))?;
        let valid_bytes = if path.exists() {
            replay(&path, state)?
        } else {
            0
        };
        let mut file = options()
            .open(&path)
            .map_err(|source| io("open", &path, source))?;
        file.set_len(valid_bytes)
            .map_err(|source| io("shorten", &path, source))?;
        let mut bytes = valid_bytes;
        if bytes == 0 {
            let header = format!("{HEADER}\n");
            file.write_all(header.as_bytes())
                .map_err(|source| io("write", &path, source))?;
            bytes = header.len() as u64;
        }
        let allowance_bytes = state.limits.journal_bytes;
        Ok(Self {
            path,
            file,
            bytes,
            compact_above_bytes: allowance_bytes,
            allowance_bytes,
        })
    }

    /// Writes changes. If it fails, none of them must be applied or acknowledged.
    pub fn append(&mut self, mutations: &[Mutation]) -> Result<(), JournalError> {
        let mut text = Vec::new();
        for mutation in mutations {
            write_line(&mut text, mutation).map_err(|source| io("write", &self.path, source))?;
        }
        if let Err(source) = self.file.write_all(&text) {
            // What was written in part must not precede the next entry.
            let _ = self.file.set_len(self.bytes);
            return Err(io("write", &self.path, source));
        }
        self.bytes += text.len() as u64;
        Ok(())
    }

    /// Whether the file has grown so much that it is worth replacing.
    pub fn wants_compaction(&self) -> bool {
        self.bytes > self.compact_above_bytes
    }

    /// Replaces the file by the changes that make `state`. The old one stays until the new is whole;
    /// if it cannot be, the next try is worth it when the old one has grown further.
    pub fn compact(&mut self, state: &State) -> Result<(), JournalError> {
        let next = self.path.with_extension("journal.next");
        let written = write_anew(&next, state).and_then(|written| {
            std::fs::rename(&next, &self.path)?;
            Ok(written)
        });
        let (file, length) = written.map_err(|source| {
            // Half a file helps nobody, and takes room that is missing.
            let _ = std::fs::remove_file(&next);
            self.compact_above_bytes = self.bytes + self.allowance_bytes;
            io("compact", &self.path, source)
        })?;
        self.file = file;
        self.bytes = length;
        self.compact_above_bytes = 2 * length + self.allowance_bytes;
        Ok(())
    }
}

/// Writes the changes that make `state` to a new file. What is returned can go on to be appended to,
/// also under another name: it need not be opened again, which could fail.
fn write_anew(path: &Path, state: &State) -> std::io::Result<(File, u64)> {
    let file = options().open(path)?;
    // What an earlier run may have left.
    file.set_len(0)?;
    let mut out = BufWriter::new(file);
    writeln!(out, "{HEADER}")?;
    state.replay(|mutation| write_line(&mut out, mutation))?;
    let file = out
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

/// What functions log is nobody else's business.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    options
}

fn io(action: &'static str, path: &Path, source: std::io::Error) -> JournalError {
    JournalError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}

fn write_line(out: &mut impl Write, mutation: &Mutation) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, mutation)?;
    out.write_all(b"\n")
}

/// Applies every entry of the file; returns the length of what is whole.
fn replay(path: &Path, state: &mut State) -> Result<u64, JournalError> {
    let file = File::open(path).map_err(|source| io("open", path, source))?;
    let mut reader = BufReader::new(file);
    let mut valid_bytes = 0;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = reader
            .read_until(b'\n', &mut line)
            .map_err(|source| io("read", path, source))?;
        if read == 0 || line.last() != Some(&b'\n') {
            break;
        }
        let corrupt = |reason: String| JournalError::Corrupt {
            path: path.to_owned(),
            line: number,
            reason,
        };
        let text = &line[..line.len() - 1];
        if number == 1 {
            if text != HEADER.as_bytes() {
                return Err(corrupt(format!("the first line must be {HEADER}")));
            }
        } else {
            let mutation: Mutation =
                serde_json::from_slice(text).map_err(|error| corrupt(error.to_string()))?;
            mutation.apply(state);
        }
        valid_bytes += read as u64;
    }
    Ok(valid_bytes)
}
