//! The environment variables of a function's process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::host::Host;
use super::invocation::Spec;
use crate::lambda::settings::PROVIDED_RUNTIMES;
use crate::platform::REGION;

/// What belongs to one environment: its `/tmp` and its credentials.
#[derive(Debug)]
pub struct Place {
    /// The folder that stands for `/tmp`.
    pub tmp: PathBuf,
    /// Credentials that only this environment's function has.
    pub access_key: String,
    /// The secret of the access key.
    pub secret_key: String,
    /// The token of the session.
    pub session_token: String,
}

/// The variables: the function's own, overridden by those of the service.
pub fn of(
    host: &Host,
    spec: &Spec,
    place: &Place,
    runtime_api: SocketAddr,
    log_stream: &str,
) -> BTreeMap<String, OsString> {
    let settings = &spec.settings;
    let task_root = spec.package.folder();
    let mut all: BTreeMap<String, OsString> = defaults(host, spec);
    for (name, value) in settings.environment.iter().flatten() {
        all.insert(name.clone(), value.into());
    }
    let mut set = |name: &str, value: OsString| all.insert(name.to_owned(), value);
    set("AWS_REGION", REGION.into());
    set("AWS_DEFAULT_REGION", REGION.into());
    set("AWS_ACCESS_KEY_ID", place.access_key.clone().into());
    set("AWS_SECRET_ACCESS_KEY", place.secret_key.clone().into());
    set("AWS_SESSION_TOKEN", place.session_token.clone().into());
    set("AWS_ENDPOINT_URL", host.endpoint.clone().into());
    if !PROVIDED_RUNTIMES.contains(&settings.runtime.as_str()) {
        let name = format!("AWS_Lambda_{}", settings.runtime);
        set("AWS_EXECUTION_ENV", name.into());
    }
    set("AWS_LAMBDA_FUNCTION_NAME", spec.function.clone().into());
    set("AWS_LAMBDA_FUNCTION_VERSION", spec.version.clone().into());
    set(
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        settings.memory_mb.to_string().into(),
    );
    set(
        "AWS_LAMBDA_LOG_GROUP_NAME",
        settings.logging.group.clone().into(),
    );
    set("AWS_LAMBDA_LOG_STREAM_NAME", log_stream.into());
    set("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".into());
    set("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string().into());
    set("_HANDLER", settings.handler.clone().into());
    set("LAMBDA_TASK_ROOT", task_root.into());
    set("LAMBDA_RUNTIME_DIR", host.runtime_folder().into());
    set("TMPDIR", place.tmp.clone().into());
    set("PWD", task_root.into());
    if settings.logging.json {
        set("AWS_LAMBDA_LOG_FORMAT", "JSON".into());
        set(
            "AWS_LAMBDA_LOG_LEVEL",
            settings.logging.application_level.clone().into(),
        );
    }
    all
}

/// What a function may override.
fn defaults(host: &Host, spec: &Spec) -> BTreeMap<String, OsString> {
    let modules = host
        .sdk_folder()
        .into_iter()
        .chain([spec.package.folder().to_owned()]);
    let node_path = std::env::join_paths(modules).unwrap_or_default();
    let fixed = [
        ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
        ("AWS_XRAY_DAEMON_ADDRESS", "169.254.79.129:2000"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin/:/bin"),
        ("SHLVL", "0"),
        ("TZ", ":UTC"),
    ];
    fixed
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .chain([("NODE_PATH".to_owned(), node_path)])
        .collect()
}
