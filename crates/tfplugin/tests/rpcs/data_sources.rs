//! Data sources.

use crate::lab::{Lab, lab, lab_with};
use crate::support::values::*;
use tfplugin::proto::tfplugin6::*;

/// A look of the lab, its attributes in order.
fn look(name: &[u8], depth: &[u8], found: &[u8]) -> Vec<u8> {
    let parts = [
        &b"\x83\xa5depth"[..],
        depth,
        b"\xa5found",
        found,
        b"\xa4name",
        name,
    ];
    parts.concat()
}

async fn read(lab: &mut Lab, config: &[u8]) -> read_data_source::Response {
    let request = read_data_source::Request {
        type_name: "lab_look".to_owned(),
        config: value(config),
        ..Default::default()
    };
    let response = lab.host.provider.read_data_source(request).await;
    response.expect("answered").into_inner()
}

#[tokio::test]
async fn a_look_has_its_defaults_and_what_was_found() {
    let mut lab = lab().await;
    for (given, depth) in [(NIL, b"\x03"), (b"\x07", b"\x07")] {
        let read = read(&mut lab, &look(&text("it"), given, NIL)).await;
        assert_eq!(summaries(&read.diagnostics), [""; 0]);
        let found = text(&format!("it at {}", depth[0]));
        assert_eq!(bytes(read.state.as_ref()), look(&text("it"), depth, &found));
    }
}

#[tokio::test]
async fn a_look_that_failed_has_no_state() {
    let mut lab = lab().await;
    for (name, wanted) in [
        ("fail", "error: Nothing there"),
        ("panic", "error: Provider failed unexpectedly"),
    ] {
        let read = read(&mut lab, &look(&text(name), NIL, NIL)).await;
        assert_eq!(summaries(&read.diagnostics), [wanted], "{name}");
        assert!(bytes(read.state.as_ref()).is_empty() || bytes(read.state.as_ref()) == NIL);
    }
    let forgotten = read(&mut lab, &look(&text("forget"), NIL, NIL)).await;
    let wanted = ["error: Provider failed unexpectedly"];
    assert_eq!(summaries(&forgotten.diagnostics), wanted);
    assert!(forgotten.diagnostics[0].detail.contains("`found`"));
}

#[tokio::test]
async fn without_a_context_only_what_needs_none_is_looked_up() {
    let (mut lab, _) = lab_with(UNKNOWN).await;
    let there = read(&mut lab, &look(&text("it"), NIL, NIL)).await;
    let wanted = ["error: Provider configuration is not known"];
    assert_eq!(summaries(&there.diagnostics), wanted);
    let here = read(&mut lab, &look(&text("here"), NIL, NIL)).await;
    assert_eq!(summaries(&here.diagnostics), [""; 0]);
    let found = look(&text("here"), b"\x03", &text("here at 3"));
    assert_eq!(bytes(here.state.as_ref()), found);
}

#[tokio::test]
async fn a_look_is_checked_before_it_is_taken() {
    let mut lab = lab().await;
    for (depth, wanted) in [(&b"\x00"[..], &["error: Too shallow"][..]), (UNKNOWN, &[])] {
        let request = validate_data_resource_config::Request {
            type_name: "lab_look".to_owned(),
            config: value(&look(&text("it"), depth, NIL)),
        };
        let checked = lab.host.provider.validate_data_resource_config(request);
        let checked = checked.await.expect("answered").into_inner();
        assert_eq!(summaries(&checked.diagnostics), wanted);
    }
}
