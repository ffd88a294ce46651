//! The example `shelf` under the real hosts.

mod support;

use serde_json::Value as Json;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::programs::{terraform, tofu};
use tempfile::TempDir;

/// A stack of its own, whose provider is the example.
struct Stack {
    host: PathBuf,
    directory: TempDir,
}

impl Stack {
    fn new(host: &Path, hcl: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let at = |name: &str| directory.path().join(name);
        std::fs::create_dir(at("shelf")).expect("a shelf");
        std::fs::create_dir(at("bin")).expect("a directory");
        std::os::unix::fs::symlink(
            support::example("shelf"),
            at("bin/terraform-provider-shelf"),
        )
        .expect("a link");
        let mut overrides = String::new();
        for registry in ["registry.terraform.io", "registry.opentofu.org"] {
            writeln!(
                overrides,
                "{:?} = {:?}",
                format!("{registry}/acme/shelf"),
                at("bin").display().to_string()
            )
            .expect("text");
        }
        let rc =
            format!("provider_installation {{\ndev_overrides {{\n{overrides}}}\ndirect {{}}\n}}\n");
        std::fs::write(at("rc"), rc).expect("written");
        let stack = Self {
            host: host.to_owned(),
            directory,
        };
        stack.write(hcl);
        stack
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, hcl: &str) {
        let directory = self.at("shelf").display().to_string();
        let head = format!(
            "terraform {{\n  required_providers {{\n    shelf = {{ source = \"acme/shelf\" }}\n  \
             }}\n}}\nprovider \"shelf\" {{\n  directory = {directory:?}\n}}\n"
        );
        std::fs::write(self.at("main.tf"), head + hcl).expect("written");
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let inherited = ["PATH", "HOME", "TMPDIR"].map(|name| (name, std::env::var_os(name)));
        let kept = inherited
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        Command::new(&self.host)
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .envs(kept.collect::<Vec<(&str, OsString)>>())
            .env("TF_CLI_CONFIG_FILE", self.at("rc"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_IN_AUTOMATION", "1")
            .envs(environment.iter().copied())
            .output()
            .expect("the host runs")
    }

    /// Runs a command that must succeed.
    #[track_caller]
    fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    #[track_caller]
    fn apply(&self) {
        self.succeed(&["apply", "-auto-approve", "-no-color"]);
    }

    /// The plan has nothing to do.
    #[track_caller]
    fn is_settled(&self) {
        let plan = self.run(&["plan", "-detailed-exitcode", "-no-color"]);
        assert_eq!(plan.status.code(), Some(0), "{}", said(&plan));
        assert!(!said(&plan).contains("changed outside"), "{}", said(&plan));
    }

    /// What is stored of a note.
    fn note(&self, name: &str) -> Json {
        let state = std::fs::read(self.at("terraform.tfstate")).expect("a state");
        let state: Json = serde_json::from_slice(&state).expect("JSON");
        let resources = state["resources"].as_array().expect("resources");
        let found = resources
            .iter()
            .find(|r| r["name"] == name && r["mode"] == "managed");
        found.expect("the note")["instances"][0]["attributes"].clone()
    }
}

fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// Makes each check a test under either host.
macro_rules! under_both_hosts {
    ($($check:ident),* $(,)?) => {
        mod terraform {
            $(#[test] fn $check() { super::$check(&super::terraform()); })*
        }
        mod tofu {
            $(#[test] fn $check() { super::$check(&super::tofu()); })*
        }
    };
}

under_both_hosts!(
    a_note_lives_and_dies,
    unknown_values_pass_through_the_plan,
    a_changed_identity_replaces,
    what_exists_is_imported,
    what_is_gone_is_made_again,
    functions_and_data_sources_answer,
    errors_stand_at_their_attribute,
    trap_host_12_a_failed_or_panicking_creation_stores_nothing,
    trap_12_02_log_lines_are_understood,
);

const NOTE: &str = r#"
resource "shelf_note" "one" {
  title  = "one"
  body   = "first"
  weight = 0.1
  words  = { "key" = { meaning = "value" } }
}
"#;

fn a_note_lives_and_dies(host: &Path) {
    let stack = Stack::new(host, NOTE);
    stack.succeed(&["validate", "-no-color"]);
    stack.apply();
    let note = stack.note("one");
    assert_eq!(note["colour"], "yellow");
    assert_eq!(note["revision"], 1);
    assert_eq!(note["weight"].to_string(), "0.1");
    assert_eq!(note["words"]["key"]["length"], 5);
    stack.is_settled();

    stack.write(
        &NOTE
            .replace("first", "second")
            .replace("\"value\"", "\"värdet\""),
    );
    stack.apply();
    let note = stack.note("one");
    assert_eq!(note["revision"], 2);
    assert_eq!(note["words"]["key"]["length"], 7);
    stack.is_settled();

    stack.write(NOTE);
    stack.succeed(&["plan", "-out=plan", "-no-color"]);
    stack.succeed(&["apply", "-no-color", "plan"]);
    assert_eq!(stack.note("one")["revision"], 3);

    stack.succeed(&["destroy", "-auto-approve", "-no-color"]);
    assert!(!stack.at("shelf/one.json").exists());
}

fn unknown_values_pass_through_the_plan(host: &Path) {
    let hcl = r#"
resource "terraform_data" "late" { input = "told late" }
resource "shelf_note" "one" {
  title = "one"
  body  = terraform_data.late.output
  words = { "key" = { meaning = terraform_data.late.output } }
}
resource "shelf_note" "all" {
  title = "all"
  words = { for word in [terraform_data.late.id] : "key" => { meaning = word } }
}
"#;
    let stack = Stack::new(host, hcl);
    let plan = stack.succeed(&["plan", "-no-color"]);
    assert!(plan.contains("(known after apply)"), "{plan}");
    stack.apply();
    let note = stack.note("one");
    assert_eq!(note["body"], "told late");
    assert_eq!(note["words"]["key"]["length"], 9);
    stack.is_settled();
}

fn a_changed_identity_replaces(host: &Path) {
    let stack = Stack::new(host, NOTE);
    stack.apply();
    stack.write(&NOTE.replace("title  = \"one\"", "title  = \"uno\""));
    let plan = stack.succeed(&["plan", "-no-color"]);
    assert!(plan.contains("forces replacement"), "{plan}");
    stack.apply();
    assert!(!stack.at("shelf/one.json").exists());
    assert!(stack.at("shelf/uno.json").exists());
    assert_eq!(stack.note("one")["revision"], 1);
    stack.is_settled();
}

fn what_exists_is_imported(host: &Path) {
    let stack = Stack::new(host, NOTE);
    stack.apply();
    let before = stack.note("one");
    stack.succeed(&["state", "rm", "shelf_note.one"]);
    stack.succeed(&["import", "-no-color", "shelf_note.one", "one"]);
    assert_eq!(stack.note("one"), before);
    stack.is_settled();

    stack.succeed(&["state", "rm", "shelf_note.one"]);
    let missing = stack.run(&["import", "-no-color", "shelf_note.one", "none"]);
    assert!(
        said(&missing).contains("No such note"),
        "{}",
        said(&missing)
    );
}

fn what_is_gone_is_made_again(host: &Path) {
    let stack = Stack::new(host, NOTE);
    stack.apply();
    std::fs::remove_file(stack.at("shelf/one.json")).expect("removed");
    let plan = stack.run(&["plan", "-detailed-exitcode", "-no-color"]);
    assert_eq!(plan.status.code(), Some(2), "{}", said(&plan));
    stack.apply();
    assert!(stack.at("shelf/one.json").exists());
}

fn functions_and_data_sources_answer(host: &Path) {
    let hcl = r#"
data "shelf_titles" "all" { depends_on = [shelf_note.one] }
output "titles" { value = data.shelf_titles.all.titles }
output "shout" { value = provider::shelf::shout("hey", "you") }
"#;
    let stack = Stack::new(host, &(NOTE.to_owned() + hcl));
    stack.apply();
    let outputs: Json = serde_json::from_str(&stack.succeed(&["output", "-json"])).expect("JSON");
    assert_eq!(outputs["titles"]["value"], serde_json::json!(["one"]));
    assert_eq!(outputs["shout"]["value"], "HEY YOU!");
    stack.write("output \"shout\" { value = provider::shelf::shout(\"\") }");
    let failed = said(&stack.run(&["plan", "-no-color"]));
    assert!(failed.contains("There is nothing to say"), "{failed}");
}

fn errors_stand_at_their_attribute(host: &Path) {
    let stack = Stack::new(host, &NOTE.replace("title  = \"one\"", "title  = \"a/b\""));
    let output = stack.run(&["validate", "-json"]);
    let report: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    let error = &report["diagnostics"][0];
    assert_eq!(error["summary"], "Unsuitable title");
    assert_eq!(error["snippet"]["code"], "  title  = \"a/b\"");
}

fn trap_host_12_a_failed_or_panicking_creation_stores_nothing(host: &Path) {
    for (body, summary) in [
        ("fail", "Note refused"),
        ("panic", "Provider failed unexpectedly"),
    ] {
        let stack = Stack::new(host, &NOTE.replace("first", body));
        let failed = stack.run(&["apply", "-auto-approve", "-no-color"]);
        assert_eq!(failed.status.code(), Some(1));
        assert!(said(&failed).contains(summary), "{}", said(&failed));
        assert!(
            !said(&failed).contains("did not respond"),
            "{}",
            said(&failed)
        );
        assert_eq!(stack.succeed(&["state", "list"]), "");
        stack.write(NOTE);
        stack.apply();
        stack.is_settled();
    }
}

/// A line that the host understands has its level; one that it does not is shown raw at DEBUG.
fn trap_12_02_log_lines_are_understood(host: &Path) {
    let stack = Stack::new(host, NOTE);
    stack.apply();
    let log = [("TF_LOG_PROVIDER", "INFO")];
    let destroyed = said(&stack.run_with(&["destroy", "-auto-approve", "-no-color"], &log));
    let line = destroyed
        .lines()
        .find(|line| line.contains("a note leaves the shelf"));
    let line = line.unwrap_or_else(|| panic!("no such line: {destroyed}"));
    assert!(
        line.contains("[INFO]  provider.terraform-provider-shelf: a note"),
        "{line}"
    );
    assert!(line.contains("tf_rpc=ApplyResourceChange"), "{line}");
    assert!(!line.contains("0001-01-01"), "{line}");
}
