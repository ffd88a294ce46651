//! A child process with all that it starts itself, as one thing that can be ended.

use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a process may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// A process group of our own. Dropped, it is killed.
#[derive(Debug)]
pub struct Group {
    child: Option<Child>,
    id: Pid,
}

impl Group {
    /// Starts a command in a process group of its own: the terminal's Ctrl-C does not reach it,
    /// so that it is we who decide how it ends.
    pub fn start(command: &mut Command) -> std::io::Result<Self> {
        let child = command.process_group(0).spawn()?;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let id = id.ok_or_else(|| std::io::Error::other("the process ended at once"))?;
        Ok(Self {
            child: Some(child),
            id: Pid::from_raw(id),
        })
    }

    /// The process, e.g. for its pipes.
    pub fn child(&mut self) -> Option<&mut Child> {
        self.child.as_mut()
    }

    /// The id of the process.
    pub fn id(&self) -> i32 {
        self.id.as_raw()
    }

    /// Asks it to end, and insists after a while.
    pub async fn end(mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let _ = killpg(self.id, Signal::SIGTERM);
        if timeout(PATIENCE, child.wait()).await.is_err() {
            kill(self.id);
            let _ = child.wait().await;
        }
        // What it started and did not end itself.
        kill(self.id);
    }

    /// Lets it go on without us.
    pub fn leave(mut self) {
        self.child = None;
    }
}

fn kill(id: Pid) {
    let _ = killpg(id, Signal::SIGKILL);
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.child.is_some() {
            kill(self.id);
        }
    }
}

/// Runs a command to its end in a group of its own, which dies if nobody waits any more.
pub async fn run(command: &mut Command) -> std::io::Result<Output> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut group = Group::start(command)?;
    let Some(child) = group.child() else {
        return Err(std::io::Error::other("the process ended at once"));
    };
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr) = tokio::join!(read(stdout), read(stderr));
    let status: ExitStatus = child.wait().await?;
    group.child = None;
    Ok(Output {
        status,
        stdout: stdout?,
        stderr: stderr?,
    })
}

async fn read(pipe: Option<impl tokio::io::AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        tokio::io::AsyncReadExt::read_to_end(&mut pipe, &mut bytes).await?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a process of this id is there and no zombie.
    fn alive(id: &str) -> bool {
        std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| {
            !stat
                .rsplit(')')
                .next()
                .unwrap_or_default()
                .starts_with(" Z")
        })
    }

    async fn grandchild(group: &mut Group) -> String {
        use tokio::io::{AsyncBufReadExt, BufReader};
        let pipe = group.child().unwrap().stdout.take().unwrap();
        BufReader::new(pipe)
            .lines()
            .next_line()
            .await
            .unwrap()
            .unwrap()
    }

    fn parent_and_child() -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", "sleep 600 & echo $!; wait"])
            .stdout(Stdio::piped());
        command
    }

    async fn gone(id: &str) -> bool {
        for _ in 0..100 {
            if !alive(id) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    #[tokio::test]
    async fn nothing_that_was_started_stays() {
        let mut group = Group::start(&mut parent_and_child()).unwrap();
        let id = grandchild(&mut group).await;
        group.end().await;
        assert!(gone(&id).await);

        let mut group = Group::start(&mut parent_and_child()).unwrap();
        let id = grandchild(&mut group).await;
        drop(group);
        assert!(gone(&id).await);
    }

    #[tokio::test]
    async fn output_and_exit_code_are_given_back() {
        let output = run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]))
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(
            (output.stdout, output.stderr),
            (b"out\n".to_vec(), b"err\n".to_vec())
        );
    }
}
