//! What the kernel says of a process: memory, CPU time and waiting of its threads.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// Memory of one process in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Memory {
    /// What belongs to it alone and cannot be dropped: anonymous and shared memory.
    pub own_kib: u64,
    /// Pages of files, which other processes may share.
    pub file_kib: u64,
}

/// The memory of a process; none if it is gone.
pub fn memory(pid: i32) -> Option<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    Some(parse_memory(&status))
}

fn parse_memory(status: &str) -> Memory {
    let value = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse().ok())
            .unwrap_or(0)
    };
    Memory {
        own_kib: value("RssAnon:") + value("RssShmem:"),
        file_kib: value("RssFile:"),
    }
}

/// What one thread consumed and waited for since its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scheduling {
    /// Time on a CPU.
    pub cpu: Duration,
    /// Time ready to run and not on a CPU.
    pub delay: Duration,
}

/// The threads of a process by their number.
pub fn threads(pid: i32) -> Vec<(i32, Scheduling)> {
    let folder = format!("/proc/{pid}/task");
    let Ok(entries) = fs::read_dir(Path::new(&folder)) else {
        return Vec::new();
    };
    let thread = |entry: fs::DirEntry| {
        let text = fs::read_to_string(entry.path().join("schedstat")).ok()?;
        Some((
            entry.file_name().to_str()?.parse().ok()?,
            parse_scheduling(&text)?,
        ))
    };
    entries.flatten().filter_map(thread).collect()
}

fn parse_scheduling(text: &str) -> Option<Scheduling> {
    let mut numbers = text
        .split_ascii_whitespace()
        .map_while(|word| word.parse().ok());
    let mut next = || numbers.next().map(Duration::from_nanos);
    Some(Scheduling {
        cpu: next()?,
        delay: next()?,
    })
}

/// A process with all its descendants, from the kernel's lists of children.
pub fn descendants(pid: i32) -> Vec<i32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        next += 1;
        let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else {
            continue;
        };
        for thread in threads.flatten() {
            let text = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            found.extend(
                text.split_ascii_whitespace()
                    .filter_map(|pid| pid.parse::<i32>().ok()),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_status() {
        let status = "Name:\tnode\nVmRSS:\t  999 kB\nRssAnon:\t   20 kB\nRssFile:\t  300 kB\nRssShmem:\t    4 kB\n";
        assert_eq!(
            parse_memory(status),
            Memory {
                own_kib: 24,
                file_kib: 300
            }
        );
    }

    #[test]
    fn scheduling_is_read_in_nanoseconds() {
        let read = parse_scheduling("1500 2500 7\n").unwrap();
        assert_eq!((read.cpu.as_nanos(), read.delay.as_nanos()), (1500, 2500));
        assert_eq!(parse_scheduling(""), None);
    }

    #[test]
    fn this_process_has_memory_and_threads() {
        let pid = i32::try_from(std::process::id()).unwrap();
        assert!(memory(pid).is_some_and(|memory| memory.own_kib > 0));
        assert!(!threads(pid).is_empty());
        assert_eq!(descendants(pid).first(), Some(&pid));
    }
}
