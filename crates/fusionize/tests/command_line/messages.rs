//! What the command line says when something is wrong: each message as a snapshot, so that a
//! change of it is read before it is committed.

use std::io::{Read, Write};

use serde_json::Value;

use crate::support::{Folder, Said};

/// A manifest and its two tasks that are in order.
const MANIFEST: &str = r#"application "shop" {
  runtime     = "nodejs22.x"
  entrypoints = ["buy"]

  task "buy" {
    calls = ["pay"]
  }

  task "pay" {}
}
"#;

const HANDLER: &str = "exports.handler = async () => 1;\n";

fn shop(manifest: &str) -> Folder {
    Folder::new(&[
        ("fusionize.hcl", manifest),
        ("tasks/buy/handler.js", HANDLER),
        ("tasks/pay/handler.js", HANDLER),
    ])
}

/// Runs a command and compares all it says with the snapshot.
fn check(name: &str, folder: &Folder, arguments: &[&str]) {
    check_said(name, &folder.run(arguments));
}

fn check_said(name: &str, said: &Said) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT");
    settings.add_filter(r"/[^ `]*/fusionize-test-[A-Za-z0-9]+", "FOLDER");
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, said.text()));
}

fn check_manifest(name: &str, from: &str, to: &str) {
    assert!(MANIFEST.contains(from));
    check(name, &shop(&MANIFEST.replacen(from, to, 1)), &["validate"]);
}

#[test]
fn a_manifest_with_a_syntax_error() {
    check_manifest("syntax-error", "\"nodejs22.x\"", "\"nodejs22.x");
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
fn a_path_that_leaves_the_folder() {
    check_manifest(
        "leaving-path",
        "task \"pay\" {}",
        "task \"pay\" {\n    source = \"../pay\"\n  }",
    );
}

#[cfg(unix)]
fn link_outside(folder: &Folder, path: &str) {
    std::os::unix::fs::symlink("/dev/null", folder.path().join(path)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_that_leaves_the_folder() {
    let folder = shop(MANIFEST);
    link_outside(&folder, "tasks/pay/key");
    check("leaving-link", &folder, &["validate"]);
}

#[cfg(unix)]
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

#[test]
fn a_folder_that_is_in_use() {
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

#[test]
fn a_settled_setup_is_written_into_the_module() {
    let folder = shop(MANIFEST);
    let frozen = ["generate", "--frozen", "(buy,pay)@256"];
    assert_eq!(folder.run(&frozen).code, 0);
    let functions = folder.read("fusionized/functions.tf");
    assert!(functions.contains("256"), "{functions}");
    assert!(
        !folder
            .read("fusionized/setup.tf")
            .contains("\"fusion_setup\"")
    );
    assert_eq!(folder.run(&[&frozen[..], &["--check"]].concat()).code, 0);
    check("frozen-not-written", &folder, &["generate", "--check"]);
    assert_eq!(folder.run(&["generate"]).code, 0);
    check(
        "frozen-out-of-date",
        &folder,
        &[&frozen[..], &["--check"]].concat(),
    );
}

#[test]
fn settled_setups_that_do_not_fit() {
    let folder = shop(MANIFEST);
    for (name, notation) in [
        ("frozen-open", "(buy,pay"),
        ("frozen-unknown-task", "(buy,pays)@128"),
        ("frozen-unknown-root", "(buys)@128"),
    ] {
        check(name, &folder, &["generate", "--frozen", notation]);
    }
    assert!(!folder.path().join("fusionized").exists());
}

#[test]
fn a_settled_setup_of_tasks_that_never_share() {
    let permission = |action: &str| {
        format!("permission {{\n      actions = [\"{action}\"]\n      resources = [\"*\"]\n    }}")
    };
    let pay = format!(
        "task \"pay\" {{\n    {}\n  }}",
        permission("sqs:SendMessage")
    );
    let manifest = MANIFEST
        .replace("calls = [\"pay\"]", &permission("s3:GetObject"))
        .replace("task \"pay\" {}", &pay)
        .replace("runtime ", "share_permissions = \"same\"\n  runtime ");
    let folder = shop(&manifest);
    let frozen = ["generate", "--frozen", "(buy,pay)@128"];
    check("frozen-permissions", &folder, &frozen);
    assert!(!folder.path().join("fusionized").exists());
    assert_eq!(
        folder
            .run(&["generate", "--frozen", "(buy)@128-(pay)@128"])
            .code,
        0
    );
}

#[test]
fn an_application_with_an_alias_of_its_own() {
    let folder = shop(&MANIFEST.replace("runtime ", "alias = \"prod\"\n  runtime "));
    for command in [
        &["invoke", "buy"][..],
        &["load", "buy", "--rate", "9", "--count", "1"],
    ] {
        let mut command = folder.command(command);
        command
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        let said = Said::of(&command.output().unwrap());
        assert!(said.text().contains("`shop-buy:prod`"), "{said:?}");
    }
}

#[test]
fn nobody_has_credentials() {
    let folder = shop(MANIFEST);
    let mut command = folder.command(&["invoke", "buy", "--endpoint", "http://127.0.0.1:9"]);
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    check_said("no-credentials", &Said::of(&command.output().unwrap()));
}

#[test]
fn a_machine_whose_metadata_are_forbidden() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // Ends with the process.
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(
                b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            );
        }
    });
    let folder = shop(MANIFEST);
    let mut command = folder.command(&["invoke", "buy", "--endpoint", "http://127.0.0.1:9"]);
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url);
    check_said("metadata-forbidden", &Said::of(&command.output().unwrap()));
}

#[test]
fn notations_that_do_not_parse() {
    let folder = shop(MANIFEST);
    check("notation-open", &folder, &["package", "(buy,pay"]);
    check("notation-empty-member", &folder, &["package", "(buy,)"]);
    check("notation-memory", &folder, &["package", "(buy)@12"]);
    check("notation-unknown-task", &folder, &["package", "(buy,pays)"]);
}

#[test]
fn events_that_are_not_json() {
    let folder = shop(MANIFEST);
    check(
        "event-not-json",
        &folder,
        &["invoke", "buy", "--event", "{name: 1}"],
    );
    check("event-empty", &folder, &["invoke", "buy", "--event", ""]);
    check(
        "event-file-missing",
        &folder,
        &["invoke", "buy", "--event", "@event.json"],
    );
    folder.write("event.json", "{\n  \"a\": 1,\n}\n");
    check(
        "event-file-not-json",
        &folder,
        &["invoke", "buy", "--event", "@event.json"],
    );
}

#[test]
fn an_endpoint_that_nobody_serves() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let folder = shop(MANIFEST);
    check(
        "unreachable",
        &folder,
        &["invoke", "buy", "--endpoint", &url],
    );
    check(
        "unreachable-json",
        &folder,
        &["invoke", "buy", "--endpoint", &url, "--json"],
    );
}

#[test]
fn arguments_that_do_not_fit() {
    let folder = shop(MANIFEST);
    check("load-without-end", &folder, &["load", "buy", "--rate", "2"]);
    check(
        "load-rate",
        &folder,
        &["load", "buy", "--rate", "0", "--count", "1"],
    );
    check(
        "load-json",
        &folder,
        &["load", "buy", "--rate", "2", "--json"],
    );
}

/// A manifest whose tasks give the variable `TABLE` different values.
fn disputed() -> String {
    let variable = |value: &str| format!("environment = {{ TABLE = \"{value}\" }}");
    let pay = format!("task \"pay\" {{\n    {}\n  }}", variable("payments"));
    MANIFEST
        .replace("calls = [\"pay\"]", &variable("orders"))
        .replace("task \"pay\" {}", &pay)
}

#[test]
fn a_package_knows_the_names_under_which_the_module_carries_variables() {
    let folder = shop(&disputed());
    let made = folder.run(&["package", "(buy,pay)", "--json"]);
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    let path = made["packages"][0]["path"].as_str().unwrap();
    let zip = std::fs::read(folder.path().join(path)).unwrap();
    let described = fusion_packaging::read_manifest(&zip).unwrap();
    assert_eq!(folder.run(&["generate"]).code, 0);
    let module = folder.read("fusionized/tasks.tf");
    for (task, value) in [("buy", "orders"), ("pay", "payments")] {
        let packaged = &described.tasks[&task.parse().unwrap()];
        let carried = &packaged.environment["TABLE"];
        assert_eq!(*carried, format!("{task}__TABLE"));
        let written = format!("TABLE = {{ name = \"{carried}\", value = \"{value}\" }}");
        assert!(module.contains(&written), "{module}");
    }
}

#[test]
fn packages_take_the_runtime_of_the_module_that_is_there() {
    let folder = shop(MANIFEST);
    let sha256 = || {
        let made = folder.run(&["package", "(buy)", "--json"]);
        let made: Value = serde_json::from_str(&made.stdout).unwrap();
        made["packages"][0]["sha256"].as_str().unwrap().to_owned()
    };
    let before = sha256();
    assert_eq!(folder.run(&["generate"]).code, 0);
    assert_eq!(sha256(), before);
    folder.write("fusionized/runtime/nodejs/of-another-version.mjs", "");
    assert_ne!(sha256(), before);
}
