//! Paths in the manifest: always inside the application's folder.

use fusion_model::package::{FUSION_JSON_PATH, RUNTIME_FOLDER};

use crate::manifest::reader::Reader;
use crate::manifest::syntax::Spanned;

/// First parts of paths that the package of a function needs for itself.
const RESERVED: &[&str] = &[RUNTIME_FOLDER, FUSION_JSON_PATH];

/// Why a path cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Absolute,
    Backslash,
    Leaves,
    Whole,
    Reserved,
}

/// The normal form of a path below the application's folder, or a report of what is wrong.
pub(super) fn inside(reader: &mut Reader, title: &str, path: &Spanned<String>) -> Option<String> {
    let flaw = match normal(&path.value) {
        Ok(normal) => return Some(normal),
        Err(flaw) => flaw,
    };
    let text = &path.value;
    let (code, message, help) = match flaw {
        Flaw::Absolute => (
            "path-leaves-folder",
            format!("{title} uses the absolute path `{text}`"),
            "write it relative to the folder of the manifest",
        ),
        Flaw::Backslash => (
            "path-separator",
            format!("{title} uses the path `{text}` with a backslash"),
            "separate the parts of a path by `/`, on every system",
        ),
        Flaw::Leaves => (
            "path-leaves-folder",
            format!("{title} uses the path `{text}`, which leaves the application's folder"),
            "packages hold only what is below the manifest's folder: move or copy it there",
        ),
        Flaw::Whole => (
            "path-whole-folder",
            format!("{title} uses the application's whole folder"),
            "name a folder below it, else every package would hold every task",
        ),
        Flaw::Reserved => (
            "path-reserved",
            format!(
                "{title} uses the path `{text}`, which every package needs for the fusion runtime"
            ),
            "rename the folder: `fusion` and `fusion.json` are reserved",
        ),
    };
    reader.report(code, path.span.clone(), message, "this path", help);
    None
}

fn normal(path: &str) -> Result<String, Flaw> {
    if path.contains('\\') {
        return Err(Flaw::Backslash);
    }
    if path.starts_with('/') {
        return Err(Flaw::Absolute);
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or(Flaw::Leaves)?;
            }
            part => parts.push(part),
        }
    }
    match parts.first() {
        None => Err(Flaw::Whole),
        Some(first) if RESERVED.contains(first) => Err(Flaw::Reserved),
        Some(_) => Ok(parts.join("/")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(normal("./tasks//A/"), Ok("tasks/A".to_owned()));
        assert_eq!(normal("tasks/../lib"), Ok("lib".to_owned()));
        assert_eq!(normal("tasks/../../lib"), Err(Flaw::Leaves));
        assert_eq!(normal("/etc"), Err(Flaw::Absolute));
        assert_eq!(normal("a\\b"), Err(Flaw::Backslash));
        assert_eq!(normal("."), Err(Flaw::Whole));
        assert_eq!(normal("x/../fusion/y"), Err(Flaw::Reserved));
        assert_eq!(normal("fusionized-not"), Ok("fusionized-not".to_owned()));
    }
}
