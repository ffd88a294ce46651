//! The program that applies: OpenTofu or Terraform.

use std::env;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::failure::{Exit, Failure};

/// What names the version of OpenTofu that `make tools` builds.
const GO_MOD: &str = include_str!("../../../../tools/tofu/go.mod");

/// The two hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Host {
    /// OpenTofu
    Tofu,
    /// Terraform
    Terraform,
}

/// A host that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Which.
    pub host: Host,
    /// Its binary.
    pub binary: PathBuf,
}

impl Host {
    /// Its name, and that of its command.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tofu => "tofu",
            Self::Terraform => "terraform",
        }
    }

    /// The registry under whose name it looks for providers.
    pub fn registry(self) -> &'static str {
        match self {
            Self::Tofu => "registry.opentofu.org",
            Self::Terraform => "registry.terraform.io",
        }
    }

    /// The one that is asked for, by argument or by `HOST`; else the first that is there.
    pub fn choose(asked: Option<Self>) -> Result<Found, Failure> {
        let wanted = asked.or_else(Self::of_environment);
        let candidates =
            wanted.map_or_else(|| vec![Self::Tofu, Self::Terraform], |host| vec![host]);
        let found = candidates.iter().find_map(|host| host.find());
        found.ok_or_else(|| match wanted {
            Some(host) => missing(&format!("`{}` is not installed", host.name())),
            None => missing("neither `tofu` nor `terraform` is installed"),
        })
    }

    /// Some shells set `HOST` to the machine's name: what names no host is no wish.
    fn of_environment() -> Option<Self> {
        Self::from_str(&env::var("HOST").ok()?, true).ok()
    }

    fn find(self) -> Option<Found> {
        let folders = env::var_os("PATH").unwrap_or_default();
        let on_path = env::split_paths(&folders).map(|folder| folder.join(self.name()));
        let cached = match self {
            Self::Tofu => cached_tofu(),
            Self::Terraform => None,
        };
        let binary = on_path.chain(cached).find(|path| path.is_file())?;
        Some(Found { host: self, binary })
    }
}

/// The `tofu` that `make tools` builds.
fn cached_tofu() -> Option<PathBuf> {
    let version = tofu_version()?;
    Some(cache()?.join("tofu").join(version).join("tofu"))
}

fn tofu_version() -> Option<&'static str> {
    let mut lines = GO_MOD.lines();
    lines.find_map(|line| line.strip_prefix("require github.com/opentofu/opentofu v"))
}

/// The cache outside of the clone.
fn cache() -> Option<PathBuf> {
    let set = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("FUSIONIZE_CACHE").or_else(|| {
        let base = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?;
        Some(base.join("fusionize"))
    })
}

fn missing(what: &str) -> Failure {
    Failure::new(Exit::State, what.to_owned())
        .because("it was looked for on PATH and in the cache that `make tools` fills")
        .hint("run `make tools`, which builds `tofu`, or install one of the two")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_the_tofu_in_the_cache_is_known() {
        let version = tofu_version().unwrap();
        assert!(
            version.split('.').all(|part| part.parse::<u32>().is_ok()),
            "{version}"
        );
    }
}
