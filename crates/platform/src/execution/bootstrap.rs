//! The files of our runtime client for Node.js, which are part of the binary and are laid out in a
//! folder at the platform's start.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const FILES: [(&str, &str); 8] = [
    (
        "index.mjs",
        include_str!("../../bootstrap/nodejs/index.mjs"),
    ),
    (
        "runtime-api.mjs",
        include_str!("../../bootstrap/nodejs/runtime-api.mjs"),
    ),
    ("load.mjs", include_str!("../../bootstrap/nodejs/load.mjs")),
    (
        "context.mjs",
        include_str!("../../bootstrap/nodejs/context.mjs"),
    ),
    (
        "callback.mjs",
        include_str!("../../bootstrap/nodejs/callback.mjs"),
    ),
    (
        "errors.mjs",
        include_str!("../../bootstrap/nodejs/errors.mjs"),
    ),
    ("log.mjs", include_str!("../../bootstrap/nodejs/log.mjs")),
    (
        "streaming.mjs",
        include_str!("../../bootstrap/nodejs/streaming.mjs"),
    ),
];

/// Writes the files and returns the one to start.
pub fn lay_out(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    for (name, content) in FILES {
        fs::write(folder.join(name), content)?;
    }
    Ok(folder.join("index.mjs"))
}
