//! Stored objects: read in every run, upgraded, refreshed.

use crate::lab::lab;
use crate::support::values::*;
use tfplugin::proto::tfplugin6::*;

#[tokio::test]
async fn trap_12_08_stored_objects_are_read_in_every_run() {
    let mut lab = lab().await;
    let json = r#"{"name":"it","share":123456789012345678901234567890,"tags":["b","a"],
        "any":{"type":"number","value":1e2},"gone":{}}"#;
    let upgraded = lab.upgrade(2, json).await;
    assert_eq!(summaries(&upgraded.diagnostics), [""; 0]);
    let mut wanted = Thing::new("");
    wanted.share = text("123456789012345678901234567890");
    wanted.tags = [&[0x92][..], &text("a"), &text("b")].concat();
    wanted.any = b"\x92\xc4\x08\"number\"\x64".to_vec();
    assert_eq!(bytes(upgraded.upgraded_state.as_ref()), wanted.bytes());
}

#[tokio::test]
async fn trap_12_08_older_objects_are_upgraded_and_newer_ones_refused() {
    let mut lab = lab().await;
    let upgraded = lab.upgrade(1, r#"{"name":"it"}"#).await;
    let wanted = Thing {
        forgotten: text("from version 1"),
        ..Thing::new("")
    };
    assert_eq!(bytes(upgraded.upgraded_state.as_ref()), wanted.bytes());
    let newer = lab.upgrade(3, "{}").await;
    assert_eq!(
        summaries(&newer.diagnostics),
        ["error: Stored object is too new"]
    );
    let broken = lab.upgrade(2, r#"{"tags":"a"}"#).await;
    assert_eq!(
        summaries(&broken.diagnostics),
        ["error: Value does not fit its schema"]
    );
}

#[tokio::test]
async fn trap_13_a_refresh_without_news_returns_the_very_object() {
    let mut lab = lab().await;
    let mut thing = Thing::new("").planned();
    thing.id = text("made");
    thing.share = text("0.1");
    thing.any = b"\x92\xc4\x11[\"list\",\"string\"]\x91\xa1x".to_vec();
    let found = lab.read(read(&thing)).await;
    assert_eq!(bytes(found.new_state.as_ref()), thing.bytes());
    assert_eq!(found.private, b"7");
}

#[tokio::test]
async fn a_refresh_finds_what_is_gone_and_keeps_what_cannot_be_seen() {
    let mut lab = lab().await;
    assert_eq!(
        bytes(lab.read(read(&Thing::new("gone"))).await.new_state.as_ref()),
        NIL
    );
    let unseen = Thing::new("fail in read");
    let found = lab.read(read(&unseen)).await;
    assert_eq!(summaries(&found.diagnostics), ["error: Unreachable"]);
    assert_eq!(bytes(found.new_state.as_ref()), unseen.bytes());
}

#[tokio::test]
async fn trap_12_10_requests_carry_no_provider_meta() {
    let mut lab = lab().await;
    for meta in [None, Some(DynamicValue::default())] {
        let mut request = read(&Thing::new(""));
        request.provider_meta = meta;
        assert_eq!(summaries(&lab.read(request).await.diagnostics), [""; 0]);
    }
    let schema = get_provider_schema::Request {};
    let schema = lab
        .host
        .provider
        .get_provider_schema(schema)
        .await
        .expect("answered");
    assert_eq!(schema.into_inner().provider_meta, None);
}

#[tokio::test]
async fn what_the_host_does_not_know_is_said() {
    let mut lab = lab().await;
    let mut request = read(&Thing::new(""));
    request.type_name = "lab_other".to_owned();
    assert_eq!(
        summaries(&lab.read(request).await.diagnostics),
        ["error: No such resource"]
    );
    let mut request = read(&Thing::new(""));
    request.private = b"{".to_vec();
    let unreadable = lab.read(request).await;
    assert_eq!(
        summaries(&unreadable.diagnostics),
        ["error: Private data cannot be read"]
    );
    let mut request = read(&Thing::new(""));
    request.current_state = value(b"\x81\xa1x\xc0");
    let misfit = lab.read(request).await;
    assert_eq!(
        summaries(&misfit.diagnostics),
        ["error: Value does not fit its schema"]
    );
    let import = import_resource_state::Request {
        type_name: "lab_thing".to_owned(),
        id: "x".to_owned(),
        ..Default::default()
    };
    let import = lab
        .host
        .provider
        .import_resource_state(import)
        .await
        .expect("answered");
    let wanted = ["error: Resource cannot be imported"];
    assert_eq!(summaries(&import.into_inner().diagnostics), wanted);
}
