//! The machine that figures were taken on.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use crate::statistics::as_number;

/// What a reader has to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// Processors that are there.
    pub cores: usize,
    /// Main memory.
    pub memory_gib: f64,
    /// The load average of one minute.
    pub load: f64,
    /// Versions of the programs that take part.
    pub programs: Vec<String>,
}

impl Machine {
    /// This machine. What it does not tell is left out.
    pub fn here(programs: Vec<String>) -> Self {
        let processor = field("/proc/cpuinfo", "model name");
        let memory_kib: f64 = field("/proc/meminfo", "MemTotal")
            .and_then(|text| text.split(' ').next()?.parse().ok())
            .unwrap_or(0.0);
        Self {
            processor: processor.unwrap_or_else(|| "an unknown processor".to_owned()),
            cores: available_parallelism().map_or(1, usize::from),
            memory_gib: (memory_kib / 1024.0 / 1024.0).round(),
            load: load(),
            programs,
        }
    }

    /// All of it in a line.
    pub fn sentence(&self) -> String {
        let mut parts = vec![
            self.processor.clone(),
            format!("{} cores", self.cores),
            format!("{} GiB", self.memory_gib),
            format!("load {:.2} at the beginning", self.load),
        ];
        parts.extend(self.programs.iter().cloned());
        parts.join(", ")
    }
}

/// The load average of one minute; 0 where the host does not tell.
pub fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split(' ').next().and_then(|text| text.parse().ok());
    first.unwrap_or(0.0)
}

/// The first line that a program says of its version.
pub fn version(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

/// Milliseconds of CPU time that `ticks` of `/proc` are.
pub fn ticks_ms(ticks: usize) -> f64 {
    // USER_HZ, which is 100 on every Linux of today.
    as_number(ticks) * 10.0
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = lines.find(|(key, _)| key.trim() == name)?;
    Some(value.trim().to_owned())
}
