//! An application's folder on the disk, as its author has it.

use std::fs;
use std::path::{Path, PathBuf};

use fusion_generator::{Files, Manifest, Obstacle, Problems, Target, manifest};
use fusion_packaging::check_folder;

use crate::failure::{Exit, Failure};

/// An application that was found, read and checked.
#[derive(Debug)]
pub struct Application {
    /// Its folder.
    pub folder: PathBuf,
    /// What its manifest says.
    pub manifest: Manifest,
}

impl Application {
    /// Reads the application in `folder`, which holds its manifest.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        Self::read(folder, |file, text| {
            manifest::read(file, text, &Disk(folder))
        })
    }

    /// Reads it, and fails also with what `target` does not have and what no package can hold.
    pub fn check(folder: &Path, target: Target) -> Result<Self, Failure> {
        let files = Packable(Disk(folder));
        Self::read(folder, |file, text| {
            manifest::read_for(target, file, text, &files)
        })
    }

    fn read(
        folder: &Path,
        read: impl FnOnce(&str, &str) -> Result<Manifest, Problems>,
    ) -> Result<Self, Failure> {
        let path = folder.join(manifest::FILE_NAME);
        let text = fs::read_to_string(&path).map_err(|error| {
            Failure::new(
                Exit::Input,
                format!("cannot read the manifest `{}`", shown(&path)),
            )
            .because(error)
            .hint("name the application's folder, or begin one with `fusionize init`")
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            manifest: read(&shown(&path), &text)?,
        })
    }

    /// The application around the current folder, if there is one that can be read.
    pub fn around() -> Option<Self> {
        let here = std::env::current_dir().ok()?;
        let folder = here
            .ancestors()
            .find(|folder| folder.join(manifest::FILE_NAME).is_file())?;
        Self::open(folder).ok()
    }
}

/// A path as it is shown: without the `./` that only says "here".
pub fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

/// A folder on the disk.
#[derive(Debug, Clone, Copy)]
pub struct Disk<'a>(pub &'a Path);

impl Files for Disk<'_> {
    fn folders(&self, path: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.0.join(path)) else {
            return Vec::new();
        };
        entries
            .filter_map(Result::ok)
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect()
    }

    fn is_folder(&self, path: &str) -> bool {
        self.0.join(path).is_dir()
    }

    fn exists(&self, path: &str) -> bool {
        // A link that leads nowhere is there too.
        self.0.join(path).symlink_metadata().is_ok()
    }

    fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.0.join(path)).ok()
    }
}

/// The same folder, with a look at every file that packages would hold.
struct Packable<'a>(Disk<'a>);

impl Files for Packable<'_> {
    fn folders(&self, path: &str) -> Vec<String> {
        self.0.folders(path)
    }

    fn is_folder(&self, path: &str) -> bool {
        self.0.is_folder(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.0.exists(path)
    }

    fn text(&self, path: &str) -> Option<String> {
        self.0.text(path)
    }

    fn obstacle(&self, path: &str) -> Option<Obstacle> {
        let error = check_folder(self.0.0, path).err()?;
        Some(Obstacle {
            why: error.to_string(),
            help: error.hint().unwrap_or("make it readable").to_owned(),
        })
    }
}
