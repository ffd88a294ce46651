//! What is told in this crate's own name: one snapshot of all of it.

use crate::lab::{Lab, lab, lab_with, unconfigured};
use crate::support::values::*;
use tfplugin::proto::tfplugin6::*;

/// The diagnostics as text, each with its attribute.
fn told(diagnostics: &[Diagnostic]) -> String {
    let one = |diagnostic: &Diagnostic| {
        let severity = diagnostic.severity().as_str_name().to_lowercase();
        let steps = diagnostic.attribute.iter().flat_map(|path| &path.steps);
        let names = steps.map(|step| match &step.selector {
            Some(attribute_path::step::Selector::AttributeName(name)) => name.clone(),
            other => format!("{other:?}"),
        });
        let place = names.collect::<Vec<_>>().join(".");
        format!(
            "{severity}: {} (at `{place}`)\n  {}\n",
            diagnostic.summary, diagnostic.detail
        )
    };
    diagnostics.iter().map(one).collect()
}

async fn of_plan(lab: &mut Lab, thing: Thing) -> String {
    told(&lab.plan(plan(&thing)).await.diagnostics)
}

async fn of_read(lab: &mut Lab, change: impl FnOnce(&mut read_resource::Request)) -> String {
    let mut request = read(&Thing::new(""));
    change(&mut request);
    told(&lab.read(request).await.diagnostics)
}

async fn of_apply(lab: &mut Lab, behaviour: &str) -> String {
    told(&lab.apply(create(&Thing::new(behaviour))).await.diagnostics)
}

#[tokio::test]
async fn of_values_and_objects() {
    let mut lab = lab().await;
    let tags = [&[0x92][..], &text("a"), UNKNOWN].concat();
    let unknown_within = Thing {
        tags,
        ..Thing::new("")
    };
    let misfit = Thing {
        share: text("a lot"),
        ..Thing::new("")
    };
    let import = import_resource_state::Request {
        type_name: "lab_thing".to_owned(),
        id: "x".to_owned(),
        ..Default::default()
    };
    let import = lab.host.provider.import_resource_state(import).await;
    let flat = upgrade_resource_state::Request {
        type_name: "lab_thing".to_owned(),
        version: 1,
        raw_state: Some(RawState {
            flatmap: [("name".to_owned(), "it".to_owned())].into(),
            ..Default::default()
        }),
    };
    let flat = lab.host.provider.upgrade_resource_state(flat).await;
    let messages = [
        of_plan(&mut lab, unknown_within).await,
        of_plan(&mut lab, misfit).await,
        of_read(&mut lab, |request| request.private = b"{".to_vec()).await,
        of_read(&mut lab, |request| {
            request.type_name = "lab_other".to_owned();
        })
        .await,
        told(&lab.upgrade(3, "{}").await.diagnostics),
        told(&lab.upgrade(2, r#"{"tags":"a"}"#).await.diagnostics),
        told(&lab.upgrade(2, "{").await.diagnostics),
        told(&flat.expect("answered").into_inner().diagnostics),
        told(&import.expect("answered").into_inner().diagnostics),
        of_apply(&mut lab, "panic").await,
        of_apply(&mut lab, "forget").await,
    ];
    insta::with_settings!({ filters => vec![(r"lab\.rs:[0-9]+:[0-9]+", "lab.rs:LINE")] }, {
        insta::assert_snapshot!(messages.concat());
    });
}

#[tokio::test]
async fn of_the_configuration() {
    let mut unconfigured = unconfigured().await;
    let (mut unknown, _) = lab_with(UNKNOWN).await;
    let messages = [
        of_read(&mut unconfigured, |_| ()).await,
        of_read(&mut unknown, |_| ()).await,
        of_apply(&mut unknown, "").await,
    ];
    insta::assert_snapshot!(messages.concat());
}
