//! What an interrupted demo leaves behind: nothing.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::Child;
use std::time::Duration;

use crate::support::Folder;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A host that hangs in its first command, with a child and a temporary folder of its own.
const HANGING_TOFU: &str = "#!/bin/sh\nmktemp -d\nsleep 600 &\necho $$ $! > \"$HOST_PIDS.new\"\nmv \"$HOST_PIDS.new\" \"$HOST_PIDS\"\nwait\n";

struct Demo {
    folder: Folder,
    child: Child,
    host_pids: Vec<String>,
    platform: SocketAddr,
}

impl Demo {
    /// Starts a demo, and waits until its host hangs.
    fn start() -> Self {
        let folder = Folder::new(&[
            ("bin/tofu", HANGING_TOFU),
            ("provider", ""),
            ("tmp/.keep", ""),
        ]);
        let tofu = folder.path().join("bin/tofu");
        fs::set_permissions(tofu, fs::Permissions::from_mode(0o755)).unwrap();
        let pids = folder.path().join("pids");
        let path = std::env::var("PATH").unwrap();
        let child = folder
            .command(&["demo", "--host", "tofu", "--provider", "provider"])
            .env(
                "PATH",
                format!("{}:{path}", folder.path().join("bin").display()),
            )
            .env("TMPDIR", folder.path().join("tmp"))
            .env("HOST_PIDS", &pids)
            .stdout(fs::File::create(folder.path().join("stdout")).unwrap())
            .stderr(fs::File::create(folder.path().join("stderr")).unwrap())
            .spawn()
            .unwrap();
        eventually("the host runs", || pids.is_file());
        let host_pids = fs::read_to_string(&pids).unwrap();
        let host_pids: Vec<String> = host_pids.split_whitespace().map(str::to_owned).collect();
        let said = fs::read_to_string(folder.path().join("stdout")).unwrap();
        let address = said
            .split("http://")
            .nth(1)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap();
        Self {
            child,
            host_pids,
            platform: address.parse().unwrap(),
            folder,
        }
    }

    fn signal(&self, signal: Signal) {
        kill(
            Pid::from_raw(i32::try_from(self.child.id()).unwrap()),
            signal,
        )
        .unwrap();
    }

    /// What is in the folder for temporary files.
    fn left_behind(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("tmp")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| name != ".keep").collect()
    }

    fn platform_is_gone(&self) -> bool {
        TcpStream::connect(self.platform).is_err()
    }
}

/// Waits for something that takes its time, for a while.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("never: {what}");
}

/// Whether a process of this id is there and no zombie.
fn is_alive(pid: &str) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .starts_with(" Z")
    })
}

#[test]
fn an_interrupted_demo_leaves_no_process_and_no_file() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut demo = Demo::start();
        assert!(demo.host_pids.iter().all(|pid| is_alive(pid)));
        demo.signal(signal);
        assert_eq!(demo.child.wait().unwrap().code(), Some(130), "{signal}");
        assert!(demo.platform_is_gone());
        assert_eq!(demo.left_behind(), Vec::<String>::new());
        let host_pids = demo.host_pids.clone();
        eventually("the host is gone", || {
            host_pids.iter().all(|pid| !is_alive(pid))
        });
    }
}

#[test]
fn the_platform_ends_with_a_demo_that_is_killed() {
    let mut demo = Demo::start();
    demo.signal(Signal::SIGKILL);
    demo.child.wait().unwrap();
    eventually("the platform is gone", || demo.platform_is_gone());
    for pid in &demo.host_pids {
        // Nobody was left who could have ended the host.
        let _ = kill(Pid::from_raw(pid.parse().unwrap()), Signal::SIGKILL);
    }
}

#[test]
fn a_host_that_fails_is_shown_and_leaves_nothing() {
    let folder = Folder::new(&[
        (
            "bin/tofu",
            "#!/bin/sh\necho 'Error: no such provider' >&2\nexit 1\n",
        ),
        ("provider", ""),
        ("tmp/.keep", ""),
    ]);
    fs::set_permissions(
        folder.path().join("bin/tofu"),
        fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = folder
        .command(&["demo", "--host", "tofu", "--provider", "provider"])
        .env(
            "PATH",
            format!("{}:{path}", folder.path().join("bin").display()),
        )
        .env("TMPDIR", folder.path().join("tmp"))
        .output()
        .unwrap();
    let said = crate::support::Said::of(&output);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("`tofu init` failed"), "{said:?}");
    assert!(said.stderr.contains("Error: no such provider"), "{said:?}");
    assert_eq!(fs::read_dir(folder.path().join("tmp")).unwrap().count(), 1);
}

#[test]
fn a_platform_that_ends_is_told_with_its_reason() {
    let mut demo = Demo::start();
    let pid = fs::read_to_string(format!("/proc/{0}/task/{0}/children", demo.child.id())).unwrap();
    let is_platform = |pid: &&str| {
        fs::read_to_string(format!("/proc/{pid}/cmdline"))
            .unwrap()
            .contains("--attached")
    };
    let platform = pid
        .split_whitespace()
        .find(is_platform)
        .unwrap()
        .parse()
        .unwrap();
    kill(Pid::from_raw(platform), Signal::SIGTERM).unwrap();
    eventually("the platform is gone", || demo.platform_is_gone());
    // The host fails for it.
    kill(
        Pid::from_raw(demo.host_pids[0].parse().unwrap()),
        Signal::SIGKILL,
    )
    .unwrap();
    kill(
        Pid::from_raw(demo.host_pids[1].parse().unwrap()),
        Signal::SIGKILL,
    )
    .unwrap();
    assert_eq!(demo.child.wait().unwrap().code(), Some(1));
    let said = fs::read_to_string(demo.folder.path().join("stderr")).unwrap();
    assert!(said.contains("the platform has ended"), "{said}");
    assert!(said.contains("asked to end by SIGTERM"), "{said}");
}
