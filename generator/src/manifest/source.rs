//! Whether a task's folder and handler exist, and whether folders can be packed.
//!
//! The export is looked for in the text: code is never run here. A module that assigns its
//! exports as a whole or passes another's on gets the benefit of the doubt.

use crate::files::{Files, Obstacle};
use crate::manifest::reader::Reader;
use crate::manifest::syntax::Bytes;

/// Extensions of Node.js modules, in the order in which the runtime tries them.
const EXTENSIONS: &[&str] = &["js", "mjs", "cjs"];

/// Where source and handler of a task stand in the manifest, or what they follow from.
pub(super) struct Places {
    pub(super) source: Bytes,
    pub(super) handler: Bytes,
}

/// Reports a missing folder, a handler of the wrong form, a missing file or export.
pub(super) fn check(
    reader: &mut Reader,
    files: &dyn Files,
    title: &str,
    source: &str,
    handler: &str,
    places: &Places,
) {
    if !files.is_folder(source) {
        reader.report(
            "missing-source",
            places.source.clone(),
            format!("the folder `{source}` of {title} does not exist"),
            format!("of {title}"),
            "create the folder, or write where the task is with `source = \"...\"`",
        );
        return;
    }
    let shown = format!("the folder `{source}` of {title}");
    packable(reader, files, source, &shown, places.source.clone());
    let Some((file, export)) = split(handler) else {
        reader.report(
            "handler-form",
            places.handler.clone(),
            format!("`{handler}` is no handler"),
            format!("of {title}"),
            "write the file without its extension, a dot and the exported function, \
             e.g. `handler.handler`; no spaces, at most 128 characters",
        );
        return;
    };
    let found = EXTENSIONS.iter().find_map(|extension| {
        let path = format!("{source}/{file}.{extension}");
        files.text(&path).map(|text| (path, text))
    });
    match found {
        None => reader.report(
            "missing-handler",
            places.handler.clone(),
            format!("the handler `{handler}` of {title} is in no file"),
            format!("of {title}"),
            format!("create `{source}/{file}.js` (or `.mjs`, `.cjs`), or name another with `handler = \"...\"`"),
        ),
        Some((path, text)) if !may_export(&text, export) => reader.report(
            "missing-export",
            places.handler.clone(),
            format!("`{path}` does not export `{export}`, the handler of {title}"),
            format!("of {title}"),
            format!("write `exports.{export} = async (event, callFunction) => {{ ... }}` in it"),
        ),
        Some(_) => {}
    }
}

/// Reports what in a folder, which messages call `shown`, no package can hold.
pub(super) fn packable(
    reader: &mut Reader,
    files: &dyn Files,
    folder: &str,
    shown: &str,
    place: Bytes,
) {
    if let Some(Obstacle { why, help }) = files.obstacle(folder) {
        reader.report(
            "not-packable",
            place,
            format!("{shown} cannot be packed: {why}"),
            "this folder",
            help,
        );
    }
}

/// File without extension and export of a handler.
fn split(handler: &str) -> Option<(&str, &str)> {
    let (file, export) = handler.rsplit_once('.')?;
    let fits = handler.len() <= 128 && !handler.chars().any(char::is_whitespace);
    let inside =
        !file.starts_with('/') && !file.split('/').any(|part| matches!(part, "" | ".." | "."));
    (fits && inside && !export.is_empty()).then_some((file, export))
}

/// Whether a module may export `name`: it names it, and exports something.
fn may_export(text: &str, name: &str) -> bool {
    let passes_on = ["export *", "Object.assign(exports", "...require("];
    passes_on.iter().any(|form| text.contains(form))
        || assigned(text).any(is_value_of_another)
        || text.contains("export") && words(text).any(|word| word == name)
}

/// What a module assigns to its exports as a whole.
fn assigned(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("module.exports").skip(1);
    after.filter_map(|rest| Some(rest.trim_start().strip_prefix('=')?.trim_start()))
}

/// Whether an expression is a name or a call, so that nobody sees here what it holds.
fn is_value_of_another(expression: &str) -> bool {
    let word = words(expression).next().unwrap_or_default();
    !matches!(word, "" | "async" | "class" | "function" | "new")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_split_at_the_last_dot() {
        assert_eq!(split("handler.handler"), Some(("handler", "handler")));
        assert_eq!(split("src/a.b.main"), Some(("src/a.b", "main")));
        for wrong in ["handler", "handler.", "../a.b", "/a.b", "a b.c", ".x"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn exports_are_found_in_the_text() {
        for text in [
            "exports.main = 1",
            "module.exports = { main };",
            "export async function main() {}",
            "export { run as main };",
            "module.exports = require('./other');",
            "module.exports = makeTasks({});",
            "module.exports=tasks",
        ] {
            assert!(may_export(text, "main"), "{text}");
        }
        for text in [
            "",
            "function main() {}",
            "exports.domain = 1",
            "exports.other = 1",
            "module.exports = { other }",
            "module.exports = async (event) => event;",
        ] {
            assert!(!may_export(text, "main"), "{text}");
        }
    }
}
