//! Folders that look like tasks and are none: where a manifest has `task` blocks, only those are.

use crate::files::Files;
use crate::manifest::reader::Reader;
use crate::manifest::syntax::Spanned;
use crate::manifest::{Manifest, TASKS_FOLDER, source, task};
use crate::problem::{Problem, Severity};

/// A warning for each folder below `tasks` that holds a handler and that nothing in the manifest
/// names.
pub(super) fn find(
    reader: &Reader,
    files: &dyn Files,
    application: &Spanned<String>,
    manifest: &Manifest,
) -> Vec<Problem> {
    let named = |folder: &str| {
        let sources = manifest.tasks.values().map(|task| &task.source);
        let mut named = sources.chain(&manifest.shared);
        named.any(|path| is_inside(path, folder) || is_inside(folder, path))
    };
    let strays = task::folder_names(files).into_iter().filter(|name| {
        let folder = format!("{TASKS_FOLDER}/{name}");
        !named(&folder) && source::handler_file(files, &folder, task::DEFAULT_HANDLER).is_some()
    });
    let warning = |name: String| Problem {
        severity: Severity::Warning,
        code: "no-task-block",
        message: format!(
            "`{TASKS_FOLDER}/{name}` holds a handler, but is no task: with `task` blocks, only they are tasks"
        ),
        label: "has no block for it".to_owned(),
        help: format!("write `task \"{name}\" {{}}`, or move the folder out of `{TASKS_FOLDER}`"),
        place: reader.text().place(application.span.clone()),
    };
    strays.map(warning).collect()
}

/// Whether `path` is `folder` or lies below it.
fn is_inside(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use crate::files::FileMap;
    use crate::manifest;

    fn warnings(text: &str, folders: &[&str]) -> Vec<String> {
        let files = folders
            .iter()
            .map(|folder| (format!("{folder}/handler.js"), "exports.handler = 1"));
        let manifest = manifest::read("f", text, &FileMap::new(files)).unwrap();
        let messages = manifest.warnings.into_iter();
        messages.map(|warning| warning.message).collect()
    }

    #[test]
    fn only_what_nobody_names_is_a_stray() {
        let text = r#"application "app" {
          entrypoints = ["a"]
          shared      = ["tasks/lib"]
          task "a" {}
          task "b" { source = "tasks/team/b" }
        }"#;
        let used = ["tasks/a", "tasks/lib", "tasks/team", "tasks/team/b"];
        assert!(warnings(text, &used).is_empty());
        let found = warnings(text, &[&used[..], &["tasks/mail", "tasks/.old"]].concat());
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("`tasks/mail` holds a handler"),
            "{found:?}"
        );
        assert!(
            warnings(
                r#"application "app" { entrypoints = ["a"] }"#,
                &["tasks/a", "tasks/c"]
            )
            .is_empty()
        );
    }
}
