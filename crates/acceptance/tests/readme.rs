//! What the README tells a new user to type, typed.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use fusion_acceptance::host::workspace_binary;
use fusion_acceptance::{Host, World, under_both_hosts};
use tokio::process::Command;

under_both_hosts!(walk_through_runs_as_written);

/// The commands of "Your own application", in an empty folder. The host is what `tofu` means
/// there; approval is given by the environment, since nobody is there to type `yes`.
async fn walk_through_runs_as_written(host: Host) -> Result<()> {
    let world = World::empty(host).await?;
    let bin = world.path("bin");
    fs::create_dir(&bin)?;
    symlink(workspace_binary("fusionize")?, bin.join("fusionize"))?;
    symlink(host.find()?, bin.join("tofu"))?;
    let shop = world.path("shop");
    fs::create_dir(&shop)?;

    let script = commands()?;
    ensure!(
        script.contains("fusionize load greet"),
        "the README changed: {script}"
    );
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(&shop)
        .envs(world.environment())
        .env("PATH", path_with(&bin)?)
        .env("TF_CLI_ARGS_apply", "-auto-approve -no-color -input=false")
        .output()
        .await?;
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{text}{errors}");
    assert!(text.contains("(greet,shout)@"), "{text}{errors}");
    assert!(
        text.contains("200 sent at 10.00/s, 0 failed"),
        "{text}{errors}"
    );
    Ok(())
}

/// The shell blocks of the README's section.
fn commands() -> Result<String> {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let text = fs::read_to_string(readme)?;
    let (_, section) = text
        .split_once("## Your own application")
        .context("the section is gone")?;
    let section = section.split("\n## ").next().unwrap_or_default();
    let blocks = section.split("```sh\n").skip(1);
    Ok(blocks
        .filter_map(|block| block.split("```").next())
        .collect())
}

fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    let others = env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(folder.to_owned()).chain(env::split_paths(&others));
    Ok(env::join_paths(all)?)
}
