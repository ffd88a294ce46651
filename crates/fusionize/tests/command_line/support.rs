//! The command line as its user meets it: a folder, arguments, what is said, an exit code.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A manifest and its two tasks that are in order.
pub const MANIFEST: &str = r#"application "shop" {
  runtime     = "nodejs22.x"
  entrypoints = ["buy"]

  task "buy" {
    calls = ["pay"]
  }

  task "pay" {}
}
"#;

/// A handler that is in order.
pub const HANDLER: &str = "exports.handler = async () => 1;\n";

/// A manifest, and the folders of the tasks `buy` and `pay`.
pub fn shop(manifest: &str) -> Folder {
    Folder::new(&[
        ("fusionize.hcl", manifest),
        ("tasks/buy/handler.js", HANDLER),
        ("tasks/pay/handler.js", HANDLER),
    ])
}

/// Runs a command and compares all it says with the snapshot.
pub fn check(name: &str, folder: &Folder, arguments: &[&str]) {
    check_said(name, &folder.run(arguments));
}

/// Compares all that was said with the snapshot.
pub fn check_said(name: &str, said: &Said) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"127\.0\.0\.1:\d{3,}", "127.0.0.1:PORT");
    settings.add_filter(r"/[^ `]*/fusionize-test-[A-Za-z0-9]+", "FOLDER");
    settings.add_filter(r"/[^ `]*/code/[0-9a-f]{64}", "PACKAGE");
    // Of a module: how many there are changes with the fusion runtime.
    settings.add_filter(r"\d\d+ files", "N files");
    settings.add_filter(r"RequestId: [0-9a-f-]{36}", "RequestId: ID");
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, said.text()));
}

/// A folder of files in which commands run.
pub struct Folder(TempDir);

impl Folder {
    /// Writes files by path.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::with_prefix("fusionize-test-").unwrap());
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    /// Writes one more.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads one.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A command in it, without anything of the user's own AWS settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fusionize"));
        command
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command
            .env("AWS_ACCESS_KEY_ID", "AKIATEST")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("NO_COLOR", "1");
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().unwrap())
    }
}

/// What a command said and ended with.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Said {
    /// Of a process that ended.
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// All of it as one text for a snapshot.
    pub fn text(&self) -> String {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        format!("exit code: {code}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }
}
