//! What is said of handlers that are no JavaScript. Node.js has to be there, as for every test of
//! functions.

use std::fs;

use crate::support::{Folder, MANIFEST, Said, check, check_said, shop};

#[test]
fn a_handler_that_does_not_parse() {
    let folder = shop(MANIFEST);
    folder.write(
        "tasks/pay/handler.js",
        "exports.handler = async () => {\n  return 1;\n});\n",
    );
    check("handler-syntax", &folder, &["validate"]);
    assert_eq!(folder.run(&["generate"]).code, 2);
    assert!(!folder.path().join("fusionized").exists());
}

#[test]
fn several_handlers_that_do_not_parse() {
    let folder = shop(MANIFEST);
    fs::remove_file(folder.path().join("tasks/buy/handler.js")).unwrap();
    folder.write(
        "tasks/buy/handler.mjs",
        "import { a } from './a.mjs'\nexport const handler = (\n",
    );
    folder.write(
        "tasks/pay/handler.js",
        "exports.handler = async () => ‘ü‘;\n",
    );
    check("handlers-syntax", &folder, &["validate"]);
    let said = folder.run(&["validate", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let places: Vec<_> = said["error"]["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["place"]["file"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["tasks/buy/handler.mjs", "tasks/pay/handler.js"]);
}

#[test]
fn every_kind_of_module_that_the_runtime_takes() {
    let kinds = [
        (
            "handler.js",
            "#!/usr/bin/env node\nif (!module) return;\nexports.handler = async () => 1;",
        ),
        (
            "handler.cjs",
            "exports.handler = async () => require('./absent');",
        ),
        (
            "handler.mjs",
            "import './absent.mjs';\nawait 0;\nexport const handler = () => import.meta.url;",
        ),
        (
            "handler.js",
            "import fs from 'node:fs';\nexport const handler = () => fs;",
        ),
    ];
    for (file, text) in kinds {
        let folder = shop(MANIFEST);
        fs::remove_file(folder.path().join("tasks/pay/handler.js")).unwrap();
        folder.write(&format!("tasks/pay/{file}"), text);
        let said = folder.run(&["validate"]);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{text}");
    }
    let folder = shop(MANIFEST);
    folder.write("tasks/pay/package.json", "{ \"type\": \"module\" }");
    folder.write("tasks/pay/handler.js", "export const handler = await 1;");
    assert_eq!(folder.run(&["validate"]).code, 0);
    folder.write("tasks/pay/package.json", "{ \"type\": \"commonjs\" }");
    assert_eq!(folder.run(&["validate"]).code, 2);
}

#[test]
fn nothing_of_a_handler_runs() {
    let folder = shop(MANIFEST);
    let text = "require('node:fs').writeFileSync('ran', '');\nexports.handler = async () => 1;\n";
    folder.write("tasks/pay/handler.js", text);
    assert_eq!(folder.run(&["validate"]).code, 0);
    assert!(!folder.path().join("ran").exists());
}

/// Runs a command where no Node.js is, or the one that is given.
fn run_with_node(folder: &Folder, arguments: &[&str]) -> Said {
    let mut command = folder.command(arguments);
    let path = folder.path().join("bin");
    command
        .env("PATH", path)
        .env("FUSIONIZE_CACHE", folder.path());
    Said::of(&command.output().unwrap())
}

#[test]
fn no_node_to_ask() {
    let folder = shop(MANIFEST);
    folder.write("tasks/pay/handler.js", "exports.handler = (");
    check_said("no-node", &run_with_node(&folder, &["validate"]));
}

#[test]
fn a_node_that_is_too_old_to_ask() {
    use std::os::unix::fs::PermissionsExt;

    let folder = shop(MANIFEST);
    let answer =
        r#"{"version":"20.1.0","faults":[{"message":"","line":1,"column":1,"length":0},null]}"#;
    folder.write(
        "bin/node",
        &format!("#!/bin/sh\n[ $1 = --version ] && echo v20.1.0 && exit\necho '{answer}'\n"),
    );
    let node = folder.path().join("bin/node");
    fs::set_permissions(node, fs::Permissions::from_mode(0o755)).unwrap();
    check_said("old-node", &run_with_node(&folder, &["validate"]));
}
