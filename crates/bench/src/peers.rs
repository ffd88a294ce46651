//! Other projects that figures stand beside.
//!
//! Owns having them installed by `tools/install`, and the reason where one cannot be had: then
//! the rest is measured without it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::binaries::root;
use crate::progress::say;

/// What a peer is, or why it is not there.
pub type Found = Result<Installed, String>;

/// A peer in the cache.
#[derive(Clone, Debug)]
pub struct Installed {
    /// Its name and version.
    pub name: String,
    /// Its version alone.
    pub version: String,
    /// The file that is started.
    pub program: PathBuf,
}

/// hashicorp/random, the provider that does least.
pub const RANDOM: &str = "hashicorp/random";
/// serverless-offline, the emulation that is used most.
pub const SERVERLESS_OFFLINE: &str = "serverless-offline";

/// hashicorp/random, built from its Go module.
pub fn random() -> Found {
    install(RANDOM, "random")
}

/// serverless-offline; its program is the Serverless Framework's.
pub fn serverless_offline() -> Found {
    install(SERVERLESS_OFFLINE, "serverless")
}

/// Node.js 22 of the managed runtime, else the one on PATH.
pub fn node() -> PathBuf {
    install("Node.js 22", "node").map_or_else(|_| "node".into(), |found| found.program)
}

/// Has a part installed; the last two lines that the tool prints are version and file.
fn install(name: &str, part: &str) -> Found {
    say(format!("looking for {name}"));
    let output = Command::new(root().join("tools/install"))
        .args(["--where", part])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("`tools/install {part}` cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let (version, program) = text.trim().split_once(' ').unwrap_or_default();
    if !output.status.success() || !Path::new(program).is_file() {
        return Err(format!("`tools/install {part}` did not get it"));
    }
    Ok(Installed {
        name: format!("{name} {version}"),
        version: version.to_owned(),
        program: program.into(),
    })
}
