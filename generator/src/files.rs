//! What the generator may see of an application's folder, without touching a disk itself.
//!
//! The command line passes the real folder, tests pass a map. What a package may hold is
//! `fusion-packaging`'s matter: whoever implements [`Files`] may ask it.

use std::collections::{BTreeMap, BTreeSet};

/// Read access to an application's folder. Paths are relative to it, with `/` between their
/// parts and without a leading or trailing one; the empty path is the folder itself.
pub trait Files {
    /// The names of the folders directly below `path`, in any order; none if there is no such
    /// folder.
    fn folders(&self, path: &str) -> Vec<String>;

    /// Whether `path` is a folder.
    fn is_folder(&self, path: &str) -> bool;

    /// Whether there is anything of this path.
    fn exists(&self, path: &str) -> bool;

    /// The text of the file `path`; `None` if there is no such file. What is not UTF-8 in it may
    /// be replaced.
    fn text(&self, path: &str) -> Option<String>;

    /// Why the folder `path`, which exists, cannot be packed; `None` where nothing is known
    /// against it.
    fn obstacle(&self, path: &str) -> Option<Obstacle> {
        let _ = path;
        None
    }
}

/// Something in a folder that no package can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// What is in the way, as a sentence without a full stop.
    pub why: String,
    /// How to mend it.
    pub help: String,
}

/// Files as a map from path to text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileMap(pub BTreeMap<String, String>);

impl FileMap {
    /// Collects files from pairs of path and text.
    pub fn new<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        Self(
            files
                .into_iter()
                .map(|(path, text)| (path.into(), text.into()))
                .collect(),
        )
    }
}

impl Files for FileMap {
    fn folders(&self, path: &str) -> Vec<String> {
        let names: BTreeSet<&str> = self
            .0
            .keys()
            .filter_map(|file| below(file, path))
            .filter_map(|rest| rest.split_once('/').map(|(name, _)| name))
            .collect();
        names.into_iter().map(str::to_owned).collect()
    }

    fn is_folder(&self, path: &str) -> bool {
        self.0.keys().any(|file| below(file, path).is_some())
    }

    fn exists(&self, path: &str) -> bool {
        self.0.contains_key(path) || self.is_folder(path)
    }

    fn text(&self, path: &str) -> Option<String> {
        self.0.get(path).cloned()
    }
}

/// The rest of `file`'s path below the folder `path`.
fn below<'f>(file: &'f str, path: &str) -> Option<&'f str> {
    if path.is_empty() {
        Some(file)
    } else {
        file.strip_prefix(path)?.strip_prefix('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_knows_its_folders() {
        let files = FileMap::new([
            ("tasks/A/handler.js", ""),
            ("tasks/B/x/y.js", ""),
            ("top", ""),
        ]);
        assert_eq!(files.folders("tasks"), ["A", "B"]);
        assert_eq!(files.folders(""), ["tasks"]);
        assert!(files.is_folder("tasks/B/x"));
        assert!(!files.is_folder("tasks/B/x/y.js"));
        assert!(!files.is_folder("task"));
    }
}
