//! Watches the environments that run: memory against its limit, CPU and the time lost to other
//! work, and without control groups their share of CPU. One thread for all of them, so that a busy
//! host delays it as little as possible.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use super::procfs;
use crate::cpu::cpus_of;
use crate::cpu::governor::{Account, Order, TICK};
use crate::cpu::group::Group;
use crate::pressure::HostPressure;

/// How often memory and waiting are looked at.
const SAMPLE: Duration = Duration::from_millis(40);

/// One process that is watched.
#[derive(Debug)]
pub struct Watched {
    pid: i32,
    memory_mb: u32,
    group: Option<Arc<Group>>,
    /// Whether its share is held by stopping and continuing.
    governed: bool,
    /// Whether an invocation runs: outside of one the process is frozen.
    active: AtomicBool,
    /// Whether INIT is over and the share holds.
    limited: AtomicBool,
    /// Whether the process was waited for: its number may be another's by now.
    gone: AtomicBool,
    peak_kib: AtomicU64,
    out_of_memory: AtomicBool,
    progress: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    /// When the invocation or INIT that runs began, or was last looked at.
    active_since: Option<Instant>,
    /// How long earlier ones ran that were not looked at yet: many are shorter than a sample.
    active_for: Duration,
    threads: HashMap<(i32, i32), procfs::Scheduling>,
    throttled: Duration,
    account: Option<Account>,
    stopped: bool,
}

/// What a process did between two looks.
#[derive(Debug, Default, Clone, Copy)]
struct Step {
    cpu: Duration,
    delay: Duration,
    throttled: Duration,
}

impl Watched {
    /// A process to watch.
    pub fn new(pid: i32, memory_mb: u32, group: Option<Arc<Group>>, governed: bool) -> Arc<Self> {
        Arc::new(Self {
            pid,
            memory_mb,
            group,
            governed,
            active: AtomicBool::new(true),
            limited: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            peak_kib: AtomicU64::new(0),
            out_of_memory: AtomicBool::new(false),
            progress: Mutex::new(Progress {
                active_since: Some(Instant::now()),
                ..Progress::default()
            }),
        })
    }

    /// Whether it was killed for its memory.
    pub fn is_out_of_memory(&self) -> bool {
        self.out_of_memory.load(Ordering::Acquire)
    }

    /// The most memory seen so far, in MB, within its limit.
    pub fn peak_mb(&self) -> u64 {
        self.look_at_memory();
        let seen = self.peak_kib.load(Ordering::Relaxed).div_ceil(1024);
        seen.min(u64::from(self.memory_mb))
    }

    /// The process was waited for: from now on nothing is read or signalled under its number.
    pub fn forget(&self) {
        // Under the lock, as signals are sent under it.
        let _progress = self.progress();
        self.gone.store(true, Ordering::Release);
    }

    /// Whether the process was waited for.
    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// From now on the share holds.
    pub fn limit(&self) {
        self.limited.store(true, Ordering::Release);
        if self.governed {
            self.progress().account = Some(Account::new(self.memory_mb));
        }
    }

    /// An invocation begins: what is stopped goes on.
    pub fn thaw(&self) {
        let mut progress = self.progress();
        self.active.store(true, Ordering::Release);
        progress.active_since.get_or_insert_with(Instant::now);
        progress.stopped = false;
        self.signal(Signal::SIGCONT);
    }

    /// An invocation is over: nothing runs until the next.
    pub fn freeze(&self) {
        let mut progress = self.progress();
        self.active.store(false, Ordering::Release);
        if let Some(since) = progress.active_since.take() {
            progress.active_for += since.elapsed();
        }
        progress.stopped = true;
        self.signal(Signal::SIGSTOP);
    }

    /// All processes of the environment.
    pub fn processes(&self) -> Vec<i32> {
        let grouped = self.group.as_ref().map(|group| group.processes());
        let grouped = grouped.filter(|all| !all.is_empty());
        grouped.unwrap_or_else(|| {
            if self.is_gone() {
                Vec::new()
            } else {
                procfs::descendants(self.pid)
            }
        })
    }

    /// Sends a signal to the process group, under the lock of its progress.
    fn signal(&self, signal: Signal) {
        if !self.is_gone() {
            // The group may have ended in the meantime, which its owner notices by itself.
            let _ = killpg(Pid::from_raw(self.pid), signal);
        }
    }

    fn progress(&self) -> std::sync::MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether the environment has more memory than its size allows.
    fn look_at_memory(&self) -> bool {
        let all: Vec<_> = self
            .processes()
            .into_iter()
            .filter_map(procfs::memory)
            .collect();
        let own: u64 = all.iter().map(|one| one.own_kib).sum();
        // Pages of files are shared among processes of one program: they count once.
        let files = all.iter().map(|one| one.file_kib).max().unwrap_or(0);
        self.peak_kib.fetch_max(own + files, Ordering::Relaxed);
        // The kernel drops pages of files before it kills for memory.
        own > u64::from(self.memory_mb) * 1024
    }

    fn step(&self, progress: &mut Progress) -> Step {
        let mut step = Step::default();
        let mut threads = HashMap::new();
        for pid in self.processes() {
            for (thread, now) in procfs::threads(pid) {
                let before = progress.threads.get(&(pid, thread));
                let before = before.copied().unwrap_or_default();
                step.cpu += now.cpu.saturating_sub(before.cpu);
                step.delay += now.delay.saturating_sub(before.delay);
                threads.insert((pid, thread), now);
            }
        }
        progress.threads = threads;
        if let Some(group) = &self.group {
            let throttled = group.throttled();
            step.throttled = throttled.saturating_sub(progress.throttled);
            progress.throttled = throttled;
        }
        step
    }

    /// CPU time that other work took from the environment in a window.
    ///
    /// A thread held back by its quota is ready too, so its waiting counts only as far as the
    /// quota did not cause it, and only as far as the environment got less than its share of the
    /// time in which it was active.
    fn lost(&self, step: Step, active: Duration) -> Duration {
        let waited = step.delay.saturating_sub(step.throttled);
        if !self.limited.load(Ordering::Acquire) {
            return waited;
        }
        waited.min(
            active
                .mul_f64(cpus_of(self.memory_mb))
                .saturating_sub(step.cpu),
        )
    }

    /// Books a tick with an environment whose share is held by stopping.
    fn govern(&self, progress: &mut Progress, elapsed: Duration) -> Option<Step> {
        if progress.account.is_none() || !self.active.load(Ordering::Acquire) {
            return None;
        }
        let step = self.step(progress);
        let order = progress.account.as_mut()?.book(elapsed, step.cpu);
        if (order == Order::Stop) != progress.stopped {
            progress.stopped = order == Order::Stop;
            self.signal(match order {
                Order::Stop => Signal::SIGSTOP,
                Order::Run => Signal::SIGCONT,
            });
        }
        Some(step)
    }
}

impl Progress {
    /// How long the environment ran since this was asked last.
    fn take_active(&mut self) -> Duration {
        let mut active = std::mem::take(&mut self.active_for);
        if let Some(since) = &mut self.active_since {
            active += since.elapsed();
            *since = Instant::now();
        }
        active
    }
}

/// The thread that watches.
#[derive(Debug)]
pub struct Monitor {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Shared {
    watched: Mutex<Vec<Arc<Watched>>>,
    pressure: Mutex<HostPressure>,
    end: AtomicBool,
}

impl Monitor {
    /// Starts the thread; `governs` if it also holds environments to their share.
    pub fn start(governs: bool) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let other = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("environments".into())
            .spawn(move || other.run(if governs { TICK } else { SAMPLE }))?;
        Ok(Self {
            shared,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Watches a process until [`Monitor::remove`].
    pub fn add(&self, watched: Arc<Watched>) {
        self.shared.watched().push(watched);
    }

    /// No longer watches a process.
    pub fn remove(&self, watched: &Arc<Watched>) {
        self.shared
            .watched()
            .retain(|one| !Arc::ptr_eq(one, watched));
    }

    /// What all environments consumed and lost so far.
    pub fn pressure(&self) -> HostPressure {
        *self
            .shared
            .pressure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the thread.
    pub fn end(&self) {
        self.shared.end.store(true, Ordering::Release);
        if let Some(thread) = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            let _ = thread.join();
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn watched(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Watched>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, tick: Duration) {
        let (mut last, mut last_sample) = (Instant::now(), Instant::now());
        while !self.end.load(Ordering::Acquire) {
            thread::sleep(tick);
            let elapsed = last.elapsed();
            last = Instant::now();
            let samples = last_sample.elapsed() >= SAMPLE;
            if samples {
                last_sample = last;
            }
            let all = self.watched().clone();
            for one in &all {
                self.look(one, elapsed, samples);
            }
        }
    }

    fn look(&self, one: &Watched, elapsed: Duration, samples: bool) {
        let mut progress = one.progress();
        let governed = one.govern(&mut progress, elapsed);
        // Between samples only those are looked at whose share depends on it.
        if governed.is_none() && !samples {
            return;
        }
        let active = progress.take_active();
        if active.is_zero() {
            return;
        }
        let step = governed.unwrap_or_else(|| one.step(&mut progress));
        drop(progress);
        let mut pressure = self.pressure.lock().unwrap_or_else(PoisonError::into_inner);
        pressure.cpu += step.cpu;
        pressure.run_delay += one.lost(step, active);
        drop(pressure);
        if samples && one.look_at_memory() {
            one.out_of_memory.store(true, Ordering::Release);
            for pid in one.processes() {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
        }
    }
}
