//! Control groups of the kernel, version 1 (controller `cpu`) and version 2 (`cpu.max`), one group
//! an environment below one folder a platform. Everything a process starts is in its group too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{PERIOD_US, cpus_of};

/// The start of every folder's name; the process id of its platform follows.
const PREFIX: &str = "fusionize-";

/// The folder of one platform's groups.
#[derive(Debug)]
pub struct Hierarchy {
    folder: PathBuf,
    version: Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
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
        let candidates = candidates(&own, &mounts);
        candidates
            .into_iter()
            .find_map(|(parent, version)| Self::open(&parent, version).ok())
    }

    fn open(parent: &Path, version: Version) -> io::Result<Self> {
        remove_abandoned(parent);
        let folder = (0..u16::MAX)
            .map(|number| parent.join(format!("{PREFIX}{}-{number}", std::process::id())))
            .find(|folder| !folder.exists())
            .unwrap_or_default();
        fs::create_dir(&folder)?;
        let hierarchy = Self { folder, version };
        let usable = (|| {
            if version == Version::Two {
                fs::write(hierarchy.folder.join("cgroup.subtree_control"), "+cpu")?;
            }
            // The proof that quotas can be set here is to set one.
            hierarchy.create("probe")?.limit(128)
        })();
        usable.map(|()| hierarchy)
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

/// Folders in which a group for this process may be made, the best first: below its own group.
/// `own` and `mounts` are the texts of `/proc/self/cgroup` and `/proc/self/mounts`.
fn candidates(own: &str, mounts: &str) -> Vec<(PathBuf, Version)> {
    let mut found = Vec::new();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let (kind, version) = match controllers {
            "" => ("cgroup2", Version::Two),
            list if list.split(',').any(|one| one == "cpu") => ("cgroup", Version::One),
            _ => continue,
        };
        let mount = mounts.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(' ').collect();
            let [_, point, found_kind, options, ..] = fields.as_slice() else {
                return None;
            };
            let fits = *found_kind == kind
                && (version == Version::Two || options.split(',').any(|one| one == "cpu"));
            fits.then(|| PathBuf::from(*point))
        });
        let Some(mount) = mount else { continue };
        let inside = mount.join(path.trim_start_matches('/'));
        if version == Version::Two {
            // A group that has processes cannot divide its share: its parent can.
            found.extend(
                inside
                    .parent()
                    .filter(|parent| parent.starts_with(&mount))
                    .map(|parent| (parent.to_owned(), version)),
            );
        }
        found.push((inside, version));
    }
    // Version 1 only where the controller is there: it is listed with its own line then.
    found.sort_by_key(|(_, version)| u8::from(*version == Version::Two));
    found
}

/// Groups of platforms that no longer run.
fn remove_abandoned(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split('-').next());
        let ended = owner.is_some_and(|pid| !Path::new("/proc").join(pid).exists());
        if ended {
            for group in fs::read_dir(entry.path()).into_iter().flatten().flatten() {
                let _ = fs::remove_dir(group.path());
            }
            let _ = fs::remove_dir(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_one_is_found_by_its_controller() {
        let own = "9:name=systemd:/\n2:cpuacct:/\n1:cpu:/jobs\n0::/\n";
        let mounts = "cgroup /sys/fs/cgroup/cpuacct cgroup rw,cpuacct 0 0\n\
                      cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0\n\
                      cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        let first = candidates(own, mounts).into_iter().next();
        assert_eq!(
            first,
            Some((PathBuf::from("/sys/fs/cgroup/cpu/jobs"), Version::One))
        );
    }

    #[test]
    fn version_two_prefers_the_parent_of_the_own_group() {
        let own = "0::/user.slice/app.scope\n";
        let mounts = "cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n";
        let folders: Vec<PathBuf> = candidates(own, mounts)
            .into_iter()
            .map(|(folder, _)| folder)
            .collect();
        let expected = [
            "/sys/fs/cgroup/user.slice",
            "/sys/fs/cgroup/user.slice/app.scope",
        ]
        .map(PathBuf::from);
        assert_eq!(folders, expected);
    }

    #[test]
    fn joined_controllers_are_found() {
        let own = "4:cpu,cpuacct:/\n";
        let mounts = "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n";
        let expected = PathBuf::from("/sys/fs/cgroup/cpu,cpuacct");
        assert_eq!(candidates(own, mounts), [(expected, Version::One)]);
    }
}
