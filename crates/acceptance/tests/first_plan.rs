//! The first plan of an application, attribute by attribute. What follows it is in the matrix.

use anyhow::Result;
use fusion_acceptance::state::planned;
use fusion_acceptance::{Host, World, under_both_hosts};
use serde_json::{Value, json};

under_both_hosts!(everything_is_known_before_anything_was_measured);

/// The first setup needs no metrics, so nothing about the groups is left to the apply.
async fn everything_is_known_before_anything_was_measured(host: Host) -> Result<()> {
    let world = World::start(host, "pair").await?;
    let plan = world.plan_json(&[]).await?;
    let setup = planned(&plan, "fusion_setup")?;
    assert_eq!(
        setup["after"]["notation"],
        "(audit)@1024-(front)@1024-(price)@1024"
    );
    assert_eq!(
        setup["after_unknown"],
        known_everywhere(&setup["after_unknown"]),
        "{setup:#}"
    );
    Ok(())
}

/// The same tree of marks with every mark removed: what `after_unknown` is if all is known.
fn known_everywhere(marks: &Value) -> Value {
    match marks {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), known_everywhere(value)))
            .collect(),
        Value::Array(items) => items.iter().map(known_everywhere).collect(),
        _ => json!(false),
    }
}
