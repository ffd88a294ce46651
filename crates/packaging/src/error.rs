//! What can go wrong with sources and packages, told so that it can be mended.

use std::io;
use std::path::PathBuf;

/// Why sources could not be hashed, or a package not be made, read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path in the configuration has a form that is not allowed.
    #[error("the path `{path}` {why}")]
    PathForm {
        /// The path as it was given.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A path leaves the application's folder through a link.
    #[error("`{path}` leaves the application's folder: it leads to `{target}`")]
    Leaves {
        /// The path, relative to the application's folder.
        path: String,
        /// Where it leads.
        target: PathBuf,
    },
    /// A folder or file that must exist does not.
    #[error("`{path}` does not exist in `{folder}`")]
    Missing {
        /// The path, relative to the folder.
        path: String,
        /// The folder in which it was looked for.
        folder: PathBuf,
    },
    /// A folder was expected, and something else was found.
    #[error("`{path}` is not a folder")]
    NotAFolder {
        /// The path, relative to the application's folder.
        path: String,
    },
    /// A socket, a device or a named pipe: it has no content that could be packed.
    #[error("`{path}` is neither a file nor a folder")]
    Special {
        /// The path, relative to the application's folder.
        path: String,
    },
    /// A file's name is not UTF-8 or holds control characters.
    #[error("the name of `{path}` cannot be written into a package")]
    Name {
        /// The path, as far as it can be shown.
        path: String,
    },
    /// More files than a package may hold.
    #[error("`{folder}` holds more than {limit} files")]
    TooManyFiles {
        /// The folder, relative to the application's.
        folder: String,
        /// The most files that are read.
        limit: usize,
    },
    /// Folders nested too deeply.
    #[error("`{path}` lies more than {limit} folders deep")]
    TooDeep {
        /// The path, relative to the application's folder.
        path: String,
        /// The greatest depth that is read.
        limit: usize,
    },
    /// A link to a folder in which it lies itself.
    #[error("`{path}` is a link to a folder that holds it")]
    Loop {
        /// The path, relative to the application's folder.
        path: String,
    },
    /// More bytes than Lambda takes.
    #[error(
        "the package of `{root}` would hold {bytes} bytes unzipped, Lambda takes {limit}; its largest file is `{largest}`"
    )]
    TooLarge {
        /// The function's root task.
        root: String,
        /// The size of all files.
        bytes: u64,
        /// The most that Lambda takes.
        limit: u64,
        /// The path of the largest file.
        largest: String,
    },
    /// The sources are no longer what the plan saw.
    #[error("the sources of task `{task}` changed after the plan{hint}: planned {planned}, found {found}", hint = newest_text(.newest.as_deref()))]
    SourceChanged {
        /// The task.
        task: String,
        /// The hash that was planned.
        planned: String,
        /// The hash of what is there.
        found: String,
        /// The file that was modified last.
        newest: Option<String>,
    },
    /// The fusion runtime's files are no longer what the plan saw.
    #[error(
        "the fusion runtime in `{folder}` changed after the plan: planned {planned}, found {found}"
    )]
    RuntimeChanged {
        /// The folder.
        folder: PathBuf,
        /// The hash that was planned.
        planned: String,
        /// The hash of what is there.
        found: String,
    },
    /// What was asked for does not fit together.
    #[error("the package of `{root}` cannot be described: {why}")]
    Request {
        /// The function's root task.
        root: String,
        /// What does not fit.
        why: String,
    },
    /// A file that is no package of Fusionize.
    #[error("this is no package of Fusionize: {why}")]
    NotAPackage {
        /// What was found instead.
        why: String,
    },
    /// The operating system refused.
    #[error("cannot {action} `{path}`: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl Error {
    /// How to mend it, where something general can be said.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::PathForm { .. } => "name a folder below the application's folder, relative to it",
            Self::Loop { .. } => "remove the link",
            Self::Leaves { .. } => "replace the link by a copy of what it leads to, or remove it",
            Self::Missing { .. } | Self::NotAFolder { .. } => {
                "create it, or change the path in the manifest"
            }
            Self::Special { .. } => "remove it from the folder: only files can be packed",
            Self::Name { .. } => "rename it with printable characters",
            Self::TooManyFiles { .. } | Self::TooDeep { .. } | Self::TooLarge { .. } => {
                "leave out what the task does not need, e.g. development dependencies"
            }
            Self::SourceChanged { .. } => "plan again, and apply without touching the sources",
            Self::RuntimeChanged { .. } => "run `fusionize generate`, then plan again",
            Self::NotAPackage { .. } => "deploy the function with Fusionize first",
            Self::Request { .. } | Self::Io { .. } => return None,
        })
    }

    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

fn newest_text(newest: Option<&str>) -> String {
    newest
        .map(|path| format!(" (modified last: `{path}`)"))
        .unwrap_or_default()
}
