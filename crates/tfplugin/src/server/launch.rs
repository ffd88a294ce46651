//! What the host says in the environment, and the line that answers it.

use super::ServeError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::json;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);
const PROTOCOL: &str = "6";

/// How the host started this process.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Launch {
    /// The one certificate that may connect, as PEM; `None` for a connection in plain text.
    pub(super) client_certificate: Option<String>,
    /// Where the socket shall be.
    pub(super) socket_directory: Option<PathBuf>,
}

impl Launch {
    /// Reads the environment.
    pub(super) fn from_environment(
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ServeError> {
        // What is no Unicode stays wrong, and is not taken for what is not set: without a
        // certificate anybody could connect.
        let lossy = |value: OsString| value.to_string_lossy().into_owned();
        let raw = |name| variable(name).filter(|value| !value.is_empty());
        let set = |name| raw(name).map(lossy);
        if set(COOKIE.0).as_deref() != Some(COOKIE.1) {
            return Err(ServeError::NotAPlugin);
        }
        if let Some(offered) = set("PLUGIN_PROTOCOL_VERSIONS")
            && !offered.split(',').any(|version| version.trim() == PROTOCOL)
        {
            return Err(ServeError::Protocol { offered });
        }
        Ok(Self {
            client_certificate: set("PLUGIN_CLIENT_CERT"),
            socket_directory: raw("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
        })
    }
}

/// The handshake: `core|protocol|network|address|rpc|certificate`.
///
/// Without a certificate the last field is empty. A seventh field, for multiplexing, is never
/// written: older hosts would read it as part of the sixth.
pub(super) fn handshake(socket: &Path, certificate: Option<&[u8]>) -> String {
    let certificate = certificate.map_or_else(String::new, |der| STANDARD_NO_PAD.encode(der));
    format!(
        "1|{PROTOCOL}|unix|{}|grpc|{certificate}\n",
        socket.display()
    )
}

/// The line by which a host finds a provider that runs already.
pub(super) fn reattach_line(addresses: &[&str], socket: &Path) -> String {
    let process = json!({
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": std::process::id(),
        "Test": true,
        "Addr": { "Network": "unix", "String": socket },
    });
    let providers: serde_json::Map<_, _> = addresses
        .iter()
        .map(|address| ((*address).to_owned(), process.clone()))
        .collect();
    format!(
        "TF_REATTACH_PROVIDERS='{}'\n",
        serde_json::Value::from(providers)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(pairs: &[(&str, &str)]) -> Result<Launch, ServeError> {
        Launch::from_environment(|name| {
            let found = pairs.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn a_person_is_told_that_this_is_a_provider() {
        for pairs in [&[][..], &[("TF_PLUGIN_MAGIC_COOKIE", "wrong")]] {
            let error = launch(pairs).unwrap_err();
            assert!(matches!(error, ServeError::NotAPlugin));
            assert!(error.to_string().contains("tofu init"));
        }
    }

    #[test]
    fn the_order_of_offered_protocols_does_not_matter() {
        for offered in ["5,6", "6,5", "6", ""] {
            let launched = launch(&[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", offered)]);
            assert!(launched.is_ok(), "{offered}");
        }
        let error = launch(&[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "5")]).unwrap_err();
        assert!(error.to_string().contains("needs protocol 6"), "{error}");
    }

    #[test]
    fn an_empty_certificate_means_plain_text() {
        let launch = launch(&[COOKIE, ("PLUGIN_CLIENT_CERT", "")]).expect("launched");
        assert_eq!(launch.client_certificate, None);
        assert_eq!(
            handshake(Path::new("/tmp/p/socket"), None),
            "1|6|unix|/tmp/p/socket|grpc|\n"
        );
    }

    #[test]
    fn the_certificate_is_base64_without_padding() {
        let line = handshake(Path::new("/s"), Some(&[0xff; 4]));
        assert_eq!(line, "1|6|unix|/s|grpc|/////w\n");
    }
}
