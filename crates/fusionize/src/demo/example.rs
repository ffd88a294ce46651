//! The example TREE, carried inside the command, so that the demo needs no clone.

use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::failure::Failure;

static TASKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../examples/tree/tasks");
static SHARED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../examples/tree/lib");

/// Single files: what a run in the example's own folder leaves behind is not carried.
const FILES: [(&str, &str); 5] = [
    (
        "fusionize.hcl",
        include_str!("../../../../examples/tree/fusionize.hcl"),
    ),
    (
        "stack/main.tf",
        include_str!("../../../../examples/tree/stack/main.tf"),
    ),
    (
        "stack/outputs.tf",
        include_str!("../../../../examples/tree/stack/outputs.tf"),
    ),
    (
        "stack/variables.tf",
        include_str!("../../../../examples/tree/stack/variables.tf"),
    ),
    (
        "stack/versions.tf",
        include_str!("../../../../examples/tree/stack/versions.tf"),
    ),
];

/// Writes the example into `folder`.
pub fn write(folder: &Path) -> Result<(), Failure> {
    for (path, text) in FILES {
        fusion_packaging::write(&folder.join(path), text.as_bytes())?;
    }
    unpack(&TASKS, &folder.join("tasks"))?;
    unpack(&SHARED, &folder.join("lib"))
}

fn unpack(from: &Dir<'_>, to: &Path) -> Result<(), Failure> {
    for file in from.files() {
        fusion_packaging::write(&to.join(file.path()), file.contents())?;
    }
    from.dirs().try_for_each(|folder| unpack(folder, to))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    fn contents(folder: &Path, names: &[&str]) -> Vec<(String, Vec<u8>)> {
        let mut open: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
        let mut found = Vec::new();
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(
                    fs::read_dir(path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.push((name, fs::read(path).unwrap()));
            }
        }
        found.sort();
        found
    }

    #[test]
    fn the_whole_example_is_carried() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/tree");
        let mut names = vec![
            "fusionize.hcl".to_owned(),
            "tasks".to_owned(),
            "lib".to_owned(),
        ];
        for entry in fs::read_dir(source.join("stack")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "tf") {
                names.push(path.strip_prefix(&source).unwrap().display().to_string());
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let written = tempfile::tempdir().unwrap();
        write(written.path()).unwrap();
        assert_eq!(contents(written.path(), &names), contents(&source, &names));
    }
}
