//! Taking in the figures of one refresh.

use super::{Evidence, Window};

impl Evidence {
    /// Takes in what was read in one refresh.
    pub fn absorb(&mut self, window: &Window<'_>) {
        let _ = window;
    }

    /// Whether `other` says something that this does not.
    pub fn differs_materially(&self, other: &Self) -> bool {
        self != other
    }
}
