//! Whether a task's folder and handler exist, and whether folders can be packed.
//!
//! The export is looked for in the text: code is never run here. A module that assigns its
//! exports as a whole or passes another's on gets the benefit of the doubt.

use crate::files::{Files, Obstacle};
use crate::manifest::reader::Reader;
use crate::manifest::syntax::Bytes;

/// Ends of the names of Node.js modules, in the order in which the runtime tries them.
const ENDS: &[&str] = &["", ".js", ".mjs", ".cjs"];

/// The path and the text of the file that holds a handler, as the runtime finds it; `None` where
/// the handler has no form of one, or there is no such file.
pub fn handler_file(files: &dyn Files, source: &str, handler: &str) -> Option<(String, String)> {
    let (module, _) = split(handler)?;
    ENDS.iter().find_map(|end| {
        let path = format!("{source}/{module}{end}");
        files.text(&path).map(|text| (path, text))
    })
}

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
    let Some((module, export)) = split(handler) else {
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
    match handler_file(files, source, handler) {
        None => reader.report(
            "missing-handler",
            places.handler.clone(),
            format!("the handler `{handler}` of {title} is in no file"),
            format!("of {title}"),
            format!("create `{source}/{module}.js` (or `.mjs`, `.cjs`), or name another with `handler = \"...\"`"),
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

/// Path without extension and export of a handler. The first dot of the file's name parts them,
/// as for Lambda: an export may be a function inside of an exported object.
fn split(handler: &str) -> Option<(&str, &str)> {
    let name = handler.rfind('/').map_or(0, |slash| slash + 1);
    let dot = name + handler[name..].find('.')?;
    let (module, export) = (&handler[..dot], &handler[dot + 1..]);
    let fits = handler.len() <= 128 && !handler.chars().any(char::is_whitespace);
    let inside = !module
        .split('/')
        .any(|part| matches!(part, "" | ".." | "."));
    (fits && inside && !export.is_empty()).then_some((module, export))
}

/// Whether a module may export `path`, a name or names joined by dots: it names the first, and
/// exports something.
fn may_export(text: &str, path: &str) -> bool {
    let name = path.split('.').next().unwrap_or_default();
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
    fn handlers_are_split_as_the_runtime_does() {
        assert_eq!(split("handler.handler"), Some(("handler", "handler")));
        assert_eq!(split("src/a.b.main"), Some(("src/a", "b.main")));
        assert_eq!(split("v1.2/a.main"), Some(("v1.2/a", "main")));
        for wrong in [
            "handler", "handler.", "../a.b", "/a.b", "a b.c", ".x", "v1.2/a",
        ] {
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
            "exports.main = { run: 1 }",
        ] {
            assert!(may_export(text, "main"), "{text}");
            assert!(may_export(text, "main.run"), "{text}");
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
