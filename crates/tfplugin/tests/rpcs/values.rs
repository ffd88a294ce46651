//! What becomes of values on their way through a resource.

use crate::lab::lab;
use crate::support::values::*;

#[tokio::test]
async fn trap_12_03_messages_may_be_larger_than_4_mib() {
    let mut lab = lab().await;
    let mut thing = Thing::new("");
    thing.name = text(&"x".repeat(20 << 20));
    let read = lab.read(read(&thing)).await;
    assert!(
        bytes(read.new_state.as_ref()) == thing.bytes(),
        "20 MiB there and back"
    );
}

#[tokio::test]
async fn trap_12_04_decimals_come_back_as_they_were() {
    let mut lab = lab().await;
    let float = [&[0xcb][..], &0.1_f64.to_be_bytes()].concat();
    for share in [
        text("0.1"),
        float,
        text("123456789012345678901234567890.5"),
        vec![0x07],
    ] {
        let mut thing = Thing::new("");
        thing.share = share;
        let planned = lab.plan(plan(&thing)).await;
        assert_eq!(
            bytes(planned.planned_state.as_ref()),
            thing.planned().bytes()
        );
    }
}

#[tokio::test]
async fn trap_12_05_every_attribute_comes_back_named_or_not() {
    let mut lab = lab().await;
    let thing = Thing::new("");
    let planned = lab.plan(plan(&thing)).await;
    assert_eq!(summaries(&planned.diagnostics), [""; 0]);
    assert_eq!(
        bytes(planned.planned_state.as_ref()),
        thing.planned().bytes()
    );
    let created = lab.apply(create(&thing)).await;
    let made = Thing {
        id: text("made"),
        ..thing.planned()
    };
    assert_eq!(bytes(created.new_state.as_ref()), made.bytes());
}

#[tokio::test]
async fn trap_12_06_unknown_null_and_empty_stay_apart() {
    let mut lab = lab().await;
    let mut thing = Thing::new("");
    thing.share = UNKNOWN.to_vec();
    thing.tags = [&[0x92][..], &text("a"), UNKNOWN].concat();
    thing.any = UNKNOWN.to_vec();
    let mut request = plan(&thing);
    let config = thing.clone();
    request.config = config.value();
    let planned = lab.plan(request).await;
    // A set whose elements may not be known is no `Vec<String>`.
    assert_eq!(summaries(&planned.diagnostics), ["error: Unsuitable value"]);
    thing.tags = UNKNOWN.to_vec();
    let planned = lab.plan(plan(&thing)).await;
    assert_eq!(
        bytes(planned.planned_state.as_ref()),
        thing.planned().bytes()
    );
}

#[tokio::test]
async fn trap_12_06_refinements_of_unknown_values_come_back() {
    let mut lab = lab().await;
    let mut thing = Thing::new("");
    thing.share = b"\xc7\x03\x0c\x81\x01\xc2".to_vec();
    let planned = lab.plan(plan(&thing)).await;
    assert_eq!(
        bytes(planned.planned_state.as_ref()),
        thing.planned().bytes()
    );
}

#[tokio::test]
async fn trap_12_07_the_order_of_a_set_is_no_change() {
    let mut lab = lab().await;
    let mut thing = Thing::new("");
    thing.tags = [&[0x93][..], &text("b"), &text("a"), &text("b")].concat();
    let unordered = lab.plan(plan(&thing)).await;
    thing.tags = [&[0x92][..], &text("a"), &text("b")].concat();
    let ordered = lab.plan(plan(&thing)).await;
    assert_eq!(unordered.planned_state, ordered.planned_state);
    assert_eq!(
        bytes(ordered.planned_state.as_ref()),
        thing.planned().bytes()
    );
}
