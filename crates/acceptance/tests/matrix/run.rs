//! Runs the steps of a case, one after the other.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use aws_sdk_lambda::Client;
use fusion_acceptance::faults::{Proxy, Victim};
use fusion_acceptance::{Host, Outcome, Setup, World, kill, requests};
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::case::{Case, Command, ENTRYPOINT, Requests, Step, event};
use crate::load::Load;
use crate::{expect, hand};

/// The application of every case: `front` asks `price` and tells `audit`.
const APP: &str = "pair";
/// Up to so many requests look only whether they are answered, and nothing waits for their
/// measurements.
const UNMEASURED: usize = 5;

/// Runs a case under a host.
pub fn case(case: &Case, host: Host) -> Result<()> {
    Runtime::new()?.block_on(async {
        let mut stage = Stage::set(host).await?;
        for (index, step) in case.step.iter().enumerate() {
            let what = || format!("step {} of `{}`: {step:?}", index + 1, case.name);
            stage.play(step).await.with_context(what)?;
        }
        Ok(())
    })
}

/// What a case works on.
struct Stage {
    world: World,
    proxy: Proxy,
    killed: UnboundedReceiver<Victim>,
    client: Client,
    kept: BTreeMap<String, Setup>,
    load: Option<Load>,
}

impl Stage {
    async fn set(host: Host) -> Result<Self> {
        let mut world = World::start(host, APP).await?;
        let (proxy, killed) = Proxy::start(world.platform.endpoint()).await?;
        proxy.endpoint().clone_into(&mut world.endpoint);
        Ok(Self {
            client: requests::client(&world.platform),
            world,
            proxy,
            killed,
            kept: BTreeMap::new(),
            load: None,
        })
    }

    async fn play(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::Apply(command) => self.host(&["apply", "-auto-approve"], command).await,
            Step::Plan(command) => self.host(&["plan", "-detailed-exitcode"], command).await,
            Step::Destroy(command) => self.host(&["destroy", "-auto-approve"], command).await,
            Step::Run(command) => self.host(&[], command).await,
            Step::Edit { file, from, to } => self.world.edit(file, from, to),
            Step::Write { file, text } => self.write(file, text),
            Step::Remove(file) => self.remove(file),
            Step::CopyFolder { from, to } => self.world.copy_folder(from, to),
            Step::Tasks(count) => self.add_tasks(*count),
            Step::Enter { app, stack } => {
                self.world.look_at(app, stack);
                Ok(())
            }
            Step::Generate {} => {
                self.world.generate().await?;
                self.world.init().await
            }
            Step::Copy(name) => self.world.continue_in_copy(name).await,
            Step::OtherHost {} => self.world.change_host(self.world.host.other()).await,
            Step::Requests(requests) => self.requests(requests).await,
            Step::Load {} => {
                self.load = Some(Load::start(self.client.clone(), ENTRYPOINT));
                Ok(())
            }
            Step::Answered {} => self.load.take().context("no load runs")?.answered().await,
            Step::Minute {} => requests::next_minute().await,
            Step::Setup(expected) => {
                let found = self.world.setup().await?;
                expect::setup(&found, expected, &self.kept)?;
                self.kept
                    .extend(expected.keep_as.clone().map(|name| (name, found)));
                Ok(())
            }
            Step::Versions(wanted) => self.versions(wanted).await,
            Step::Serves(wanted) => self.serves(wanted).await,
            Step::Fault(fault) => {
                self.proxy.arm(fault.clone());
                Ok(())
            }
            Step::Mend {} => {
                self.proxy.mend();
                Ok(())
            }
            Step::ByHand(action) => hand::act(&self.client, action).await,
        }
    }

    /// Runs the host, and kills who is to be killed meanwhile.
    async fn host(&mut self, start: &[&str], command: &Command) -> Result<()> {
        let with = command.with.iter().map(String::as_str);
        let arguments: Vec<&str> = start.iter().copied().chain(with).collect();
        self.proxy.take_writes();
        let child = self
            .world
            .command(&arguments)
            .env("TF_INPUT", "0")
            .env("TF_CLI_ARGS", "-no-color")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let host_pid = child.id().context("the host ended at once")?;
        let output = child.wait_with_output();
        tokio::pin!(output);
        let output = loop {
            tokio::select! {
                output = &mut output => break output?,
                Some(victim) = self.killed.recv() => match victim {
                    Victim::Host => kill::host(host_pid)?,
                    Victim::Provider => kill::providers(host_pid)?,
                },
            }
        };
        expect::outcome(&Outcome::from(&output), command)?;
        let writes = self.proxy.take_writes();
        if let Some(wanted) = command.writes {
            ensure!(
                writes.len() == wanted,
                "{} instead of {wanted} writes: {writes:#?}",
                writes.len()
            );
        }
        Ok(())
    }

    fn write(&self, file: &str, text: &str) -> Result<()> {
        let path = self.world.path(file);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        Ok(fs::write(path, text)?)
    }

    fn remove(&self, file: &str) -> Result<()> {
        let path = self.world.path(file);
        if path.is_dir() {
            return Ok(fs::remove_dir_all(path)?);
        }
        Ok(fs::remove_file(path)?)
    }

    fn add_tasks(&self, count: usize) -> Result<()> {
        for number in 1..=count {
            let file = format!("app/tasks/spare{number:03}/handler.js");
            self.write(&file, "exports.handler = async (event) => event;\n")?;
        }
        Ok(())
    }

    async fn requests(&self, wanted: &Requests) -> Result<()> {
        let event = |order: usize| event(wanted, order);
        let client = &self.client;
        let Requests {
            function,
            rate,
            count,
            ..
        } = wanted;
        let outcomes = if *count > UNMEASURED {
            requests::measured(client, function, *rate, *count, event).await?
        } else {
            requests::paced(client, function, *rate, *count, event).await
        };
        for (order, outcome) in outcomes.into_iter().enumerate() {
            let price = match wanted.answer.as_ref().unwrap_or(&wanted.mode).as_str() {
                "later" => json!("later"),
                _ => json!(order as u64 * wanted.price),
            };
            let answer = outcome?;
            ensure!(
                answer == json!({ "order": order, "price": price }),
                "{answer}"
            );
        }
        Ok(())
    }

    async fn versions(&self, wanted: &BTreeMap<String, usize>) -> Result<()> {
        for (function, wanted) in wanted {
            let found = requests::versions(&self.client, function).await?;
            ensure!(
                found == *wanted,
                "{function} has {found} versions, not {wanted}"
            );
        }
        Ok(())
    }

    async fn serves(&self, wanted: &BTreeMap<String, i32>) -> Result<()> {
        for (function, wanted) in wanted {
            let found = expect::memory_mb(&self.client, function).await?;
            ensure!(
                found == *wanted,
                "{function} serves {found} MB, not {wanted} MB"
            );
        }
        Ok(())
    }
}
