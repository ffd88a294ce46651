//! The project's own binaries, built for release, and the folders of the clone.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use fusion_acceptance::host::workspace_binary;

use crate::progress::say;

/// The packages whose binaries are measured.
const PACKAGES: [&str; 2] = ["fusionize", "terraform-provider-fusion"];

/// Builds what is measured, as a release. Where this program was not built for release, nothing
/// that it measures would be either.
pub fn build() -> Result<()> {
    say("building the release binaries");
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--locked", "--release", "--quiet"])
        .current_dir(root());
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    ensure!(
        command.status()?.success(),
        "the release binaries cannot be built"
    );
    ensure!(
        !cfg!(debug_assertions),
        "these figures are of release binaries: run `cargo bench -p fusion-bench`"
    );
    Ok(())
}

/// The provider.
pub fn provider() -> Result<PathBuf> {
    workspace_binary("terraform-provider-fusion")
}

/// The command line.
pub fn fusionize() -> Result<PathBuf> {
    workspace_binary("fusionize")
}

/// The clone.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A script of this crate.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("node")
        .join(name)
}
