//! Events that wait, in the order in which they are due.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, Semaphore};

use super::journal::Journal;
use super::record::DeadLetter;
use crate::config::PlatformConfig;

/// How many records of failed events are held in memory.
const MAX_DEAD_LETTERS: usize = 1000;

/// An event that waits for its function.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Event {
    /// The id of the request that brought it; the function sees it in every try.
    pub request_id: String,
    /// The function's name.
    pub function: String,
    /// Version or alias as asked for; what it means is decided when the event runs.
    pub qualifier: Option<String>,
    /// JSON.
    pub payload: String,
    /// JSON of the client context.
    pub client_context: Option<String>,
    /// The trace header of the caller.
    pub trace: Option<String>,
    /// When it was accepted, in milliseconds since 1970.
    pub received_ms: i64,
    /// When it is to run next, in milliseconds since 1970.
    pub due_ms: i64,
    /// How often the function has run it.
    pub attempts: u32,
    /// How often it was throttled since.
    pub throttles: u32,
}

/// The queue of all functions.
#[derive(Debug)]
pub struct Queue {
    state: Mutex<State>,
    changed: Notify,
    /// How many events run at once.
    pub turns: Arc<Semaphore>,
    dead_letters: Mutex<Vec<DeadLetter>>,
    dead_letter_file: Option<PathBuf>,
}

#[derive(Debug, Default)]
struct State {
    /// By due time and arrival.
    waiting: BTreeMap<(i64, u64), Event>,
    /// Taken and not decided yet: they wait again after a restart.
    running: BTreeMap<String, Event>,
    /// Over, with a record that could not be kept: they wait again after a restart.
    unrecorded: Vec<Event>,
    arrivals: u64,
    journal: Option<Journal>,
}

impl Queue {
    /// Opens the queue, with what its folder holds.
    pub fn open(folder: Option<&Path>, config: &PlatformConfig) -> io::Result<Self> {
        let mut state = State::default();
        if let Some(folder) = folder {
            let (journal, waiting) = Journal::open(folder)?;
            for event in waiting {
                state.wait(event);
            }
            state.journal = Some(journal);
        }
        Ok(Self {
            state: Mutex::new(state),
            changed: Notify::new(),
            turns: Arc::new(Semaphore::new(config.event_concurrency)),
            dead_letters: Mutex::default(),
            dead_letter_file: folder.map(|folder| folder.join("dead-letters.jsonl")),
        })
    }

    /// Takes an event in. When this returns, it is kept.
    pub fn put(&self, event: Event) -> io::Result<()> {
        let mut state = self.state();
        if let Some(journal) = &mut state.journal {
            journal.put(&event)?;
        }
        state.wait(event);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Puts an event back for another try. If that cannot be written, a restart forgets the tries.
    pub fn put_back(&self, event: Event) {
        let mut state = self.state();
        let written = state.journal.as_mut().map(|journal| journal.put(&event));
        if let Some(Err(error)) = written {
            tracing::warn!(%error, "an event's tries were not written");
        }
        state.running.remove(&event.request_id);
        state.wait(event);
        drop(state);
        self.changed.notify_one();
    }

    /// Waits for the event that is due next and takes it out.
    pub async fn next(&self, now_ms: impl Fn() -> i64) -> Event {
        loop {
            let pause_ms = {
                let mut state = self.state();
                let first = state.waiting.first_key_value().map(|(key, _)| key.0);
                match first {
                    Some(due_ms) if due_ms <= now_ms() => {
                        if let Some((_, event)) = state.waiting.pop_first() {
                            state
                                .running
                                .insert(event.request_id.clone(), event.clone());
                            return event;
                        }
                        0
                    }
                    // Also wakes when the clock was set.
                    Some(due_ms) => u64::try_from(due_ms - now_ms()).unwrap_or(0).min(60_000),
                    None => 60_000,
                }
            };
            let pause = std::time::Duration::from_millis(pause_ms);
            let _ = tokio::time::timeout(pause, self.changed.notified()).await;
        }
    }

    /// An event is done with.
    pub fn done(&self, event: &Event) {
        let mut state = self.state();
        state.running.remove(&event.request_id);
        state.note_done([event.request_id.clone()]);
    }

    /// Drops all events of a function.
    pub fn forget(&self, function: &str) {
        let mut state = self.state();
        let mut dropped = Vec::new();
        state.waiting.retain(|_, event| {
            let stays = event.function != function;
            if !stays {
                dropped.push(event.request_id.clone());
            }
            stays
        });
        state.note_done(dropped);
    }

    /// Whether no event waits or runs.
    pub fn is_empty(&self) -> bool {
        let state = self.state();
        state.waiting.is_empty() && state.running.is_empty()
    }

    /// An event is over, but its record could not be kept: a restart runs it again.
    pub fn leave(&self, event: &Event) {
        let mut state = self.state();
        let left = state.running.remove(&event.request_id);
        state.unrecorded.extend(left);
    }

    /// Records an event that failed for good; returns whether the record is kept.
    #[must_use]
    pub fn bury(&self, letter: DeadLetter) -> bool {
        tracing::warn!(
            function = letter.function,
            condition = letter.condition,
            "an asynchronous event failed for good"
        );
        let written = self
            .dead_letter_file
            .as_ref()
            .map(|path| letter.append_to(path));
        let is_kept = !matches!(written, Some(Err(_)));
        if let Some(Err(error)) = written {
            tracing::warn!(%error, "a dead letter was not written");
        }
        let mut letters = self
            .dead_letters
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let surplus = (letters.len() + 1).saturating_sub(MAX_DEAD_LETTERS);
        letters.drain(..surplus);
        letters.push(letter);
        is_kept
    }

    /// The latest events that failed for good and whose record no destination got.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.dead_letters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wait(&mut self, event: Event) {
        self.arrivals += 1;
        self.waiting.insert((event.due_ms, self.arrivals), event);
    }

    fn note_done(&mut self, ids: impl IntoIterator<Item = String>) {
        let Some(journal) = &mut self.journal else {
            return;
        };
        let mut noted = journal.done(ids);
        let all = || {
            let taken = self.running.values().chain(&self.unrecorded);
            self.waiting.values().chain(taken)
        };
        let count = self.waiting.len() + self.running.len() + self.unrecorded.len();
        if journal.is_sparse(count) {
            // A shorter file may fit where another line does not.
            noted = journal.rewrite(all());
        }
        if let Err(error) = noted {
            // The event runs again after a restart: at least once, as on AWS.
            tracing::warn!(%error, "the end of an event was not written");
        }
    }
}
