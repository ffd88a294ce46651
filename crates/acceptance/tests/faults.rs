//! What dies in the middle of an apply, and the apply that follows.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fusion_acceptance::{Host, World, requests, under_both_hosts};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use tokio::time::{sleep, timeout};

under_both_hosts!(killed_provider_is_followed_by_an_apply_that_converges);

/// The provider dies as soon as the first function exists: some functions are there that no
/// state knows. The next apply adopts them, and the one after has nothing to do.
async fn killed_provider_is_followed_by_an_apply_that_converges(host: Host) -> Result<()> {
    let world = World::start(host, "pair").await?;
    let client = requests::client(&world.platform);
    let apply = world
        .command(&[
            "apply",
            "-auto-approve",
            "-no-color",
            "-input=false",
            "-parallelism=1",
        ])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()?;
    let host_pid = apply.id().context("the apply ended at once")?;
    let kill_at_first_function = async {
        loop {
            if !client.list_functions().send().await?.functions().is_empty() {
                return kill_providers(host_pid);
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(60), kill_at_first_function).await??;
    let output = apply.wait_with_output().await?;
    ensure!(!output.status.success(), "the apply survived its provider");

    world.apply().await?;
    let answer = requests::invoke(&client, "pair-front", &json!({ "order": 4 })).await?;
    assert_eq!(answer, json!({ "order": 4, "price": 8 }));
    let plan = world.plan(&[]).await?;
    assert_eq!(plan.code, 0, "{}", plan.text);
    Ok(())
}

/// Kills every provider that a host started. At least one has to be there.
fn kill_providers(host_pid: u32) -> Result<()> {
    let mut killed = 0;
    for entry in fs::read_dir("/proc")? {
        let path = entry?.path();
        if parent(&path) == Some(host_pid) && is_provider(&path) {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            kill(Pid::from_raw(name.parse()?), Signal::SIGKILL)?;
            killed += 1;
        }
    }
    ensure!(killed > 0, "the host has no provider running");
    Ok(())
}

fn is_provider(process: &Path) -> bool {
    fs::read_link(process.join("exe"))
        .is_ok_and(|exe| exe.to_string_lossy().contains("terraform-provider-fusion"))
}

/// The parent of a process: the fourth field of its `stat`, two after the name in brackets.
fn parent(process: &Path) -> Option<u32> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(1)?.parse().ok()
}
