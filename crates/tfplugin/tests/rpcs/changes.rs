//! Checks, plans and applies of a resource.

use crate::lab::lab;
use crate::support::values::*;
use tfplugin::proto::tfplugin6::*;

#[tokio::test]
async fn validation_reports_at_the_attribute() {
    let mut lab = lab().await;
    let request = |thing: &Thing| validate_resource_config::Request {
        type_name: "lab_thing".to_owned(),
        config: thing.value(),
        ..Default::default()
    };
    let mut validate = async |thing: &Thing| {
        let response = lab
            .host
            .provider
            .validate_resource_config(request(thing))
            .await;
        response.expect("answered").into_inner().diagnostics
    };
    let measured = validate(&Thing::new("")).await;
    assert_eq!(summaries(&measured), ["warning: Measured"]);
    assert!(measured[0].attribute.is_some());
    let unknown = Thing {
        name: UNKNOWN.to_vec(),
        ..Thing::new("")
    };
    assert_eq!(summaries(&validate(&unknown).await), [""; 0]);
    let panicked = validate(&Thing::new("panic in validate")).await;
    assert_eq!(
        summaries(&panicked),
        ["error: Provider failed unexpectedly"]
    );
}

#[tokio::test]
async fn trap_13_the_same_plan_has_the_same_bytes() {
    let mut thing = Thing::new("");
    thing.any = b"\x92\xc4\x10[\"set\",\"number\"]\x92\x02\x01".to_vec();
    let plans = [
        lab().await.plan(plan(&thing)).await,
        lab().await.plan(plan(&thing)).await,
    ];
    assert_eq!(plans[0], plans[1]);
    assert_eq!(summaries(&plans[0].diagnostics), [""; 0]);
}

#[tokio::test]
async fn trap_13_a_creation_replaces_nothing_and_a_changed_identity_does() {
    let mut lab = lab().await;
    let thing = Thing::new("");
    assert_eq!(lab.plan(plan(&thing)).await.requires_replace, []);
    let mut request = plan(&thing);
    request.prior_state = Thing {
        id: text("made"),
        name: text("old"),
        ..thing.clone()
    }
    .value();
    assert_eq!(lab.plan(request).await.requires_replace.len(), 1);
}

#[tokio::test]
async fn trap_13_computed_values_stay_as_they_were_when_nothing_changed() {
    let mut lab = lab().await;
    let prior = Thing {
        id: text("made"),
        ..Thing::new("").planned()
    };
    let request = plan_resource_change::Request {
        prior_state: prior.value(),
        proposed_new_state: prior.value(),
        prior_private: b"7".to_vec(),
        ..plan(&Thing::new(""))
    };
    let planned = lab.plan(request).await;
    assert_eq!(bytes(planned.planned_state.as_ref()), prior.bytes());
}

#[tokio::test]
async fn a_plan_of_a_deletion_is_nothing() {
    let mut lab = lab().await;
    let request = plan_resource_change::Request {
        prior_state: Thing::new("").planned().value(),
        proposed_new_state: value(NIL),
        config: value(NIL),
        prior_private: b"7".to_vec(),
        ..plan(&Thing::new(""))
    };
    let planned = lab.plan(request).await;
    assert_eq!(bytes(planned.planned_state.as_ref()), NIL);
    assert_eq!(planned.planned_private, b"7");
}

#[tokio::test]
async fn trap_host_12_a_failed_creation_stores_nothing() {
    let mut lab = lab().await;
    let cases = [
        ("fail", "error: Refused"),
        ("half", "error: Half made"),
        ("panic", "error: Provider failed unexpectedly"),
        ("forget", "error: Provider failed unexpectedly"),
    ];
    for (behaviour, wanted) in cases {
        let created = lab.apply(create(&Thing::new(behaviour))).await;
        assert_eq!(summaries(&created.diagnostics), [wanted], "{behaviour}");
        assert_eq!(bytes(created.new_state.as_ref()), NIL, "{behaviour}");
    }
}

#[tokio::test]
async fn a_panic_is_an_error_that_says_where_and_the_process_goes_on() {
    let mut lab = lab().await;
    let created = lab.apply(create(&Thing::new("panic"))).await;
    let detail = &created.diagnostics[0].detail;
    assert!(detail.contains("lab.rs:"), "{detail}");
    assert!(
        detail.contains("created") && detail.contains("bug in the provider"),
        "{detail}"
    );
    let thing = Thing::new("panic in read");
    let found = lab.read(read(&thing)).await;
    assert_eq!(bytes(found.new_state.as_ref()), thing.bytes());
    assert_eq!(found.diagnostics.len(), 1);
}

#[tokio::test]
async fn a_failed_update_or_deletion_keeps_the_object() {
    let mut lab = lab().await;
    let prior = Thing {
        id: text("made"),
        ..Thing::new("").planned()
    };
    let mut request = create(&Thing::new("panic"));
    request.prior_state = prior.value();
    let updated = lab.apply(request).await;
    assert_eq!(updated.diagnostics.len(), 1);
    assert_eq!(bytes(updated.new_state.as_ref()), prior.bytes());
    let stuck = Thing {
        behaviour: text("fail"),
        ..prior.clone()
    };
    for (prior, kept) in [(stuck.clone(), stuck.bytes()), (prior, NIL.to_vec())] {
        let request = apply_resource_change::Request {
            type_name: "lab_thing".to_owned(),
            prior_state: prior.value(),
            planned_state: value(NIL),
            config: value(NIL),
            ..Default::default()
        };
        assert_eq!(bytes(lab.apply(request).await.new_state.as_ref()), kept);
    }
}
