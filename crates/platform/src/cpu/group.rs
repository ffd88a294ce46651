//! Control groups of the kernel, version 1 (controller `cpu`) and version 2 (`cpu.max`), one group
//! an environment below one folder a platform. Everything a process starts is in its group too.
//! Where the folder may be is the matter of [`place`](super::place).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::place::{self, Place, Version};
use super::{PERIOD_US, cpus_of};

/// The folder of one platform's groups.
#[derive(Debug)]
pub struct Hierarchy {
    folder: PathBuf,
    version: Version,
}

/// One environment's group.
#[derive(Debug)]
pub struct Group {
    folder: PathBuf,
    version: Version,
}

impl Hierarchy {
    /// Makes a folder where this process may limit CPU; none if it may nowhere.
    pub fn find() -> Option<Self> {
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
        Self::find_in(&own, &mounts)
    }

    /// As [`Hierarchy::find`], from the texts of `/proc/self/cgroup` and `/proc/self/mounts`.
    fn find_in(own: &str, mounts: &str) -> Option<Self> {
        let places = place::candidates(own, mounts);
        places.iter().find_map(|place| Self::open(place).ok())
    }

    fn open(place: &Place) -> io::Result<Self> {
        place.prepare()?;
        let folder = new_folder(place)?;
        let version = place.version;
        let hierarchy = Self { folder, version };
        if version == Version::Two {
            fs::write(hierarchy.folder.join("cgroup.subtree_control"), "+cpu")?;
        }
        // The proof that quotas can be set here is to set one.
        hierarchy.create("probe")?.limit(128)?;
        Ok(hierarchy)
    }

    /// Makes a group.
    pub fn create(&self, name: &str) -> io::Result<Group> {
        let folder = self.folder.join(name);
        fs::create_dir(&folder)?;
        Ok(Group {
            folder,
            version: self.version,
        })
    }

    /// Where the groups are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Platforms that this process has started.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// A folder that nobody of this process has had. The keeper of a platform that ended may still be at
/// work, and ends whatever it finds in its folder: a next platform must not have the same.
fn new_folder(place: &Place) -> io::Result<PathBuf> {
    for _ in 0..u16::MAX {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = place.folder.join(place::name(number));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::QuotaExceeded.into())
}

impl Drop for Hierarchy {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.folder);
    }
}

impl Group {
    /// Takes a process in, with all its threads.
    pub fn enter(&self, pid: i32) -> io::Result<()> {
        fs::write(self.folder.join("cgroup.procs"), pid.to_string())
    }

    /// Holds the group to the share of a memory size.
    pub fn limit(&self, memory_mb: u32) -> io::Result<()> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rounded, positive, small"
        )]
        let quota_us = (f64::from(PERIOD_US) * cpus_of(memory_mb)).round() as u64;
        self.write_quota(Some(quota_us))
    }

    /// Lets the group have all of the host.
    pub fn release(&self) -> io::Result<()> {
        self.write_quota(None)
    }

    fn write_quota(&self, quota_us: Option<u64>) -> io::Result<()> {
        let period = PERIOD_US;
        if self.version == Version::Two {
            let quota = quota_us.map_or("max".to_owned(), |quota| quota.to_string());
            return fs::write(self.folder.join("cpu.max"), format!("{quota} {period}"));
        }
        let quota = quota_us.map_or("-1".to_owned(), |quota| quota.to_string());
        fs::write(self.folder.join("cpu.cfs_period_us"), period.to_string())?;
        fs::write(self.folder.join("cpu.cfs_quota_us"), quota)
    }

    /// The processes in the group.
    pub fn processes(&self) -> Vec<i32> {
        let text = fs::read_to_string(self.folder.join("cgroup.procs")).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// How long its threads were ready but held back by the quota, so far.
    pub fn throttled(&self) -> Duration {
        let text = fs::read_to_string(self.folder.join("cpu.stat")).unwrap_or_default();
        let value = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
            line.unwrap_or(0_u64)
        };
        match self.version {
            Version::One => Duration::from_nanos(value("throttled_time ")),
            Version::Two => Duration::from_micros(value("throttled_usec ")),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir(&self.folder) {
            tracing::debug!(folder = %self.folder.display(), %error, "a control group stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: PathBuf) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_delegated_group_is_divided_below_a_process_that_left_it() {
        let root = tempfile::tempdir().unwrap();
        let scope = root.path().join("app.slice/run-1.scope");
        fs::create_dir_all(&scope).unwrap();
        fs::write(scope.join("cgroup.subtree_control"), "").unwrap();
        let mounts = format!("cgroup2 {} cgroup2 rw 0 0\n", root.path().display());
        let found = Hierarchy::find_in("0::/app.slice/run-1.scope\n", &mounts).unwrap();

        assert_eq!(found.folder().parent(), Some(scope.as_path()));
        let pid = std::process::id().to_string();
        assert_eq!(read(scope.join(place::leaf()).join("cgroup.procs")), pid);
        assert_eq!(read(scope.join("cgroup.subtree_control")), "+cpu");
        assert_eq!(read(found.folder().join("cgroup.subtree_control")), "+cpu");
        let group = found.create("env").unwrap();
        group.limit(1769).unwrap();
        assert_eq!(read(group.folder.join("cpu.max")), "20000 20000");
        group.release().unwrap();
        assert_eq!(read(group.folder.join("cpu.max")), "max 20000");
    }
    #[test]
    fn no_platform_gets_the_folder_of_one_that_ended() {
        let root = tempfile::tempdir().unwrap();
        let own = "1:cpu:/\n";
        let mounts = format!("cgroup {} cgroup rw,cpu 0 0\n", root.path().display());
        let place = place::candidates(own, &mounts).remove(0);
        let first = new_folder(&place).unwrap();
        fs::remove_dir(&first).unwrap();
        assert_ne!(new_folder(&place).unwrap(), first);
    }
}
