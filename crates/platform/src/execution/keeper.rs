//! The keeper: a shell that outlives the platform by a moment. It knows the process group of every
//! environment and waits on a pipe from the platform; when the pipe closes, however the platform
//! ended, it kills what is left and removes the control groups. A stopped process, or one in an
//! endless loop, would not notice that its platform is gone.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// Reads `+ PGID` and `- PGID`; at the end of its input kills the groups that remain, and removes
/// the folder of control groups and the temporary folder named in its arguments. In POSIX's words
/// only: other forms of `kill` do not take a group in every shell.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
groups=" "
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="${groups%% "$group" *} ${groups#* "$group" }" ;; esac ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
if [ -d "$1" ]; then
  for try in 1 2 3 4 5 6 7 8 9 10; do
    for each in "$1"/*/cgroup.procs; do
      [ -f "$each" ] && while read -r pid; do kill -s KILL "$pid" 2>/dev/null; done <"$each"
    done
    rmdir "$1"/*/ 2>/dev/null
    rmdir "$1" 2>/dev/null && break
    sleep 0.1
  done
fi
[ -z "$2" ] || rm -rf -- "$2"
"#;

/// The running shell.
#[derive(Debug)]
pub struct Keeper {
    pipe: Mutex<Option<ChildStdin>>,
    shell: Mutex<Child>,
}

impl Keeper {
    /// Starts the shell, for a folder of control groups and a temporary folder.
    pub fn start(groups: Option<&Path>, temporary: &Path) -> io::Result<Self> {
        let mut shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "fusionize-keeper"])
            .arg(groups.unwrap_or(Path::new("")))
            .arg(temporary)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What ends the platform's own group, such as Ctrl-C, must not end its keeper.
            .process_group(0)
            .spawn()?;
        let pipe = Mutex::new(shell.stdin.take());
        Ok(Self {
            pipe,
            shell: Mutex::new(shell),
        })
    }

    /// A process group came to be.
    pub fn add(&self, group: i32) {
        self.tell('+', group);
    }

    /// A process group ended: its number may soon be another's.
    pub fn remove(&self, group: i32) {
        self.tell('-', group);
    }

    fn tell(&self, change: char, group: i32) {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pipe) = pipe.as_mut()
            && let Err(error) = writeln!(pipe, "{change} {group}")
        {
            tracing::warn!(%error, "the keeper of environments is gone");
        }
    }

    /// Closes the pipe and waits until everything is cleaned up.
    pub fn end(&self) {
        self.pipe
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let _ = self
            .shell
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .wait();
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.end();
    }
}
