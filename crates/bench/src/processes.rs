//! What the host says of processes: memory, CPU time, children.
//!
//! Owns reading `/proc`, and ending what was started.

use std::fs;
use std::process::Child;

use anyhow::{Context, Result};

use crate::machine::ticks_ms;

/// A process that ends with this value.
pub struct Started(pub Child);

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The resident memory of a process, pages of files that it shares with others included.
pub fn resident_mib(pid: u32) -> Result<f64> {
    status_mib(pid, "VmRSS:")
}

/// The resident memory that belongs to a process alone.
pub fn anonymous_mib(pid: u32) -> Result<f64> {
    status_mib(pid, "RssAnon:")
}

fn status_mib(pid: u32, field: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    Ok(kib.with_context(|| format!("process {pid} has no memory"))? / 1024.0)
}

/// The CPU time of a process so far, without its children's; 0 where it has ended.
pub fn cpu_ms(pid: u32) -> f64 {
    let fields = stat(pid).unwrap_or_default();
    // Fields 14 and 15 of `stat`, counted after the name in brackets: user and system time.
    let ticks = fields
        .iter()
        .skip(11)
        .take(2)
        .filter_map(|text| text.parse::<usize>().ok());
    ticks_ms(ticks.sum())
}

/// A process, and every process that it started, directly or not.
pub fn family(pid: u32) -> Vec<u32> {
    let mut all = vec![pid];
    let mut next = 0;
    let parents = parents();
    while let Some(parent) = all.get(next).copied() {
        let children = parents.iter().filter(|(_, of)| *of == parent);
        all.extend(children.map(|(child, _)| *child));
        next += 1;
    }
    all
}

/// The name of a process's program; empty where it has ended.
pub fn program(pid: u32) -> String {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim().to_owned()
}

/// Every process with its parent.
fn parents() -> Vec<(u32, u32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| Some((pid, stat(pid)?.get(1)?.parse().ok()?)))
        .collect()
}

/// The fields of `stat` after the name, which may hold anything.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_of_its_own_family_and_uses_memory() -> Result<()> {
        let own = std::process::id();
        assert_eq!(family(own).first(), Some(&own));
        assert!(resident_mib(own)? > 0.5);
        assert!(!program(own).is_empty());
        Ok(())
    }
}
