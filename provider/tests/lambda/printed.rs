//! What users read: the provider's diagnostics as both hosts print them.
//!
//! The folders below `printed` are configurations; a snapshot a command holds what the hosts say,
//! once where both say the same.

#[path = "../../../crates/tfplugin/tests/support/programs.rs"]
mod programs;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;
use tokio::process::Command;

use crate::double::Double;
use crate::world::World;

/// The hosts: program and registry.
fn hosts() -> [(PathBuf, &'static str); 2] {
    [
        (programs::terraform(), "registry.terraform.io"),
        (programs::tofu(), "registry.opentofu.org"),
    ]
}

/// Where the provider finds AWS, and with which key.
struct Aws {
    url: String,
    access_key: String,
    secret_key: String,
}

impl Aws {
    fn of_double(double: &Double) -> Self {
        Self {
            url: double.url().to_owned(),
            access_key: "AKIATEST".to_owned(),
            secret_key: "secret".to_owned(),
        }
    }

    fn of_platform(world: &World) -> Self {
        let (url, access_key, secret_key) = world.access();
        Self {
            url,
            access_key,
            secret_key,
        }
    }
}

/// A working copy of some folders of configurations, under one host.
struct Stack {
    program: PathBuf,
    folder: TempDir,
}

impl Stack {
    fn new(host: &(PathBuf, &'static str), folders: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stack = Self {
            program: host.0.clone(),
            folder,
        };
        stack.write(
            "app/tasks/A/handler.js",
            "exports.handler = async () => 1;\n",
        );
        stack.write(
            "runtime/entry.mjs",
            "export const handler = async () => 1;\n",
        );
        let binary = Path::new(env!("CARGO_BIN_EXE_terraform-provider-fusion"));
        let bin = binary.parent().unwrap().display().to_string();
        let rc = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"{}/fusionize/fusion\" = {bin:?}\n  \
             }}\n  direct {{}}\n}}\n",
            host.1
        );
        stack.write("rc", &rc);
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lambda/printed");
        for name in folders {
            for entry in here.join(name).read_dir().unwrap().flatten() {
                fs::copy(entry.path(), stack.folder.path().join(entry.file_name())).unwrap();
            }
        }
        stack.write(
            "versions.tf",
            "terraform {\n  required_providers {\n    fusion = { source = \"fusionize/fusion\" }\n  \
             }\n}\n",
        );
        stack
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Configures the provider; further lines are `more`.
    fn reach(&self, aws: &Aws, more: &str) {
        let Aws {
            url,
            access_key,
            secret_key,
        } = aws;
        self.write(
            "provider.tf",
            &format!(
                "provider \"fusion\" {{\n  region = \"us-east-1\"\n  access_key = {access_key:?}\n  \
                 secret_key = {secret_key:?}\n  max_retries = 0\n  endpoints = {{ lambda = {url:?}, \
                 cloudwatch = {url:?}, sts = {url:?} }}\n{more}}}\n"
            ),
        );
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let environment = ["PATH", "HOME", "TMPDIR"];
        let environment = environment.map(|name| (name, std::env::var_os(name)));
        let environment = environment.into_iter();
        let environment = environment.filter_map(|(name, value)| Some((name, value?)));
        Command::new(&self.program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(environment)
            .env("TF_CLI_CONFIG_FILE", self.folder.path().join("rc"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_IN_AUTOMATION", "1")
            .output()
            .await
            .unwrap()
    }

    /// Runs a command; what its diagnostics say.
    async fn told(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let text = [&output.stdout[..], b"\n", &output.stderr].concat();
        let text = plain(&String::from_utf8(text).unwrap());
        let folder = self.folder.path().display().to_string();
        diagnostics(&text.replace(&folder, "FOLDER"))
    }
}

/// The text without colours. With them, hosts draw a box around each diagnostic.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('m').map_or("", |(_, text)| text));
    first + &rest.collect::<String>()
}

/// The boxes around diagnostics, without what else a command prints. The hosts' own about
/// overridden providers is none of ours.
fn diagnostics(text: &str) -> String {
    let mut boxes: Vec<Vec<&str>> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.trim_end() {
            "╷" => {
                inside = true;
                boxes.push(Vec::new());
            }
            "╵" => inside = false,
            line if inside => {
                let line = line.strip_prefix("│").unwrap_or(line);
                boxes
                    .last_mut()
                    .unwrap()
                    .push(line.strip_prefix(' ').unwrap_or(line));
            }
            _ => {}
        }
    }
    let mut boxes: Vec<String> = boxes.iter().map(|lines| lines.join("\n")).collect();
    boxes.retain(|text| !text.contains("development overrides"));
    // Hosts order what has no place as it comes.
    boxes.sort();
    boxes.join("\n\n")
}

/// What both hosts say, once where they say the same.
fn both(said: &[String; 2]) -> String {
    let [terraform, tofu] = said;
    let mut text = terraform.clone();
    if terraform != tofu {
        write!(text, "\n\n---- OpenTofu ----\n\n{tofu}").unwrap();
    }
    text
}

/// Snapshots what both hosts say, without what differs from run to run.
macro_rules! snapshot {
    ($name:literal, $said:expr) => {
        insta::with_settings!({ filters => vec![
            ("-[0-9a-f]{16}\\.zip", "-IDENTITY.zip"),
            ("[0-9a-f]{64}", "SHA256"),
            ("`[0-9a-f]{12}`", "RELEASE"),
        ] }, {
            insta::assert_snapshot!($name, both($said));
        });
    };
}

#[tokio::test]
async fn arguments() {
    let mut said = <[String; 2]>::default();
    for (host, said) in hosts().iter().zip(&mut said) {
        *said = Stack::new(host, &["arguments"]).told(&["validate"]).await;
    }
    snapshot!("arguments", &said);
}

#[tokio::test]
async fn provider_arguments() {
    let mut said = <[String; 2]>::default();
    for (host, said) in hosts().iter().zip(&mut said) {
        *said = Stack::new(host, &["provider"]).told(&["validate"]).await;
    }
    snapshot!("provider_arguments", &said);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plans() {
    let refusing = Double::refusing().await;
    let aws = Aws::of_double(&refusing);
    let (mut said, mut refused) = (<[String; 2]>::default(), <[String; 2]>::default());
    for (number, host) in hosts().iter().enumerate() {
        let stack = Stack::new(host, &["plan"]);
        stack.reach(&aws, "");
        said[number] = stack.told(&["plan"]).await;
        stack.reach(&aws, "  allowed_account_ids = [\"123456789012\"]\n");
        refused[number] = stack.told(&["plan"]).await;
    }
    snapshot!("plans", &said);
    snapshot!("provider_that_cannot_connect", &refused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lives() {
    let mut world = World::start().await;
    let refusing = Double::refusing().await;
    let (platform, refusing) = (Aws::of_platform(&world), Aws::of_double(&refusing));
    let empty = || <[String; 2]>::default();
    let (mut refreshes, mut updates, mut before) = (empty(), empty(), empty());
    let (mut imports, mut ends) = (empty(), empty());
    let apply = ["apply", "-auto-approve"];
    for (number, host) in hosts().iter().enumerate() {
        let stack = Stack::new(host, &["life"]);
        stack.reach(&platform, "");
        assert_eq!(stack.told(&apply).await, "");
        let other = Stack::new(host, &["life", "other"]);
        other.reach(&platform, "");
        before[number] = other
            .told(&[&apply[..], &["-parallelism=1"]].concat())
            .await;
        let import = Stack::new(host, &["import"]);
        import.reach(&platform, "");
        imports[number] = import.told(&["plan"]).await;

        stack.reach(&refusing, "");
        fs::remove_dir_all(stack.folder.path().join("packages")).unwrap();
        refreshes[number] = stack.told(&["plan"]).await;
        let update = ["-refresh=false", "-var=memory_mb=256"];
        let update = [&apply[..], &update].concat();
        let gone = stack.told(&update).await;
        stack.write("packages", "in the way");
        updates[number] = [gone, stack.told(&update).await].join("\n\n");
        ends[number] = stack
            .told(&[&apply[..], &["-refresh=false", "-destroy"]].concat())
            .await;
        stack.reach(&platform, "");
        fs::remove_file(stack.folder.path().join("packages")).unwrap();
        assert_eq!(stack.told(&[&apply[..], &["-destroy"]].concat()).await, "");
    }
    snapshot!("refreshes", &refreshes);
    snapshot!("changes", &updates);
    snapshot!("others_were_there_before", &before);
    snapshot!("imports", &imports);
    snapshot!("ends", &ends);
    world.end().await;
}
