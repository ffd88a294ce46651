//! Killing the host, or the providers that it started.
//!
//! Owns finding them in `/proc`. When somebody is killed is the tests' business.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Kills a host.
pub fn host(host_pid: u32) -> Result<()> {
    Ok(kill(Pid::from_raw(host_pid.try_into()?), Signal::SIGKILL)?)
}

/// Kills every provider that a host started. At least one has to be there.
pub fn providers(host_pid: u32) -> Result<()> {
    let mut killed = 0;
    for entry in fs::read_dir("/proc")? {
        let path = entry?.path();
        if parent(&path) == Some(host_pid) && is_provider(&path) {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            kill(Pid::from_raw(name.parse()?), Signal::SIGKILL)?;
            killed += 1;
        }
    }
    ensure!(killed > 0, "the host has no provider running");
    Ok(())
}

fn is_provider(process: &Path) -> bool {
    fs::read_link(process.join("exe"))
        .is_ok_and(|exe| exe.to_string_lossy().contains("terraform-provider-fusion"))
}

/// The parent of a process: the fourth field of its `stat`, two after the name in brackets.
fn parent(process: &Path) -> Option<u32> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(1)?.parse().ok()
}
