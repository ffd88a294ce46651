//! Golden folders: an application's files beside what is expected of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "every test binary uses its own part")]

pub mod hosts;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fusion_generator::{FileMap, Frozen, Manifest, Options, Problems, manifest};

/// The golden folders of the generator.
pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/generator")
}

/// The golden folders directly below `folder` that hold a manifest, by name.
pub fn cases(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut cases: Vec<(String, PathBuf)> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join(manifest::FILE_NAME).is_file())
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                path,
            )
        })
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "no cases in {}", folder.display());
    cases
}

/// All texts below a folder, by their path in it.
pub fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    collect(folder, "", &mut texts);
    texts
}

fn collect(folder: &Path, prefix: &str, texts: &mut BTreeMap<String, String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), texts);
        } else {
            texts.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Reads the manifest of a golden folder.
pub fn read(case: &Path) -> Result<Manifest, Problems> {
    let files = texts(case);
    let text = files[manifest::FILE_NAME].clone();
    manifest::read(manifest::FILE_NAME, &text, &FileMap(files))
}

/// The module of a golden folder: frozen where `frozen.txt` holds a setup.
pub fn generate(
    files: &BTreeMap<String, String>,
    manifest: &Manifest,
) -> Result<BTreeMap<String, String>, Problems> {
    let options = Options::default();
    match files.get("frozen.txt") {
        None => fusion_generator::generate(manifest, &options),
        Some(setup) => {
            let frozen = Frozen::parse(manifest, setup.trim()).unwrap();
            fusion_generator::generate_frozen(manifest, &options, &frozen)
        }
    }
}

/// Whether golden files are to be written instead of compared.
pub fn updating() -> bool {
    std::env::var_os("FUSIONIZE_UPDATE").is_some()
}

/// Compares a text with a golden file, or writes it.
pub fn check(path: &Path, actual: &str) {
    if updating() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected != actual {
        let difference = similar::TextDiff::from_lines(expected.as_str(), actual);
        panic!(
            "{} differs; if that is wanted: FUSIONIZE_UPDATE=1 cargo test -p fusion-generator\n{}",
            path.display(),
            difference.unified_diff().header("golden", "actual"),
        );
    }
}
