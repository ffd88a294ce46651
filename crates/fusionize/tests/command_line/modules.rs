//! What is said of folders that are begun, and of modules that are written into them.

use crate::support::{Folder, MANIFEST, check, shop};

#[test]
fn a_folder_that_is_begun() {
    let folder = Folder::new(&[]);
    check("init", &folder, &["init", "hello"]);
    check("init-validated", &folder, &["validate", "hello"]);
    check("generated", &folder, &["generate", "hello"]);
    check("generated-again", &folder, &["generate", "hello"]);
    folder.write("hello/fusionized/runtime/nodejs/old.mjs", "");
    folder.write("hello/fusionized/setup.tf", "");
    check("generated-partly", &folder, &["generate", "hello"]);
}

#[test]
fn a_folder_that_is_in_use() {
    let blocked = Folder::new(&[("stack", "a file")]);
    assert_eq!(blocked.run(&["init", "--name", "shop"]).code, 1);
    let left: Vec<_> = std::fs::read_dir(blocked.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    check("init-again", &shop(MANIFEST), &["init", "--name", "shop"]);
    let begun = Folder::new(&[]);
    assert_eq!(begun.run(&["init", "--name", "shop"]).code, 0);
    check("init-twice", &begun, &["init", "--name", "shop"]);
    let binary = Folder::new(&[]);
    std::fs::create_dir(binary.path().join("stack")).unwrap();
    std::fs::write(binary.path().join("stack/main.tf"), [0xff]).unwrap();
    assert_eq!(binary.run(&["init", "--name", "shop"]).code, 3);
}

#[test]
fn a_module_that_is_not_up_to_date() {
    let folder = shop(MANIFEST);
    assert_eq!(folder.run(&["generate"]).code, 0);
    assert_eq!(folder.run(&["generate", "--check"]).code, 0);
    folder.write("fusionized/setup.tf", "");
    check("out-of-date", &folder, &["generate", "--check"]);
}

#[test]
fn a_module_in_the_place_of_a_stack() {
    let folder = shop(MANIFEST);
    folder.write("stack/versions.tf", "");
    check("foreign-files", &folder, &["generate", "--out", "stack"]);
    assert_eq!(folder.read("stack/versions.tf"), "");
}
