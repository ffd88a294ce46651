//! Other stacks that use an application's outputs: the ones in `examples/`.

use std::path::Path;

use anyhow::Result;
use fusion_acceptance::{Host, World, requests, under_both_hosts};
use serde_json::json;

under_both_hosts!(
    second_stack_uses_the_module,
    second_stack_reads_the_remote_state,
);

/// A stack that instantiates the module routes to its alias.
async fn second_stack_uses_the_module(host: Host) -> Result<()> {
    let world = examples(host, "consumer/by-module").await?;
    world.apply().await?;
    let output = world.json(&["output", "-json"]).await?;
    assert_eq!(output["route"]["value"]["function"], "tree-A");
    assert_eq!(world.plan(&[]).await?.code, 0);
    Ok(())
}

/// A stack of its own reads the first one's state. A new setup of the application is no
/// change for it, since the alias is what it routes to.
async fn second_stack_reads_the_remote_state(host: Host) -> Result<()> {
    let mut world = examples(host, "tree/stack").await?;
    world.apply().await?;
    world.enter("consumer/by-remote-state").await?;
    world.apply().await?;
    let output = world.json(&["output", "-json"]).await?;
    let target = output["route"]["value"]["target"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(target.ends_with(":function:tree-A:live"), "{target}");

    let client = requests::client(&world.platform);
    requests::invoke(&client, "tree-A", &json!({})).await?;

    world.enter("tree/stack").await?;
    let pinned = "pinned_setup=(A,B,D,E)@256-(C)@128-(F)@128-(G)@128";
    world.try_apply(&["-var", pinned]).await?.success()?;
    assert_eq!(world.setup().await?.groups["A"], ["A", "B", "D", "E"]);
    world.enter("consumer/by-remote-state").await?;
    assert_eq!(world.plan(&[]).await?.code, 0);
    requests::invoke(&client, "tree-A", &json!({})).await?;
    Ok(())
}

async fn examples(host: Host, stack: &str) -> Result<World> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    World::of(host, &folder, "tree", stack).await
}
