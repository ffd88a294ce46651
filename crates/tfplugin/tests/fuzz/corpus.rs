//! The corpus: a folder a target, a file an input.

use crate::targets::TARGETS;
use crate::targets::seeds::seeds;
use std::path::PathBuf;

fn folder(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target)
}

/// The inputs of a target, in the order of their names.
pub fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = folder(target);
    let entries = folder.read_dir().expect("a corpus").flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let read = |path: &PathBuf| std::fs::read(path).expect("readable");
    paths.iter().map(read).collect()
}

#[test]
fn the_corpus_holds_the_seeds() {
    let update = std::env::var_os("FUSIONIZE_UPDATE").is_some();
    for (target, _) in TARGETS {
        for (name, bytes) in seeds(target) {
            let path = folder(target).join(format!("seed-{name}"));
            if update {
                std::fs::create_dir_all(folder(target)).expect("a folder");
                std::fs::write(&path, &bytes).expect("writable");
            }
            let found = std::fs::read(&path).ok();
            assert!(
                found.as_ref() == Some(&bytes),
                "{} is not the seed; run this test with FUSIONIZE_UPDATE=1",
                path.display()
            );
        }
    }
}
