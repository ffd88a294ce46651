//! The file of events: every change a line, appended before it is acknowledged. It is written anew
//! when most of it is about events that are gone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::queue::Event;

const FILE: &str = "events.journal";
/// How the name begins of a file that is not whole yet.
const UNFINISHED: &str = ".new-";
/// Lines that the file may have beyond twice what it holds.
const SLACK_LINES: usize = 2000;

/// The open file.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    length: u64,
    lines: usize,
    /// How many lines the file may have beyond twice what it holds, before it is written anew.
    slack_lines: usize,
}

/// A change.
#[derive(Debug, Serialize, Deserialize)]
enum Line {
    /// An event waits, as it is now.
    #[serde(rename = "put")]
    Put(Event),
    /// An event waits no more.
    #[serde(rename = "done")]
    Done(String),
}

impl Journal {
    /// Opens the file in a folder; returns the events that wait.
    pub fn open(folder: &Path) -> io::Result<(Self, Vec<Event>)> {
        fs::create_dir_all(folder)?;
        for entry in fs::read_dir(folder)?.flatten() {
            // Of a run that was killed.
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        let path = folder.join(FILE);
        let text = if path.exists() {
            fs::read(&path)?
        } else {
            Vec::new()
        };
        let mut waiting = BTreeMap::new();
        // What follows the last line break was never acknowledged.
        let whole = text
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        for (number, line) in text[..whole].split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(Line::Put(event)) => {
                    waiting.insert(event.request_id.clone(), event);
                }
                Ok(Line::Done(id)) => {
                    waiting.remove(&id);
                }
                Err(error) => {
                    let text = format!("line {} of `{}`: {error}", number + 1, path.display());
                    return Err(io::Error::new(io::ErrorKind::InvalidData, text));
                }
            }
        }
        let waiting: Vec<Event> = waiting.into_values().collect();
        let journal = Self::write_anew(path, waiting.iter())?;
        Ok((journal, waiting))
    }

    /// Keeps an event as it is now.
    pub fn put(&mut self, event: &Event) -> io::Result<()> {
        self.append(&Line::Put(event.clone()))
    }

    /// Forgets events.
    pub fn done(&mut self, ids: impl IntoIterator<Item = String>) -> io::Result<()> {
        ids.into_iter()
            .try_for_each(|id| self.append(&Line::Done(id)))
    }

    /// Whether most of the file is about events that are gone, when so many wait.
    pub fn is_sparse(&self, waiting: usize) -> bool {
        self.lines > 2 * waiting + self.slack_lines
    }

    /// Replaces the file by the events that wait. If that fails, the next try is worth it when the
    /// file has grown further.
    pub fn rewrite<'a>(&mut self, waiting: impl Iterator<Item = &'a Event>) -> io::Result<()> {
        match Self::write_anew(self.path.clone(), waiting) {
            Ok(anew) => {
                *self = anew;
                Ok(())
            }
            Err(error) => {
                self.slack_lines = self.lines + SLACK_LINES;
                Err(error)
            }
        }
    }

    fn append(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        if let Err(error) = self.file.write_all(&text) {
            // Half a line must not precede the next.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += text.len() as u64;
        self.lines += 1;
        Ok(())
    }

    fn write_anew<'a>(path: PathBuf, waiting: impl Iterator<Item = &'a Event>) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        // Appended to from the start: once it is in place it need not be opened, which could fail.
        let mut next = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .append(true)
            .tempfile_in(folder)?;
        let mut lines = 0;
        for event in waiting {
            serde_json::to_writer(&mut next, &Line::Put(event.clone()))?;
            next.write_all(b"\n")?;
            lines += 1;
        }
        next.flush()?;
        let length = next.as_file().metadata()?.len();
        let file = next.persist(&path).map_err(|error| error.error)?;
        Ok(Self {
            path,
            file,
            length,
            lines,
            slack_lines: SLACK_LINES,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str) -> Event {
        Event {
            request_id: id.into(),
            function: "f".into(),
            qualifier: None,
            payload: r#"{"text":"a\nb"}"#.into(),
            client_context: None,
            trace: None,
            received_ms: 1,
            due_ms: 1,
            attempts: 0,
            throttles: 0,
        }
    }

    fn ids(folder: &Path) -> Vec<String> {
        let (_, waiting) = Journal::open(folder).unwrap();
        waiting.into_iter().map(|event| event.request_id).collect()
    }

    #[test]
    fn what_was_put_and_is_not_done_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(folder.path()).unwrap();
        for id in ["a", "b", "c"] {
            journal.put(&event(id)).unwrap();
        }
        journal.done(["b".to_owned()]).unwrap();
        assert_eq!(ids(folder.path()), ["a", "c"]);
    }

    #[test]
    fn a_line_that_was_cut_off_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(folder.path()).unwrap();
        journal.put(&event("a")).unwrap();
        journal.file.write_all(b"{\"put\":{\"requ").unwrap();
        assert_eq!(ids(folder.path()), ["a"]);
    }

    #[test]
    fn the_file_does_not_grow_with_events_that_are_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(folder.path()).unwrap();
        for number in 0..5000 {
            journal.put(&event(&number.to_string())).unwrap();
            journal.done([number.to_string()]).unwrap();
            if journal.is_sparse(0) {
                journal.rewrite([].iter()).unwrap();
            }
        }
        assert!(journal.lines <= SLACK_LINES + 2, "{}", journal.lines);
    }
}
