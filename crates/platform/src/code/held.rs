//! Who holds packages: they stay where they are meanwhile, also when no version has them any more.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// All that is held.
#[derive(Debug, Default)]
pub struct Holders {
    state: Mutex<State>,
    /// Told when packages may have become free.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// How many hold a package.
    counts: HashMap<String, usize>,
    /// Packages that were to go while somebody held them.
    unwanted: HashSet<String>,
}

/// A package that stays where it is while this lives.
#[derive(Debug)]
pub struct Held {
    holders: Arc<Holders>,
    sha256_hex: String,
    folder: PathBuf,
    /// Whether it was just uploaded, and may come to nothing.
    is_upload: bool,
}

impl Holders {
    /// Holds a package that lies in a folder.
    pub fn hold(self: &Arc<Self>, sha256_hex: &str, folder: PathBuf, is_upload: bool) -> Held {
        *self
            .state()
            .counts
            .entry(sha256_hex.to_owned())
            .or_default() += 1;
        Held {
            holders: Arc::clone(self),
            sha256_hex: sha256_hex.to_owned(),
            folder,
            is_upload,
        }
    }

    /// Packages may have become free.
    pub fn note_change(&self) {
        self.changed.notify_one();
    }

    /// Waits until packages may have become free.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Lets `free` have what it asks about, unless somebody holds that: then there is a change when
    /// it is held no more. Nobody can begin to hold anything meanwhile.
    pub fn free(&self, free: impl FnOnce(&mut dyn FnMut(&str) -> bool)) {
        let mut state = self.state();
        let State { counts, unwanted } = &mut *state;
        free(&mut |sha256_hex| {
            let is_held = counts.contains_key(sha256_hex);
            if is_held {
                unwanted.insert(sha256_hex.to_owned());
            }
            !is_held
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// The SHA-256 of the zip's bytes in hexadecimal digits.
    pub fn sha256_hex(&self) -> &str {
        &self.sha256_hex
    }

    /// Where the package lies unpacked: `LAMBDA_TASK_ROOT`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut state = self.holders.state();
        let Some(count) = state.counts.get_mut(&self.sha256_hex) else {
            return;
        };
        *count -= 1;
        let is_last = *count == 0;
        if is_last {
            state.counts.remove(&self.sha256_hex);
        }
        let is_unwanted = is_last && state.unwanted.remove(&self.sha256_hex);
        drop(state);
        if is_unwanted || self.is_upload {
            self.holders.note_change();
        }
    }
}
