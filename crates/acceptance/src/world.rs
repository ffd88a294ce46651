//! A working copy of one application with its stack, a platform, and a host.
//!
//! Owns the files of the copy and the host's environment. What a command means is
//! the test's business.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::{Context, Result, bail, ensure};
use fusion_platform::{Platform, PlatformConfig};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::host::{Host, workspace_binary};
use crate::state::{Setup, resources};

/// The platform's region and account, which every stack of these tests uses.
const REGION: &str = "us-east-1";

/// What one command of a host said.
#[derive(Debug)]
pub struct Outcome {
    /// Its exit code; -1 where a signal ended it.
    pub code: i32,
    /// Standard output and standard error, one after the other.
    pub text: String,
}

impl From<&Output> for Outcome {
    fn from(output: &Output) -> Self {
        let text =
            [&output.stdout, &output.stderr].map(|part| String::from_utf8_lossy(part).into_owned());
        Self {
            code: output.status.code().unwrap_or(-1),
            text: text.concat(),
        }
    }
}

impl Outcome {
    /// The outcome, if the command ended with 0.
    pub fn success(self) -> Result<Self> {
        ensure!(self.code == 0, "exit code {}:\n{}", self.code, self.text);
        Ok(self)
    }
}

/// A platform, and a working copy of an application whose stack a host applies.
pub struct World {
    /// The host that applies.
    pub host: Host,
    /// The platform, in this process.
    pub platform: Platform,
    /// Where the host and the command line look for AWS: the platform, or who stands before it.
    pub endpoint: String,
    folder: TempDir,
    app: String,
    stack: String,
    binary: PathBuf,
}

impl World {
    /// A world of one of this crate's own applications, initialised.
    pub async fn start(host: Host, app: &str) -> Result<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("apps").join(app);
        Self::of(host, &source, "app", "stack").await
    }

    /// Copies a folder, generates the module of the application in `app`, starts a platform,
    /// and initialises the stack in `stack` (both relative to the folder).
    pub async fn of(host: Host, source: &Path, app: &str, stack: &str) -> Result<Self> {
        let mut world = Self::empty(host).await?;
        copy(source, world.folder.path())
            .with_context(|| format!("copying {}", source.display()))?;
        app.clone_into(&mut world.app);
        stack.clone_into(&mut world.stack);
        world.generate().await?;
        world.init().await?;
        Ok(world)
    }

    /// A platform and a folder in which only the provider is installed.
    pub async fn empty(host: Host) -> Result<Self> {
        let platform = Platform::start(PlatformConfig::default()).await?;
        let world = Self {
            host,
            endpoint: platform.endpoint(),
            platform,
            folder: TempDir::with_prefix("fusionize-acceptance-")?,
            app: String::new(),
            stack: String::new(),
            binary: host.find()?,
        };
        world.install_provider()?;
        Ok(world)
    }

    /// The same world, seen from another stack of the same folder, which is initialised.
    pub async fn enter(&mut self, stack: &str) -> Result<()> {
        stack.clone_into(&mut self.stack);
        self.init().await
    }

    /// Looks at another application and another stack of the same folder from now on.
    pub fn look_at(&mut self, app: &str, stack: &str) {
        app.clone_into(&mut self.app);
        stack.clone_into(&mut self.stack);
    }

    /// Copies a folder of the working copy, without what `init` put there.
    pub fn copy_folder(&self, from: &str, to: &str) -> Result<()> {
        copy(&self.path(from), &self.path(to))
    }

    /// Goes on under another host.
    pub async fn change_host(&mut self, host: Host) -> Result<()> {
        self.host = host;
        self.binary = host.find()?;
        self.install_provider()?;
        self.init().await
    }

    /// Goes on in a copy of the application and its stack, with the state and saved plans.
    pub async fn continue_in_copy(&mut self, name: &str) -> Result<()> {
        for part in [&mut self.app, &mut self.stack] {
            let copied = format!("{name}/{part}");
            copy(
                &self.folder.path().join(&part),
                &self.folder.path().join(&copied),
            )?;
            *part = copied;
        }
        self.init().await
    }

    /// Initialises the stack; needed again after a change of its modules or providers.
    pub async fn init(&self) -> Result<()> {
        self.run(&["init", "-no-color", "-input=false"])
            .await?
            .success()?;
        Ok(())
    }

    /// A path in the working copy.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Replaces the first text by the second in a file of the working copy.
    pub fn edit(&self, relative: &str, from: &str, to: &str) -> Result<()> {
        let path = self.path(relative);
        let text = fs::read_to_string(&path)?;
        ensure!(text.contains(from), "{relative} does not contain {from:?}");
        Ok(fs::write(path, text.replace(from, to))?)
    }

    /// Generates the application's module again.
    pub async fn generate(&self) -> Result<()> {
        let output = Command::new(workspace_binary("fusionize")?)
            .arg("generate")
            .current_dir(self.path(&self.app))
            .output()
            .await?;
        Outcome::from(&output)
            .success()
            .context("`fusionize generate`")?;
        Ok(())
    }

    /// Runs the host in the stack's folder.
    pub async fn run(&self, arguments: &[&str]) -> Result<Outcome> {
        let output = self.command(arguments).output().await?;
        Ok(Outcome::from(&output))
    }

    /// The host's command, ready to be started in the stack's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(self.path(&self.stack))
            .envs(self.environment())
            .kill_on_drop(true);
        command
    }

    /// The variables with which a host finds the provider, and every AWS client the platform.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let platform = &self.platform;
        vec![
            ("TF_CLI_CONFIG_FILE", self.path("host.tfrc").into()),
            ("TF_IN_AUTOMATION", "1".into()),
            ("CHECKPOINT_DISABLE", "1".into()),
            ("AWS_ENDPOINT_URL", self.endpoint.clone().into()),
            ("AWS_ACCESS_KEY_ID", platform.access_key().into()),
            ("AWS_SECRET_ACCESS_KEY", platform.secret_key().into()),
            ("AWS_REGION", REGION.into()),
        ]
    }

    /// `apply -auto-approve`, which has to succeed.
    pub async fn apply(&self) -> Result<Outcome> {
        self.try_apply(&[]).await?.success()
    }

    /// `apply -auto-approve` with further arguments, whatever comes of it.
    pub async fn try_apply(&self, further: &[&str]) -> Result<Outcome> {
        let mut arguments = vec!["apply", "-auto-approve", "-no-color", "-input=false"];
        arguments.extend(further);
        self.run(&arguments).await
    }

    /// `plan -detailed-exitcode`: 0 nothing to do, 2 changes. An error is an error here.
    pub async fn plan(&self, further: &[&str]) -> Result<Outcome> {
        let mut arguments = vec!["plan", "-detailed-exitcode", "-no-color", "-input=false"];
        arguments.extend(further);
        let outcome = self.run(&arguments).await?;
        ensure!(
            matches!(outcome.code, 0 | 2),
            "plan failed:\n{}",
            outcome.text
        );
        Ok(outcome)
    }

    /// The plan as the host's JSON.
    pub async fn plan_json(&self, further: &[&str]) -> Result<Value> {
        self.plan(&[&["-out=plan.bin"], further].concat()).await?;
        self.json(&["show", "-json", "plan.bin"]).await
    }

    /// The state's `fusion_setup`.
    pub async fn setup(&self) -> Result<Setup> {
        let state = self.json(&["show", "-json"]).await?;
        let found = resources(&state["values"])
            .into_iter()
            .find(|one| one["type"] == "fusion_setup");
        Setup::read(&found.context("the state has no fusion_setup")?["values"])
    }

    /// Runs a command whose standard output is JSON.
    pub async fn json(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command(arguments).output().await?;
        if !output.status.success() {
            bail!("{arguments:?}: {}", Outcome::from(&output).text);
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Lays the provider's binary out as the host's filesystem mirror wants it.
    fn install_provider(&self) -> Result<()> {
        let version = env!("CARGO_PKG_VERSION");
        let platform = if cfg!(target_arch = "aarch64") {
            "linux_arm64"
        } else {
            "linux_amd64"
        };
        let mirror = self.path("mirror");
        let target = mirror
            .join(self.host.registry())
            .join("fusionize/fusion")
            .join(version)
            .join(platform);
        fs::create_dir_all(&target)?;
        let binary = workspace_binary("terraform-provider-fusion")?;
        let place = target.join(format!("terraform-provider-fusion_v{version}"));
        // A link that is there already is the binary itself: a copy onto it would empty it.
        if !place.exists() && fs::hard_link(&binary, &place).is_err() {
            fs::copy(&binary, &place)?;
        }
        let configuration = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = \"{}\"\n  }}\n}}\n",
            mirror.display()
        );
        Ok(fs::write(self.path("host.tfrc"), configuration)?)
    }
}

/// Copies a folder with everything below it, except for what `init` puts there.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name() == ".terraform" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
