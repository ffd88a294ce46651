//! The demo's own folder and processes: what has to be there, and what has to be gone after.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fusion_generator::module::FOLDER_NAME;
use fusion_generator::{Options, generate};
use tempfile::TempDir;

use super::example;
use super::host::Found;
use super::platform::LocalPlatform;
use super::stack::Stack;
use crate::application::Application;
use crate::failure::{Exit, Failure};

/// The provider's command.
const PROVIDER: &str = "terraform-provider-fusion";

/// What the platform says besides its answers.
const LOG: &str = "platform.log";

/// How many lines of it are shown if it ended.
const LOG_LINES_SHOWN: usize = 20;

/// Everything that the demo sets up.
#[derive(Debug)]
pub struct Stage {
    /// The host with the example's stack.
    pub stack: Stack,
    folder: TempDir,
    platform: Option<LocalPlatform>,
    keep: bool,
}

impl Stage {
    /// Makes a private folder with the example, its module, and the provider where the host
    /// looks for it. Starts nothing.
    ///
    /// The setup is decided anew as soon as most of a round's `requests` were measured.
    pub fn prepare(
        host: Found,
        provider: Option<&Path>,
        requests: u32,
        keep: bool,
    ) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(Exit::Failed, "cannot prepare the demo's folder").because(error)
        };
        let provider = find_provider(provider)?;
        let folder = TempDir::with_prefix("fusionize-demo-").map_err(failed)?;
        let application = folder.path().join("tree");
        example::write(&application)?;
        write_module(&application)?;
        let variables = format!(
            "observation = {{\n  min_requests = {}\n}}\n",
            requests * 3 / 4
        );
        let place = application.join("stack/demo.auto.tfvars");
        fusion_packaging::write(&place, variables.as_bytes())?;
        let configuration = install(folder.path(), &host, &provider).map_err(failed)?;
        let stack = Stack {
            host,
            folder: application.join("stack"),
            configuration,
            temporary: folder.path().to_owned(),
            environment: BTreeMap::new(),
        };
        Ok(Self {
            stack,
            folder,
            platform: None,
            keep,
        })
    }

    /// Starts the platform, which the stack uses from then on.
    pub async fn start_platform(&mut self) -> Result<(), Failure> {
        let log = self.folder.path().join(LOG);
        let platform = LocalPlatform::start(&log, self.keep).await?;
        self.stack
            .environment
            .clone_from(&platform.ready.environment);
        self.platform = Some(platform);
        Ok(())
    }

    /// The platform, once it was started.
    pub fn platform(&mut self) -> Result<&mut LocalPlatform, Failure> {
        let missing = || Failure::new(Exit::Failed, "the platform was not started");
        self.platform.as_mut().ok_or_else(missing)
    }

    /// Adds to a failure that the platform has ended, if it has, and what it said last.
    pub async fn explained(&mut self, failure: Failure) -> Failure {
        let Some(platform) = self.platform.as_mut() else {
            return failure;
        };
        if failure.exit == Exit::Interrupted {
            return failure;
        }
        let Some(status) = platform.ended().await else {
            return failure;
        };
        let log = fs::read_to_string(self.folder.path().join(LOG)).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..].join("\n    ");
        failure.because(format!(
            "the platform has ended ({status}); it said last\n    {last}"
        ))
    }

    /// Ends every process and removes the folder.
    pub async fn clear(self) {
        if let Some(platform) = self.platform {
            platform.end().await;
        }
        drop(self.folder);
    }

    /// Leaves everything as it is, and says how to go on and how to end it.
    pub fn keep(self) -> String {
        let folder = self.folder.keep();
        let Some(platform) = self.platform else {
            return format!("The demo's files are in {}", folder.display());
        };
        let exports: Vec<String> = platform.ready.exports().collect();
        let endpoint = platform.ready.endpoint.clone();
        let pid = platform.leave();
        // Neither of the two commands has to be on PATH.
        let own = std::env::current_exe().unwrap_or_else(|_| "fusionize".into());
        format!(
            "The platform goes on at {endpoint} (process {pid}). To go on by hand:\n\
             {exports}\n  export TF_CLI_CONFIG_FILE={configuration}\n  cd {stack}\n\
             \x20 {own} load tree-A --rate 2 --count 60\n  {host} apply\n\
             To end it:\n  kill {pid}\n  rm -r {folder}",
            own = own.display(),
            exports = exports.join("\n"),
            configuration = self.stack.configuration.display(),
            stack = self.stack.folder.display(),
            host = self.stack.host.binary.display(),
            folder = folder.display(),
        )
    }
}

fn find_provider(asked: Option<&Path>) -> Result<PathBuf, Failure> {
    let beside = || {
        let own = std::env::current_exe().ok()?;
        Some(own.parent()?.join(PROVIDER))
    };
    let path = asked
        .map(Path::to_owned)
        .or_else(beside)
        .unwrap_or_else(|| PROVIDER.into());
    let path = std::path::absolute(&path).unwrap_or(path);
    if path.is_file() {
        return Ok(path);
    }
    Err(
        Failure::new(Exit::State, "the provider's binary is missing")
            .because(format!("there is no `{}`", path.display()))
            .hint("run `make demo`, which builds it, or name it with `--provider`"),
    )
}

fn write_module(folder: &Path) -> Result<(), Failure> {
    let application = Application::open(folder)?;
    for (path, text) in generate(&application.manifest, &Options::default())? {
        fusion_packaging::write(&folder.join(FOLDER_NAME).join(path), text.as_bytes())?;
    }
    Ok(())
}

/// Lays the provider out as a filesystem mirror, so that nothing is asked of a registry.
fn install(folder: &Path, host: &Found, provider: &Path) -> std::io::Result<PathBuf> {
    let version = env!("CARGO_PKG_VERSION");
    let mirror = folder.join("mirror");
    let place = mirror
        .join(host.host.registry())
        .join("fusionize/fusion")
        .join(version)
        .join(MACHINE);
    fs::create_dir_all(&place)?;
    let binary = place.join(format!("{PROVIDER}_v{version}"));
    if fs::hard_link(provider, &binary).is_err() {
        fs::copy(provider, &binary)?;
    }
    let configuration = folder.join("host.tfrc");
    let text = format!(
        "disable_checkpoint = true\n\nprovider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
        mirror.display().to_string()
    );
    fs::write(&configuration, text)?;
    Ok(configuration)
}

/// The machine's name as hosts write it.
const MACHINE: &str = if cfg!(target_arch = "aarch64") {
    "linux_arm64"
} else {
    "linux_amd64"
};
