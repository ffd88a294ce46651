//! Every diagnostic has a snapshot of its text.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What looks like a headline, and is the text of a decision.
const DECISIONS: [&str; 1] = ["Imported as it was deployed"];

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Whether a text is what the provider's headlines are: a few words, none of a user's, no end.
fn is_summary(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let is_word = |word: &&str| {
        word.chars()
            .all(|letter| letter.is_ascii_alphabetic() || letter == '-')
    };
    let (first, rest) = text.split_at(text.len().min(1));
    (2..=7).contains(&words.len())
        && words.iter().all(|word| !word.is_empty() && is_word(word))
        && first.bytes().all(|letter| letter.is_ascii_uppercase())
        && rest
            .bytes()
            .next()
            .is_some_and(|letter| letter.is_ascii_lowercase())
}

/// The headlines in a source: whole literals of one line, outside of tests.
fn summaries(source: &str) -> impl Iterator<Item = &str> {
    let code = source.split("#[cfg(test)]\nmod tests {").next();
    let lines = code.unwrap_or_default().lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    let literals = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    literals.filter(|literal| is_summary(literal))
}

#[test]
fn every_summary_stands_in_a_snapshot() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = [files(&root.join("src")), files(&root.join("tests"))].concat();
    let read = |extension: &str| -> Vec<String> {
        let named = all
            .iter()
            .filter(|path| path.extension().is_some_and(|e| e == extension));
        named
            .map(|path| fs::read_to_string(path).unwrap())
            .collect()
    };
    let snapshots = read("snap").concat();
    let sources = all.iter().filter(|path| path.starts_with(root.join("src")));
    let sources = sources.filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let sources = sources.filter(|path| !path.ends_with("schema.rs"));
    let sources: Vec<String> = sources
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let told: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| summaries(source))
        .collect();
    assert!(told.len() > 50, "{told:?}");
    let is_shown = |summary: &&&str| {
        let begins = |severity: &str| snapshots.contains(&format!("{severity}: {summary}"));
        begins("error") || begins("warning")
    };
    let missing = told.iter().filter(|summary| !is_shown(summary));
    let missing: Vec<_> = missing.filter(|text| !DECISIONS.contains(text)).collect();
    assert!(missing.is_empty(), "no snapshot shows {missing:?}");
}
