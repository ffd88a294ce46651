//! The two hosts, and the binaries under test.
//!
//! Owns where they are looked for and what is said when one cannot be had. A test
//! never passes because a tool is missing.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// What names the version of OpenTofu that `tools/tofu` builds.
const GO_MOD: &str = include_str!("../../../tools/tofu/go.mod");

/// One of the two programs that apply HCL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// OpenTofu.
    Tofu,
    /// Terraform.
    Terraform,
}

impl Host {
    /// The command's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tofu => "tofu",
            Self::Terraform => "terraform",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Tofu => Self::Terraform,
            Self::Terraform => Self::Tofu,
        }
    }

    /// The registry under whose name this host knows `fusionize/fusion`.
    pub fn registry(self) -> &'static str {
        match self {
            Self::Tofu => "registry.opentofu.org",
            Self::Terraform => "registry.terraform.io",
        }
    }

    /// Where the command is: on PATH, or (tofu) in the cache that `make tools` fills.
    pub fn find(self) -> Result<PathBuf> {
        if let Some(found) = on_path(self.name()) {
            return Ok(found);
        }
        match self {
            Self::Tofu => {
                let cached = cache()?.join("tofu").join(tofu_version()?).join("tofu");
                if cached.is_file() {
                    return Ok(cached);
                }
                bail!(
                    "`tofu` is neither on PATH nor at {}: run `make tools`",
                    cached.display()
                )
            }
            Self::Terraform => bail!("`terraform` is not on PATH: install it to run these tests"),
        }
    }
}

fn tofu_version() -> Result<&'static str> {
    let mut lines = GO_MOD.lines();
    lines
        .find_map(|line| line.strip_prefix("require github.com/opentofu/opentofu v"))
        .context("tools/tofu/go.mod does not name the version of OpenTofu")
}

/// A binary of this workspace, built into the target directory that this test runs from.
pub fn workspace_binary(name: &str) -> Result<PathBuf> {
    let test = env::current_exe()?;
    let profile = test
        .ancestors()
        .nth(2)
        .context("the test's binary has no target directory")?;
    let binary = profile.join(name);
    if !binary.is_file() {
        bail!(
            "{} is missing: run `cargo build --workspace` (or `make test`)",
            binary.display()
        );
    }
    Ok(binary)
}

/// The cache outside the clone, as `tools/install` computes it.
fn cache() -> Result<PathBuf> {
    if let Some(set) = env::var_os("FUSIONIZE_CACHE") {
        return Ok(PathBuf::from(set));
    }
    let base = match env::var_os("XDG_CACHE_HOME") {
        Some(set) => PathBuf::from(set),
        None => PathBuf::from(env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(base.join("fusionize"))
}

fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder: PathBuf| folder.join(name))
        .find(|candidate: &PathBuf| Path::is_file(candidate))
}
