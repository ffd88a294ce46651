//! A platform in a process of its own, which a test can kill: the test starts itself once more, and
//! that process serves.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The variable by which the process that serves is given its folder.
const GIVEN: &str = "FUSION_PLATFORM_TEST_FOLDER";
const READY: &str = "READY";

/// The folder, in the process that serves.
pub fn given() -> Option<PathBuf> {
    std::env::var_os(GIVEN).map(PathBuf::from)
}

/// Says to the other process that it may go on, and waits to be killed.
pub async fn ready() {
    println!("\n{READY}");
    tokio::time::sleep(Duration::from_secs(60)).await;
}

/// A process that serves, and is killed at the latest when the test ends, however it ends.
pub struct Serving {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Serving {
    /// Runs a test as the process that serves.
    pub fn start(test: &str, folder: &Path) -> Self {
        Self::of(Command::new(std::env::current_exe().unwrap()), test, folder)
    }

    /// As [`Serving::start`], with files that may be so long and no longer: a write beyond is refused,
    /// as on a disk that is full.
    pub fn start_with_short_files(test: &str, folder: &Path, most_kib: u32) -> Self {
        let script = format!(
            r#"trap '' XFSZ; ulimit -f {}; exec "$0" "$@""#,
            most_kib * 2
        );
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &script]);
        shell.arg(std::env::current_exe().unwrap());
        Self::of(shell, test, folder)
    }

    fn of(mut command: Command, test: &str, folder: &Path) -> Self {
        let mut child = command
            .args(["--exact", test, "--nocapture"])
            .env(GIVEN, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Waits until it says that it is ready; returns what it said before.
    pub fn until_ready(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        for line in self.lines.by_ref().map_while(Result::ok) {
            if line == READY {
                return said;
            }
            said.push(line);
        }
        panic!("the other process did not come up; it said {said:?}");
    }

    /// What it says next; none when it has ended.
    pub fn next_line(&mut self) -> Option<String> {
        self.lines.next()?.ok()
    }

    /// Kills it, and returns what it still had said.
    pub fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.lines.by_ref().map_while(Result::ok).collect()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
