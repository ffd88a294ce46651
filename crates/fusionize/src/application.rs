//! An application's folder on the disk, as its author has it.

use std::fs::{self, File};
use std::io::{self, Read};
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
        let text = text_of(&path)?;
        Ok(Self {
            folder: folder.to_owned(),
            manifest: read(&shown(&path), &text)?,
        })
    }

    /// The application around the current folder, if there is one.
    pub fn around() -> Option<Result<Self, Failure>> {
        let here = std::env::current_dir().ok()?;
        let folder = here
            .ancestors()
            .find(|folder| folder.join(manifest::FILE_NAME).is_file())?;
        Some(Self::open(folder))
    }
}

/// The manifest's text; of one that is too large, enough to see that it is.
fn text_of(path: &Path) -> Result<String, Failure> {
    let failed = || {
        Failure::new(
            Exit::Input,
            format!("cannot read the manifest `{}`", shown(path)),
        )
    };
    let bytes = beginning_of(path).map_err(|error| {
        failed()
            .because(error)
            .hint("name the application's folder, or begin one with `fusionize init`")
    })?;
    if bytes.len() > manifest::MAX_BYTES {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    // Some editors begin a file with a mark, which means nothing in HCL.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    String::from_utf8(text.to_owned()).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = bytes[..good].split(|byte| *byte == b'\n').count();
        failed()
            .because(format!(
                "line {line} holds the byte 0x{:02x}, which is no UTF-8",
                bytes[good]
            ))
            .hint("save the file as UTF-8")
    })
}

fn beginning_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = manifest::MAX_BYTES as u64 + 1;
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
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
        let path = self.0.join(path);
        // Others, a named pipe for instance, may have no end.
        let bytes = path.is_file().then(|| fs::read(path).ok())??;
        Some(String::from_utf8_lossy(&bytes).into_owned())
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
