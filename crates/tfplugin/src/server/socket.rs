//! The socket: in a directory of its own, which only the user may enter.

use super::ServeError;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::net::UnixListener;

/// A listening socket. Its directory goes when it does.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) listener: UnixListener,
    pub(super) path: PathBuf,
    _directory: TempDir,
}

/// Opens a socket in a new directory below `parent`, or below the temporary directory.
pub(super) fn open(parent: Option<&Path>) -> Result<Socket, ServeError> {
    let parent = parent.map_or_else(std::env::temp_dir, Path::to_path_buf);
    bind(&parent).map_err(|source| ServeError::Socket {
        directory: parent.display().to_string(),
        source,
    })
}

fn bind(parent: &Path) -> std::io::Result<Socket> {
    let directory = tempfile::Builder::new()
        .prefix("plugin")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(parent)?;
    let path = directory.path().join("socket");
    let listener = UnixListener::bind(&path)?;
    // The directory keeps others out already, also in the moment before this.
    std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    Ok(Socket {
        listener,
        path,
        _directory: directory,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_owner_may_connect_and_nothing_is_left_behind() {
        let parent = tempfile::tempdir().expect("a directory");
        let socket = open(Some(parent.path())).expect("a socket");
        let mode = |path: &Path| path.metadata().expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode(&socket.path), 0o600);
        assert_eq!(mode(socket.path.parent().expect("a directory")), 0o700);
        drop(socket);
        assert_eq!(parent.path().read_dir().expect("readable").count(), 0);
    }

    #[tokio::test]
    async fn a_directory_that_does_not_exist_is_named() {
        let error = open(Some(Path::new("/nonexistent/sockets"))).unwrap_err();
        assert!(
            error.to_string().contains("`/nonexistent/sockets`"),
            "{error}"
        );
    }
}
