//! Where the real hosts are.

use std::path::{Path, PathBuf};

/// The version of OpenTofu that the cache holds.
const TOFU_VERSION: &str = "1.11.6";

/// The program on PATH, or `other`.
fn find(name: &str, other: Option<PathBuf>) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|directory| directory.join(name));
    on_path.chain(other).find(|program| program.is_file()).unwrap_or_else(|| {
        panic!(
            "no `{name}` is on PATH or in the cache: install it, or run `make tools`, which puts \
             it into the cache"
        )
    })
}

/// Terraform.
pub fn terraform() -> PathBuf {
    find("terraform", None)
}

/// OpenTofu: on PATH, or in the cache that `make tools` fills.
pub fn tofu() -> PathBuf {
    let home = |name: &str, below: &str| {
        let base = std::env::var_os(name).filter(|value| !value.is_empty());
        base.map(|base| Path::new(&base).join(below))
    };
    let cache = home("FUSIONIZE_CACHE", "")
        .or_else(|| home("XDG_CACHE_HOME", "fusionize"))
        .or_else(|| home("HOME", ".cache/fusionize"));
    find(
        "tofu",
        cache.map(|cache| cache.join(format!("tofu/{TOFU_VERSION}/tofu"))),
    )
}
