//! What a user should know about this platform and its host, each sentence once.

use std::sync::{Mutex, PoisonError};

/// The sentences so far.
#[derive(Debug, Default)]
pub struct Notices(Mutex<Vec<String>>);

impl Notices {
    /// Adds a sentence that was not said yet.
    pub fn add(&self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(&sentence) {
            tracing::info!("{sentence}");
            all.push(sentence);
        }
    }

    /// All sentences in the order in which they came up.
    pub fn all(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
