//! The platform as a child: `fusionize local`.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use fusion_cloud::{Clients, CloudConfig, Endpoints, StaticCredentials, connect};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::group::Group;
use super::pressure::Moment;
use crate::commands::local::{Pressure, Ready};
use crate::failure::{Exit, Failure};

/// How long the platform may take to answer a line.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a platform that no longer answers may take to end.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// A platform that runs.
#[derive(Debug)]
pub struct LocalPlatform {
    /// What it said when it was ready.
    pub ready: Ready,
    group: Group,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl LocalPlatform {
    /// Starts this command's own `local` on a free port, and waits until it is ready. Its log
    /// goes to `log`.
    ///
    /// Unless it is to be kept it ends with us, even if we are killed.
    pub async fn start(log: &Path, keep: bool) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(Exit::Failed, "cannot start the platform").because(error)
        };
        let own = std::env::current_exe().map_err(failed)?;
        let log = std::fs::File::create(log).map_err(failed)?;
        let mut command = Command::new(own);
        command.args(["local", "--json"]);
        if !keep {
            command.arg("--attached");
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut group = Group::start(&mut command).map_err(failed)?;
        let pipes = group
            .child()
            .and_then(|child| child.stdin.take().zip(child.stdout.take()));
        let (input, output) =
            pipes.ok_or_else(|| failed(std::io::Error::other("it has no pipes")))?;
        let mut lines = BufReader::new(output).lines();
        let ready = answer(&mut lines).await?;
        Ok(Self {
            ready,
            group,
            input,
            lines,
        })
    }

    /// How the machine does now.
    pub async fn moment(&mut self) -> Result<Moment, Failure> {
        let environments = self.pressure().await?;
        Ok(Moment::now(environments, self.ready.pid))
    }

    /// What its environments consumed and lost until now.
    async fn pressure(&mut self) -> Result<Pressure, Failure> {
        let gone = |error: std::io::Error| {
            Failure::new(Exit::Failed, "the platform has ended").because(error)
        };
        self.input.write_all(b"\n").await.map_err(gone)?;
        self.input.flush().await.map_err(gone)?;
        answer(&mut self.lines).await
    }

    /// Clients of it.
    pub async fn connect(&self) -> Result<Clients, Failure> {
        let variable = |name: &str| {
            self.ready
                .environment
                .get(name)
                .cloned()
                .unwrap_or_default()
        };
        let endpoint = Some(self.ready.endpoint.clone());
        let config = CloudConfig {
            region: Some(variable("AWS_REGION")),
            credentials: Some(StaticCredentials {
                access_key: variable("AWS_ACCESS_KEY_ID"),
                secret_key: variable("AWS_SECRET_ACCESS_KEY"),
                token: None,
            }),
            endpoints: Endpoints {
                lambda: endpoint.clone(),
                cloudwatch: endpoint.clone(),
                sts: endpoint,
            },
            ..CloudConfig::default()
        };
        Ok(connect(&config).await?)
    }

    /// What it ended with, if it has ended although nobody asked it to, or is about to.
    pub async fn ended(&mut self) -> Option<ExitStatus> {
        let child = self.group.child()?;
        timeout(LAST_WORDS, child.wait()).await.ok()?.ok()
    }

    /// Ends it.
    pub async fn end(self) {
        drop(self.input);
        self.group.end().await;
    }

    /// Lets it go on without us; gives its process id.
    pub fn leave(self) -> i32 {
        let id = self.group.id();
        self.group.leave();
        id
    }
}

async fn answer<T: DeserializeOwned>(
    lines: &mut Lines<BufReader<ChildStdout>>,
) -> Result<T, Failure> {
    let failed =
        |why: String| Failure::new(Exit::Failed, "the platform does not work").because(why);
    let line = timeout(PATIENCE, lines.next_line()).await;
    let line = line.map_err(|_| failed(format!("no answer within {} s", PATIENCE.as_secs())))?;
    let line = line.map_err(|error| failed(error.to_string()))?;
    let line = line.ok_or_else(|| failed("it ended; `platform.log` may say why".to_owned()))?;
    serde_json::from_str(&line).map_err(|_| failed(line))
}
