//! `fusionize local` as a process of its own, as a user would run it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, LastUpdateStatus, LogType, Runtime, State};
use serde_json::Value;

use crate::binaries;
use crate::processes::Started;

/// The memory that is one whole processor on Lambda.
pub const ONE_CPU_MB: i32 = 1769;

/// A platform that ends with this value.
pub struct Local {
    /// `http://127.0.0.1:PORT`.
    pub endpoint: String,
    /// Who may ask.
    pub access_key: String,
    /// The secret that belongs to it.
    pub secret_key: String,
    process: Started,
}

impl Local {
    /// Starts an empty one.
    pub fn start() -> Result<Self> {
        let mut child = Command::new(binaries::fusionize()?)
            .args(["local", "--json", "--attached"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take();
        let process = Started(child);
        let mut text = String::new();
        // The value may be spread over lines.
        for line in BufReader::new(stdout.context("no output")?).lines() {
            text.push_str(&line?);
            if let Ok(ready) = serde_json::from_str::<Value>(&text) {
                return Self::of(&ready, process);
            }
        }
        anyhow::bail!("`fusionize local` did not start: {text}")
    }

    fn of(ready: &Value, process: Started) -> Result<Self> {
        let variable = |name: &str| {
            let value = ready["environment"][name].as_str().map(str::to_owned);
            value.with_context(|| format!("`fusionize local` did not name {name}"))
        };
        Ok(Self {
            endpoint: variable("AWS_ENDPOINT_URL")?,
            access_key: variable("AWS_ACCESS_KEY_ID")?,
            secret_key: variable("AWS_SECRET_ACCESS_KEY")?,
            process,
        })
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.process.0.id()
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        let credentials = Credentials::new(&self.access_key, &self.secret_key, None, None, "bench");
        let config = aws_sdk_lambda::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint)
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials)
            .build();
        Client::from_conf(config)
    }
}

/// Creates a Node.js function of one whole processor and waits until it can be invoked.
pub async fn create(client: &Client, name: &str, handler: &str, zip: Vec<u8>) -> Result<()> {
    client
        .create_function()
        .function_name(name)
        .runtime(Runtime::Nodejs22x)
        .role("arn:aws:iam::000000000000:role/any")
        .handler(handler)
        .code(FunctionCode::builder().zip_file(Blob::new(zip)).build())
        .memory_size(ONE_CPU_MB)
        .timeout(60)
        .send()
        .await?;
    settled(client, name).await
}

/// Has the next invocation start anew, by a variable that changes.
pub async fn renew(client: &Client, name: &str, round: usize) -> Result<()> {
    let environment = aws_sdk_lambda::types::Environment::builder()
        .variables("ROUND", round.to_string())
        .build();
    client
        .update_function_configuration()
        .function_name(name)
        .environment(environment)
        .send()
        .await?;
    settled(client, name).await
}

/// Invokes a function, and gives back the end of its log.
pub async fn invoke(client: &Client, name: &str) -> Result<String> {
    let answer = client
        .invoke()
        .function_name(name)
        .log_type(LogType::Tail)
        .payload(Blob::new("{}"))
        .send()
        .await?;
    let payload = answer.payload().map(|blob| blob.as_ref().to_vec());
    anyhow::ensure!(
        answer.function_error().is_none(),
        "{name} failed: {}",
        String::from_utf8_lossy(&payload.unwrap_or_default())
    );
    let log = answer.log_result().unwrap_or_default();
    let log = aws_smithy_types::base64::decode(log)?;
    Ok(String::from_utf8_lossy(&log).into_owned())
}

async fn settled(client: &Client, name: &str) -> Result<()> {
    loop {
        let found = client.get_function_configuration().function_name(name);
        let found = found.send().await?;
        let is_active = found.state() == Some(&State::Active);
        if is_active && found.last_update_status() != Some(&LastUpdateStatus::InProgress) {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// A zip of one file.
pub fn zipped(name: &str, text: &str) -> Result<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default())?;
    std::io::Write::write_all(&mut writer, text.as_bytes())?;
    Ok(writer.finish()?.into_inner())
}
