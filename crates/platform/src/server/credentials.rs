//! Who may sign requests: the access key made at the first start, and one session for each
//! environment, which ends with it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

const FILE: &str = "credentials.json";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An access key with its secret.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Key {
    /// `AKIA...`.
    pub access_key: String,
    /// 40 characters.
    pub secret_key: String,
}

/// All that is accepted.
#[derive(Debug)]
pub struct Credentials {
    root: Key,
    sessions: Mutex<HashMap<String, Secret>>,
}

/// What belongs to an access key.
#[derive(Debug, Clone)]
pub struct Secret {
    /// What requests are signed with.
    pub secret_key: String,
    /// The token that must come with it, for a session.
    pub token: Option<String>,
}

/// The credentials of one environment; they end when this is dropped.
#[derive(Debug)]
pub struct Session {
    credentials: Arc<Credentials>,
    access_key: String,
    secret: Secret,
}

impl Credentials {
    /// The key kept in `folder`, or a new one that is kept there; without a folder a new one.
    pub fn open(folder: Option<&Path>) -> io::Result<Self> {
        let root = match folder.map(|folder| folder.join(FILE)) {
            None => Key::new("AKIA"),
            Some(path) if path.exists() => {
                serde_json::from_slice(&fs::read(&path)?).map_err(io::Error::other)?
            }
            Some(path) => {
                let key = Key::new("AKIA");
                write_private(&path, &serde_json::to_vec(&key)?)?;
                key
            }
        };
        Ok(Self {
            root,
            sessions: Mutex::default(),
        })
    }

    /// The access key of the platform.
    pub fn root(&self) -> &Key {
        &self.root
    }

    /// The secret of an access key.
    pub fn secret_of(&self, access_key: &str) -> Option<Secret> {
        if access_key == self.root.access_key {
            return Some(Secret {
                secret_key: self.root.secret_key.clone(),
                token: None,
            });
        }
        self.sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(access_key)
            .cloned()
    }

    /// New credentials for an environment.
    pub fn open_session(self: &Arc<Self>) -> Session {
        let Key {
            access_key,
            secret_key,
        } = Key::new("ASIA");
        let secret = Secret {
            secret_key,
            token: Some(random_text(120)),
        };
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(access_key.clone(), secret.clone());
        Session {
            credentials: Arc::clone(self),
            access_key,
            secret,
        }
    }
}

impl Session {
    /// `AWS_ACCESS_KEY_ID`.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// `AWS_SECRET_ACCESS_KEY`.
    pub fn secret_key(&self) -> &str {
        &self.secret.secret_key
    }

    /// `AWS_SESSION_TOKEN`.
    pub fn token(&self) -> &str {
        self.secret.token.as_deref().unwrap_or_default()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let mut sessions = self
            .credentials
            .sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        sessions.remove(&self.access_key);
    }
}

impl Key {
    fn new(prefix: &str) -> Self {
        Self {
            access_key: format!("{prefix}{}", random_text(16)),
            secret_key: random_text(40),
        }
    }
}

/// Unguessable text; five bits a character.
pub fn random_text(length: usize) -> String {
    let bytes = std::iter::repeat_with(|| *uuid::Uuid::new_v4().as_bytes()).flat_map(|id| {
        // Two of a UUID's bytes are not all random.
        id.into_iter()
            .enumerate()
            .filter(|(at, _)| ![6, 8].contains(at))
            .map(|(_, byte)| byte)
    });
    bytes
        .take(length)
        .map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]))
        .collect()
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let folder = path.parent().unwrap_or(Path::new("."));
    // Temporary files are made private.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Credentials {
        /// Those of one session alone.
        pub fn of(access_key: &str, secret: Secret) -> Self {
            Self {
                root: Key::new("AKIA"),
                sessions: Mutex::new(HashMap::from([(access_key.to_owned(), secret)])),
            }
        }
    }

    #[test]
    fn a_session_ends_when_it_is_dropped() {
        let credentials = Arc::new(Credentials::open(None).unwrap());
        let session = credentials.open_session();
        let key = session.access_key().to_owned();
        assert!(
            credentials
                .secret_of(&key)
                .is_some_and(|secret| secret.token.is_some())
        );
        drop(session);
        assert!(credentials.secret_of(&key).is_none());
    }

    #[test]
    fn the_key_is_kept_and_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let first = Credentials::open(Some(folder.path())).unwrap();
        let second = Credentials::open(Some(folder.path())).unwrap();
        assert_eq!(first.root(), second.root());
        let mode = fs::metadata(folder.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
