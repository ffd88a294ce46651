//! Which interpreter runs a managed runtime's functions, and where its SDK lies. Looks at `PATH`
//! and the tools cache; installs nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What was found for the managed runtimes.
#[derive(Debug, Default)]
pub struct Found {
    /// The interpreter of each runtime.
    pub nodes: BTreeMap<&'static str, PathBuf>,
    /// The folder of modules that the managed runtimes bring.
    pub sdk: Option<PathBuf>,
    /// What the user should know.
    pub notices: Vec<String>,
}

/// A Node.js with its version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    version: (u32, u32, u32),
    program: PathBuf,
}

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

/// Looks for the interpreters: on `PATH` if the major version is right, else in the cache, else the
/// nearest version.
pub fn find(cache: &Path) -> Found {
    let mut all: Vec<Node> = on_path().into_iter().collect();
    let mut cached = in_cache(cache);
    cached.sort_by(|a, b| b.cmp(a));
    all.extend(cached);
    let mut found = Found::default();
    for runtime in crate::lambda::settings::NODE_RUNTIMES {
        match choose(runtime, &all) {
            Some((node, exact)) => {
                if !exact {
                    let (major, minor, patch) = node.version;
                    found.notices.push(format!(
                        "{runtime} runs on Node.js {major}.{minor}.{patch}, the nearest version \
                         here; `make tools` fetches the right one"
                    ));
                }
                found.nodes.insert(runtime, node.program.clone());
            }
            None => found.notices.push(format!(
                "{runtime} cannot run: no Node.js is on PATH, and `make tools` has fetched none"
            )),
        }
    }
    let sdk = cache.join("sdk/nodejs/node_modules");
    if sdk.is_dir() {
        found.sdk = Some(sdk);
    } else {
        found.notices.push(
            "functions do not find the AWS SDK that the managed runtimes bring; `make tools` \
             fetches it"
                .to_owned(),
        );
    }
    found
}

/// The options that the managed runtime starts Node.js with at a memory size.
pub fn node_arguments(memory_mb: u32) -> [String; 2] {
    [
        format!("--max-semi-space-size={}", (memory_mb * 5 / 100).max(1)),
        format!("--max-old-space-size={}", memory_mb * 90 / 100),
    ]
}

fn choose<'a>(runtime: &str, all: &'a [Node]) -> Option<(&'a Node, bool)> {
    let digits = runtime.trim_start_matches("nodejs").trim_end_matches(".x");
    let wanted: u32 = digits.parse().ok()?;
    let exact = all.iter().find(|node| node.version.0 == wanted);
    let nearest = || {
        all.iter()
            .min_by_key(|node| node.version.0.abs_diff(wanted))
    };
    exact
        .map(|node| (node, true))
        .or_else(|| nearest().map(|node| (node, false)))
}

fn on_path() -> Option<Node> {
    let path = std::env::var_os("PATH")?;
    let program = std::env::split_paths(&path)
        .map(|folder| folder.join("node"))
        .find(|file| file.is_file())?;
    let output = Command::new(&program).arg("--version").output().ok()?;
    let version = parse_version(String::from_utf8_lossy(&output.stdout).trim())?;
    Some(Node { version, program })
}

fn in_cache(cache: &Path) -> Vec<Node> {
    let Ok(entries) = fs::read_dir(cache.join("node")) else {
        return Vec::new();
    };
    let node = |entry: fs::DirEntry| {
        let version = parse_version(entry.file_name().to_str()?)?;
        let program = entry.path().join("bin/node");
        program.is_file().then_some(Node { version, program })
    };
    entries.flatten().filter_map(node).collect()
}

fn parse_version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text
        .trim_start_matches('v')
        .split('.')
        .map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(major: u32) -> Node {
        Node {
            version: (major, 1, 2),
            program: PathBuf::from(major.to_string()),
        }
    }

    #[test]
    fn the_first_of_the_right_version_is_taken_else_the_nearest() {
        let all = [node(20), node(24), node(22)];
        assert_eq!(choose("nodejs22.x", &all), Some((&all[2], true)));
        assert_eq!(choose("nodejs22.x", &all[..1]), Some((&all[0], false)));
        assert_eq!(choose("nodejs24.x", &[]), None);
    }

    #[test]
    fn versions_are_read_with_and_without_their_letter() {
        assert_eq!(parse_version("v22.23.3"), Some((22, 23, 3)));
        assert_eq!(parse_version("24.21.0"), Some((24, 21, 0)));
        assert_eq!(parse_version("current"), None);
    }
}
