//! Files that every module gets as they are: the fusion runtime and the building blocks.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

/// Folder of the fusion runtime's files inside the module.
pub(super) const RUNTIME_FOLDER: &str = "runtime/nodejs";

/// Folder of the building block inside the module.
pub(super) const BLOCK_FOLDER: &str = "modules/switched-functions";

static RUNTIME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../runtime/nodejs/src");
static BLOCK: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../modules/switched-functions");

/// All embedded files by their path in the module.
pub(super) fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    collect(&mut files, RUNTIME_FOLDER, &RUNTIME);
    collect(&mut files, BLOCK_FOLDER, &BLOCK);
    files
}

fn collect(files: &mut BTreeMap<String, String>, prefix: &str, folder: &Dir<'_>) {
    for file in folder.files() {
        let path = file
            .path()
            .iter()
            .map(|part| part.to_string_lossy())
            .collect::<Vec<_>>();
        // All of them are our own texts; a test holds that against the folders.
        if let Some(text) = file.contents_utf8() {
            files.insert(format!("{prefix}/{}", path.join("/")), text.to_owned());
        }
    }
    for inner in folder.dirs() {
        collect(files, prefix, inner);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The texts below a folder of the repository, by their path in the module.
    fn on_disk(prefix: &str, folder: &Path, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}/{}", path.file_name().unwrap().to_string_lossy());
            if path.is_dir() {
                on_disk(&name, &path, files);
            } else {
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn everything_in_the_folders_is_embedded() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut expected = BTreeMap::new();
        on_disk(
            RUNTIME_FOLDER,
            &root.join("runtime/nodejs/src"),
            &mut expected,
        );
        on_disk(
            BLOCK_FOLDER,
            &root.join("modules/switched-functions"),
            &mut expected,
        );
        let embedded = files();
        let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(
            names(&embedded),
            names(&expected),
            "a new file? touch generator/src/module/embedded.rs"
        );
        assert_eq!(embedded, expected);
    }
}
