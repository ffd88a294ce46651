//! Which paths of a configuration are taken: relative ones that stay below the folder.

use crate::error::Error;

/// Names at the top of a package that belong to the fusion runtime.
const RESERVED: [&str; 2] = ["fusion", "fusion.json"];

/// Brings a configured path into its one form: `/` between the parts, no `.`, no end mark.
///
/// Refuses absolute paths, `..`, the folder itself, backslashes and control characters.
pub(crate) fn normal(path: &str) -> Result<String, Error> {
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
    if parts.is_empty() {
        return refuse("names the application's folder itself");
    }
    Ok(parts.join("/"))
}

/// The same for what goes into a package, where some names are taken.
pub(crate) fn packable(path: &str) -> Result<String, Error> {
    let normal = normal(path)?;
    let first = normal.split('/').next().unwrap_or_default();
    if RESERVED.contains(&first) {
        let why = "has a name that packages reserve for the fusion runtime";
        return Err(Error::PathForm {
            path: path.to_owned(),
            why,
        });
    }
    Ok(normal)
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
