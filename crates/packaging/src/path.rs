//! Which paths of a configuration are taken: relative ones that stay below the folder.

use fusion_model::package::{FUSION_JSON_PATH, RUNTIME_FOLDER};

use crate::error::Error;

/// Names at the top of a package that belong to the fusion runtime.
const RESERVED: [&str; 2] = [RUNTIME_FOLDER, FUSION_JSON_PATH];

/// Brings a configured path into its one form: `/` between the parts, no `.`, no end mark.
///
/// Refuses absolute paths, `..`, the folder itself, backslashes, control characters, and the
/// names that every package needs itself.
pub(crate) fn packable(path: &str) -> Result<String, Error> {
    let refuse = |why| {
        Err(Error::PathForm {
            path: path.to_owned(),
            why,
        })
    };
    if path.starts_with('/') {
        return refuse("is absolute");
    }
    if path.contains('\\') || path.contains(':') {
        return refuse("holds a backslash or a colon; write `/` between folders");
    }
    if path.chars().any(char::is_control) {
        return refuse("holds a control character");
    }
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if parts.contains(&"..") {
        return refuse("contains `..`");
    }
    match parts.first() {
        None => refuse("names the application's folder itself"),
        Some(first) if RESERVED.contains(first) => {
            refuse("has a name that packages reserve for the fusion runtime")
        }
        Some(_) => Ok(parts.join("/")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_get_one_form() {
        for path in ["tasks/A", "./tasks/A", "tasks//A/", "tasks/./A"] {
            assert_eq!(packable(path).unwrap(), "tasks/A", "{path}");
        }
    }

    #[test]
    fn paths_that_leave_or_name_nothing_are_refused() {
        for path in [
            "",
            ".",
            "/etc",
            "..",
            "tasks/../..",
            "a/../b",
            "C:\\x",
            "a\nb",
            "a\\b",
        ] {
            assert!(
                matches!(packable(path), Err(Error::PathForm { .. })),
                "{path:?}"
            );
        }
    }

    #[test]
    fn reserved_names_are_refused_only_at_the_top() {
        assert!(packable("fusion").is_err());
        assert!(packable("./fusion/x").is_err());
        assert!(packable("fusion.json").is_err());
        assert!(packable("tasks/fusion").is_ok());
        assert!(packable("fusionized").is_ok());
    }
}
