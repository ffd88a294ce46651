//! Which interpreter runs a managed runtime's functions, and where its SDK lies. Looks at `PATH`
//! and the tools cache; installs nothing.

use std::path::{Path, PathBuf};

/// The folder that `make tools` fills: `$FUSIONIZE_CACHE`, else `$XDG_CACHE_HOME/fusionize`,
/// else `~/.cache/fusionize`.
pub fn default_cache() -> PathBuf {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(cache) = variable("FUSIONIZE_CACHE") {
        return PathBuf::from(cache);
    }
    variable("XDG_CACHE_HOME")
        .map_or_else(
            || Path::new(&variable("HOME").unwrap_or_else(|| ".".into())).join(".cache"),
            PathBuf::from,
        )
        .join("fusionize")
}
