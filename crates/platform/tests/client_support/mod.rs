//! What the tests with AWS's own clients share: an environment in which a client knows nothing but the
//! platform, whoever's machine it is.

use std::ffi::OsString;
use std::process::Command;

use fusion_platform::Platform;

/// Gives a client the platform, and takes from it the profiles, files, credentials and proxies that
/// whoever runs the tests may have.
pub fn know_only(platform: &Platform, command: &mut Command) {
    let is_aws = |name: &OsString| name.to_string_lossy().starts_with("AWS_");
    for name in std::env::vars_os().map(|(name, _)| name).filter(is_aws) {
        command.env_remove(name);
    }
    command
        .envs(platform.variables())
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_PAGER", "")
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
}
