//! Messages that no client library would write, and too large ones.

use crate::lab::lab;
use crate::support::raw::{call, frame, right};
use crate::support::values::*;
use tonic::Code;

const PLAN: &str = "/tfplugin6.Provider/PlanResourceChange";
const MIB: u32 = 1 << 20;

#[tokio::test]
async fn frames_that_are_none_are_refused_and_the_next_call_is_answered() {
    let mut lab = lab().await;
    let cases = [
        ("nothing", Vec::new(), Code::Internal),
        ("half a head", vec![0, 0], Code::Internal),
        (
            "more claimed than sent",
            frame(false, 10, b"\x0a"),
            Code::Internal,
        ),
        ("not a message", right(b"\xff\xff\xff"), Code::Internal),
        (
            "a text that is not UTF-8",
            right(b"\x0a\x02\xff\xfe"),
            Code::Internal,
        ),
        (
            "a group that never ends",
            right(b"\x0b\x0b\x0b"),
            Code::Internal,
        ),
        ("compressed", frame(true, 1, b"\x0a"), Code::Internal),
        (
            "another mark",
            [&[7, 0, 0, 0, 1][..], b"\x0a"].concat(),
            Code::Internal,
        ),
    ];
    for (name, frames, code) in cases {
        let status = call(&mut lab.host.channel, PLAN, frames).await;
        assert_eq!(status.code(), code, "{name}: {status:?}");
    }
    let planned = lab.plan(plan(&Thing::new(""))).await;
    assert_eq!(summaries(&planned.diagnostics), [""; 0]);
}

#[tokio::test]
async fn trap_12_03_messages_over_the_limit_are_refused_by_their_claim() {
    let mut lab = lab().await;
    let claims = |mib: u32, more: u32| frame(false, mib * MIB + more, &[0; 64]);
    let over = call(&mut lab.host.channel, PLAN, claims(256, 1)).await;
    assert_eq!(over.code(), Code::OutOfRange, "{over:?}");
    let most = call(&mut lab.host.channel, PLAN, frame(false, u32::MAX, &[])).await;
    assert_eq!(most.code(), Code::OutOfRange, "{most:?}");
    for _ in 0..20 {
        let within = call(&mut lab.host.channel, PLAN, claims(256, 0)).await;
        assert_eq!(within.code(), Code::Internal, "{within:?}");
    }
    let peak = lab.resident_peak_kib();
    assert!(peak < 256 << 10, "{peak} KiB for what never came");
    let planned = lab.plan(plan(&Thing::new(""))).await;
    assert_eq!(summaries(&planned.diagnostics), [""; 0]);
}

#[tokio::test]
async fn trap_12_12_what_there_is_not_is_unimplemented() {
    let mut lab = lab().await;
    for path in [
        "/tfplugin6.Provider/Nonsense",
        "/tfplugin5.Provider/GetSchema",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/",
    ] {
        let status = call(&mut lab.host.channel, path, right(b"")).await;
        assert_eq!(status.code(), Code::Unimplemented, "{path}: {status:?}");
    }
}

#[tokio::test]
async fn values_that_claim_gigabytes_or_nest_for_ever_are_misfits() {
    let mut lab = lab().await;
    let deep = [b"\x92\xc4\x09\"dynamic\"".repeat(200), NIL.to_vec()].concat();
    let cases: [&[u8]; 7] = [
        &[0xdd, 0xff, 0xff, 0xff, 0xff],
        &[0xdf, 0xff, 0xff, 0xff, 0xff],
        &[0xdb, 0xff, 0xff, 0xff, 0xff],
        &[0xc9, 0xff, 0xff, 0xff, 0xff, 0x0c],
        &[0xd5, 0x63, 0x01, 0x02],
        b"\x92\xc4\x08\"number\"\xb61e-9223372036854775808",
        &deep,
    ];
    for any in cases {
        let mut thing = Thing::new("");
        thing.any = any.to_vec();
        let planned = lab.plan(plan(&thing)).await;
        assert_eq!(
            summaries(&planned.diagnostics),
            ["error: Value does not fit its schema"],
            "{any:02x?}"
        );
    }
}

#[tokio::test]
async fn the_deepest_value_goes_all_the_way() {
    let mut lab = lab().await;
    let mut thing = Thing::new("");
    thing.any = [b"\x92\xc4\x09\"dynamic\"".repeat(126), NIL.to_vec()].concat();
    let planned = lab.plan(plan(&thing)).await;
    assert_eq!(summaries(&planned.diagnostics), [""; 0]);
    assert_eq!(
        bytes(planned.planned_state.as_ref()),
        thing.planned().bytes()
    );
}
