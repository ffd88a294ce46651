//! What a task folder may hold that is no part of the task.
//!
//! Tools put these files there by themselves: if they counted, opening a folder in a file
//! browser would publish a new version.

/// Names of files and folders that are neither hashed nor packed, wherever they stand.
const NAMES: [&str; 6] = [
    ".DS_Store",
    ".git",
    ".gitignore",
    ".terraform",
    "Thumbs.db",
    "__pycache__",
];

/// Whether a file or folder of this name is left out.
pub(crate) fn ignored(name: &str) -> bool {
    NAMES.contains(&name)
}
