//! Where this process may make control groups: in version 1 below its own group; in version 2 below
//! its own group if that was delegated to it, else beside it.
//!
//! A user without root has such a group where systemd runs:
//! `systemd-run --user --scope -p Delegate=yes fusionize local`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The start of every folder's name; the process id of its platform follows.
const PREFIX: &str = "fusionize-";

/// Which of the kernel's two interfaces a place has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The controller `cpu` in a hierarchy of its own.
    One,
    /// All controllers in one hierarchy.
    Two,
}

/// A folder below which groups may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The folder: a group itself.
    pub folder: PathBuf,
    /// How its files are to be written.
    pub version: Version,
    /// Whether it is the group that this process was started in.
    is_own: bool,
}

impl Place {
    /// Removes what platforms that no longer run left here, and sees to it that the groups below can
    /// have shares of CPU.
    pub fn prepare(&self) -> io::Result<()> {
        remove_abandoned(&self.folder);
        if self.version == Version::One || self.divides_cpu() {
            return Ok(());
        }
        if self.is_own {
            self.leave_and_divide()
        } else {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    fn divides_cpu(&self) -> bool {
        fs::read_to_string(self.folder.join("cgroup.subtree_control"))
            .is_ok_and(|controllers| controllers.split_whitespace().any(|one| one == "cpu"))
    }

    /// Moves this process into a leaf, since the kernel lets no group that has processes divide its
    /// share. If others are in the group, the kernel refuses all the same, and this process returns.
    fn leave_and_divide(&self) -> io::Result<()> {
        let leaf = self.folder.join(leaf());
        let own_pid = std::process::id().to_string();
        fs::create_dir(&leaf)?;
        let divided = fs::write(leaf.join("cgroup.procs"), &own_pid)
            .and_then(|()| fs::write(self.folder.join("cgroup.subtree_control"), "+cpu"));
        if divided.is_err() {
            let _ = fs::write(self.folder.join("cgroup.procs"), &own_pid);
            let _ = fs::remove_dir(&leaf);
        }
        divided
    }
}

/// The name of a platform's folder; several of one process are numbered.
pub fn name(number: u32) -> String {
    format!("{PREFIX}{}-{number}", std::process::id())
}

/// The name of the leaf that this process moves to. It goes with its scope, or with the next
/// platform's start.
pub fn leaf() -> String {
    format!("{PREFIX}{}-platform", std::process::id())
}

/// Where a group for this process may be made, the best place first. `own` and `mounts` are the
/// texts of `/proc/self/cgroup` and `/proc/self/mounts`.
pub fn candidates(own: &str, mounts: &str) -> Vec<Place> {
    let mut found = Vec::new();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let version = match controllers {
            "" => Version::Two,
            list if list.split(',').any(|one| one == "cpu") => Version::One,
            _ => continue,
        };
        if let Some(mount) = mount_of(mounts, version) {
            found.extend(below(&mount, path, version));
        }
    }
    // Version 1 only where the controller is there: it is listed with its own line then.
    found.sort_by_key(|place| u8::from(place.version == Version::Two));
    found
}

fn mount_of(mounts: &str, version: Version) -> Option<PathBuf> {
    mounts.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(' ').collect();
        let [_, point, kind, options, ..] = fields.as_slice() else {
            return None;
        };
        let fits = match version {
            Version::One => *kind == "cgroup" && options.split(',').any(|one| one == "cpu"),
            Version::Two => *kind == "cgroup2",
        };
        fits.then(|| PathBuf::from(*point))
    })
}

/// The process's own group, and in version 2 the one around it.
fn below(mount: &Path, path: &str, version: Version) -> Vec<Place> {
    let mut folder = mount.join(path.trim_start_matches('/'));
    // Where an earlier platform of this process moved it to.
    if folder.ends_with(leaf()) {
        folder.pop();
    }
    let around = folder.parent().filter(|around| around.starts_with(mount));
    let around = around.map(|folder| Place {
        folder: folder.to_owned(),
        version,
        is_own: false,
    });
    let own = Place {
        folder: folder.clone(),
        version,
        is_own: true,
    };
    std::iter::once(own)
        .chain(around.filter(|_| version == Version::Two))
        .collect()
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

    fn folders(own: &str, mounts: &str) -> Vec<(PathBuf, Version)> {
        let places = candidates(own, mounts).into_iter();
        places.map(|place| (place.folder, place.version)).collect()
    }

    #[test]
    fn version_one_is_found_by_its_controller() {
        let own = "9:name=systemd:/\n2:cpuacct:/\n1:cpu:/jobs\n0::/\n";
        let mounts = "cgroup /sys/fs/cgroup/cpuacct cgroup rw,cpuacct 0 0\n\
                      cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0\n\
                      cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        let expected = [
            ("/sys/fs/cgroup/cpu/jobs", Version::One),
            ("/sys/fs/cgroup/unified", Version::Two),
        ];
        let expected = expected.map(|(folder, version)| (PathBuf::from(folder), version));
        assert_eq!(folders(own, mounts), expected);
    }

    #[test]
    fn version_two_tries_the_own_group_and_then_the_one_around_it() {
        let mounts = "cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n";
        let expected = [
            "/sys/fs/cgroup/user.slice/app.scope",
            "/sys/fs/cgroup/user.slice",
        ]
        .map(|folder| (PathBuf::from(folder), Version::Two));
        assert_eq!(folders("0::/user.slice/app.scope\n", mounts), expected);
        // Also when an earlier platform of this process has moved it.
        let own = format!("0::/user.slice/app.scope/{}\n", leaf());
        assert_eq!(folders(&own, mounts), expected);
    }

    #[test]
    fn joined_controllers_are_found() {
        let own = "4:cpu,cpuacct:/\n";
        let mounts = "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n";
        let expected = PathBuf::from("/sys/fs/cgroup/cpu,cpuacct");
        assert_eq!(folders(own, mounts), [(expected, Version::One)]);
    }

    fn delegated(folder: &Path, is_own: bool) -> Place {
        Place {
            folder: folder.to_owned(),
            version: Version::Two,
            is_own,
        }
    }

    #[test]
    fn a_process_returns_to_a_group_that_cannot_be_divided() {
        let scope = tempfile::tempdir().unwrap();
        // Stands for the kernel's refusal: a file that cannot be written.
        fs::create_dir(scope.path().join("cgroup.subtree_control")).unwrap();
        assert!(delegated(scope.path(), true).prepare().is_err());
        let processes = fs::read_to_string(scope.path().join("cgroup.procs")).unwrap();
        assert_eq!(processes, std::process::id().to_string());
    }

    #[test]
    fn a_group_of_others_is_used_as_it_is_or_not_at_all() {
        let slice = tempfile::tempdir().unwrap();
        let control = slice.path().join("cgroup.subtree_control");
        fs::write(&control, "memory pids\n").unwrap();
        assert!(delegated(slice.path(), false).prepare().is_err());
        assert_eq!(fs::read_to_string(&control).unwrap(), "memory pids\n");
        fs::write(&control, "cpu memory pids\n").unwrap();
        assert!(delegated(slice.path(), false).prepare().is_ok());
    }

    #[test]
    fn what_a_platform_left_that_no_longer_runs_is_removed() {
        let slice = tempfile::tempdir().unwrap();
        // No process has this number: it is above the kernel's limit.
        let [ended, running] = ["fusionize-4194305-0", &name(0)].map(|one| slice.path().join(one));
        for folder in [&ended, &running] {
            fs::create_dir_all(folder.join("env-1")).unwrap();
        }
        remove_abandoned(slice.path());
        assert!(!ended.exists());
        assert!(running.exists());
    }
}
