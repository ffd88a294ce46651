//! Running a target, on the corpus and on what mutations make of it.

use crate::corpus::corpus;
use crate::memory;
use crate::mutation::{Random, mutated};
use crate::targets::TARGETS;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

/// An input that takes longer hangs.
const HANGS_AFTER: Duration = Duration::from_secs(120);

/// Says for how long to go on.
const SECONDS: &str = "FUSIONIZE_FUZZ_SECONDS";

/// Runs a target on its corpus and on so many mutations, or for as long as the environment says.
pub fn campaign(name: &'static str, mutations: usize) {
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    let target = found.expect("a target").1;
    let inputs = corpus(name);
    let watch = Watch::start(name);
    for input in &inputs {
        guarded(&watch, name, target, input);
    }
    let seconds = std::env::var(SECONDS).ok();
    let seconds = seconds.map(|text| text.parse().expect("a whole number of seconds"));
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let seed = if end.is_some() { now() } else { 0 };
    let mut random = Random::new(seed);
    let mut done = 0;
    while end.map_or(done < mutations, |end| Instant::now() < end) {
        let input = random.of(&inputs);
        let input = mutated(&mut random, input, &inputs);
        guarded(&watch, name, target, &input);
        done += 1;
    }
    memory::is_bounded();
    if end.is_some() {
        println!("{name}: {done} inputs from seed {seed}");
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(1, |since| since.as_secs())
}

/// Sees to it that every input comes to an end.
struct Watch {
    current: Arc<Mutex<(u64, Vec<u8>)>>,
    _ends: Sender<()>,
}

impl Watch {
    fn start(name: &'static str) -> Self {
        let current = Arc::new(Mutex::new((0, Vec::new())));
        let (ends, ended) = channel();
        let watched = current.clone();
        std::thread::spawn(move || {
            let mut last = 0;
            while ended.recv_timeout(HANGS_AFTER) == Err(RecvTimeoutError::Timeout) {
                let (number, input) = watched.lock().expect("never poisoned").clone();
                if number == last {
                    eprintln!("{name} hangs: {}", keep(name, &input));
                    std::process::abort();
                }
                last = number;
            }
        });
        Self {
            current,
            _ends: ends,
        }
    }

    fn next(&self, input: &[u8]) {
        let mut current = self.current.lock().expect("never poisoned");
        current.0 += 1;
        input.clone_into(&mut current.1);
    }
}

/// Runs a target on one input, and keeps the input where it fails.
fn guarded(watch: &Watch, name: &str, target: fn(&[u8]), input: &[u8]) {
    watch.next(input);
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(input))) {
        eprintln!("{name} fails: {}", keep(name, input));
        resume_unwind(panic);
    }
}

/// Writes the input where a person finds it.
fn keep(name: &str, input: &[u8]) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}"));
    match std::fs::write(&path, input) {
        Ok(()) => format!("put {} into the corpus", path.display()),
        Err(error) => format!("{error}: {input:02x?}"),
    }
}
