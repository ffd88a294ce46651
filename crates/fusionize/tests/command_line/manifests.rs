//! What is said of manifests and of the files that they name.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use proptest::prelude::*;

use crate::support::{Folder, HANDLER, MANIFEST, check, shop};

fn check_manifest(name: &str, from: &str, to: &str) {
    assert!(MANIFEST.contains(from));
    check(name, &shop(&MANIFEST.replacen(from, to, 1)), &["validate"]);
}

#[test]
fn a_manifest_with_a_syntax_error() {
    check_manifest("syntax-error", "\"nodejs22.x\"", "\"nodejs22.x");
}

#[test]
fn quotes_of_a_word_processor() {
    check_manifest("smart-quotes", "\"nodejs22.x\"", "“nodejs22.x”");
}

#[test]
fn ends_of_lines_and_a_mark_of_other_systems() {
    let folder = shop(&MANIFEST.replace('\n', "\r\n"));
    assert_eq!(folder.run(&["validate"]).code, 0);
    let folder = shop(&format!("\u{feff}{MANIFEST}"));
    assert_eq!(folder.run(&["validate"]).code, 0);
}

#[test]
fn bytes_that_are_no_text() {
    let folder = shop(MANIFEST);
    let text = MANIFEST.replace("buy", "b\u{fc}y");
    let latin1: Vec<u8> = text
        .chars()
        .map(|letter| u8::try_from(letter).unwrap())
        .collect();
    fs::write(folder.path().join("fusionize.hcl"), latin1).unwrap();
    check("no-utf8", &folder, &["validate"]);
}

#[test]
fn ten_megabytes() {
    let comment = "# All of it is needed.\n".repeat(10 << 20 >> 4);
    check(
        "too-large",
        &shop(&format!("{comment}{MANIFEST}")),
        &["validate"],
    );
}

#[test]
fn lists_in_lists_without_end() {
    let nested = |levels| format!("shared = {}{}", "[".repeat(levels), "]".repeat(levels));
    check_manifest("too-deep", "runtime     = \"nodejs22.x\"", &nested(70));
    let deeper = MANIFEST.replace("runtime     = \"nodejs22.x\"", &nested(100_000));
    assert_eq!(shop(&deeper).run(&["validate"]).code, 2);
}

#[test]
fn more_problems_than_anybody_reads() {
    let unknown: Vec<String> = (0..1000)
        .map(|number| format!("  unknown{number} = 1\n"))
        .collect();
    let unknown = unknown.concat();
    let folder = shop(&MANIFEST.replace("  runtime", &format!("{unknown}  runtime")));
    let said = folder.run(&["validate"]);
    assert_eq!(said.code, 2);
    assert!(
        said.stderr
            .starts_with("error: `fusionize.hcl` has 1000 problems\n")
    );
    assert!(said.stderr.ends_with("\nand 900 further problems\n"));
}

#[test]
fn an_unknown_task() {
    check_manifest("unknown-task", "calls = [\"pay\"]", "calls = [\"pai\"]");
}

#[test]
fn an_unknown_attribute() {
    check_manifest("unknown-attribute", "runtime ", "runtimes ");
}

#[test]
fn a_missing_handler() {
    check_manifest(
        "missing-handler",
        "task \"pay\" {}",
        "task \"pay\" {\n    handler = \"main.run\"\n  }",
    );
}

#[test]
fn folders_that_differ_in_case_alone() {
    let folder = Folder::new(&[
        (
            "fusionize.hcl",
            "application \"shop\" {\n  entrypoints = [\"buy\"]\n}\n",
        ),
        ("tasks/Buy/handler.js", HANDLER),
        ("tasks/buy/handler.js", HANDLER),
    ]);
    check("case-twins", &folder, &["validate"]);
}

#[test]
fn a_folder_that_looks_like_a_task() {
    let folder = shop(MANIFEST);
    folder.write("tasks/mail/handler.js", HANDLER);
    folder.write("tasks/notes/README.md", "No handler.");
    check("stray-folder", &folder, &["validate"]);
    let said = folder.run(&["generate", "--json"]);
    assert_eq!(said.code, 0);
    assert!(
        said.stderr.contains("`tasks/mail` holds a handler"),
        "{said:?}"
    );
    let made: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(made["warnings"][0]["code"], "no-task-block");
    assert_eq!(made["warnings"][0]["severity"], "warning");
}

#[test]
fn a_path_that_leaves_the_folder() {
    check_manifest(
        "leaving-path",
        "task \"pay\" {}",
        "task \"pay\" {\n    source = \"../pay\"\n  }",
    );
}

fn link_outside(folder: &Folder, path: &str) {
    symlink("/dev/null", folder.path().join(path)).unwrap();
}

#[test]
fn a_link_that_leaves_the_folder() {
    let folder = shop(MANIFEST);
    link_outside(&folder, "tasks/pay/key");
    check("leaving-link", &folder, &["validate"]);
}

#[test]
fn a_task_that_is_a_link() {
    let elsewhere = Folder::new(&[("handler.js", HANDLER)]);
    let folder = shop(MANIFEST);
    fs::remove_dir_all(folder.path().join("tasks/pay")).unwrap();
    symlink(elsewhere.path(), folder.path().join("tasks/pay")).unwrap();
    check("leaving-task", &folder, &["validate"]);
    assert_eq!(folder.run(&["package", "(buy)-(pay)"]).code, 2);
    assert!(!folder.path().join(".fusionize").exists());
}

#[test]
fn what_no_package_can_hold() {
    let folder = shop(MANIFEST);
    symlink("../pay", folder.path().join("tasks/pay/again")).unwrap();
    check("link-loop", &folder, &["validate"]);

    let folder = shop(MANIFEST);
    let name = OsStr::from_bytes(b"caf\xe9.js");
    fs::write(folder.path().join("tasks/pay").join(name), "").unwrap();
    check("name-no-utf8", &folder, &["validate"]);

    // A pipe has no end to read to.
    let folder = shop(MANIFEST);
    let handler = folder.path().join("tasks/pay/handler.js");
    fs::remove_file(&handler).unwrap();
    nix::unistd::mkfifo(&handler, nix::sys::stat::Mode::S_IRUSR).unwrap();
    check("named-pipe", &folder, &["validate"]);
}

#[test]
fn all_findings_in_one_run() {
    let manifest = MANIFEST
        .replace(
            "task \"pay\" {}",
            "task \"pay\" {\n    environment = { TABLE = var.table }\n  }",
        )
        .replace("calls = [\"pay\"]", "calls = [\"pai\"]")
        .replace("runtime ", "shared = [\"lib\"]\n  runtime ");
    let folder = shop(&manifest);
    folder.write("lib/x.js", "");
    link_outside(&folder, "lib/key");
    link_outside(&folder, "tasks/pay/key");
    check("all-findings", &folder, &["validate"]);
}

#[test]
fn a_key_that_is_written_twice() {
    check_manifest(
        "duplicate-key",
        "task \"pay\" {}",
        "task \"pay\" {\n    environment = { TABLE = \"a\", TABLE = \"b\" }\n  }",
    );
}

#[test]
fn several_problems_at_once() {
    let manifest = MANIFEST
        .replace("[\"buy\"]", "[\"sell\"]")
        .replace("[\"pay\"]", "[\"pai\"]");
    check("several-problems", &shop(&manifest), &["validate"]);
}

#[test]
fn problems_for_scripts() {
    check(
        "problems-json",
        &shop(&MANIFEST.replace("[\"pay\"]", "[\"pai\"]")),
        &["validate", "--json"],
    );
}

#[test]
fn no_manifest() {
    check("no-manifest", &Folder::new(&[]), &["generate"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_bytes_a_manifest_holds_are_read_or_refused(
        at in 0..MANIFEST.len(),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let folder = shop(MANIFEST);
        let mut damaged = MANIFEST.as_bytes()[..at].to_vec();
        damaged.extend(bytes);
        fs::write(folder.path().join("fusionize.hcl"), damaged).unwrap();
        let said = folder.run(&["validate"]);
        prop_assert!(said.code == 0 || said.code == 2 && said.stderr.starts_with("error: "), "{:?}", said);
    }
}
