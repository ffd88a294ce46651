//! Rpcs in an order in which no host calls them.

use crate::lab::{Lab, lab, unconfigured};
use crate::support::values::*;
use tfplugin::proto::tfplugin6::*;

/// Everything that needs the configuration, and what each has to say.
async fn told(lab: &mut Lab) -> Vec<Vec<String>> {
    let thing = Thing::new("");
    let provider = &mut lab.host.provider;
    let import = import_resource_state::Request {
        type_name: "lab_thing".to_owned(),
        id: "x".to_owned(),
        ..Default::default()
    };
    let look = read_data_source::Request {
        type_name: "lab_look".to_owned(),
        config: value(&[b"\x83\xa5depth\xc0\xa5found\xc0\xa4name", &text("x")[..]].concat()),
        ..Default::default()
    };
    let import = provider.import_resource_state(import).await;
    let look = provider.read_data_source(look).await;
    let diagnostics = [
        lab.read(read(&thing)).await.diagnostics,
        lab.plan(plan(&thing)).await.diagnostics,
        lab.apply(create(&thing)).await.diagnostics,
        import.expect("answered").into_inner().diagnostics,
        look.expect("answered").into_inner().diagnostics,
    ];
    diagnostics.iter().map(|one| summaries(one)).collect()
}

const REFUSED: &str = "error: Host broke the protocol";

#[tokio::test]
async fn what_needs_the_configuration_waits_for_it_and_keeps_what_is_stored() {
    let mut lab = unconfigured().await;
    assert_eq!(told(&mut lab).await, [[REFUSED]; 5]);
    let thing = Thing::new("");
    let found = lab.read(read(&thing)).await;
    assert_eq!(bytes(found.new_state.as_ref()), thing.bytes());
    assert_eq!(found.private, b"7");
    assert_eq!(
        found.diagnostics[0].detail,
        "`lab_thing`: The provider was not configured before, or its configuration failed. \
         This is a bug in the host; please report it to its authors."
    );
    let created = lab.apply(create(&thing)).await;
    assert_eq!(bytes(created.new_state.as_ref()), NIL);
}

#[tokio::test]
async fn what_needs_no_configuration_is_answered_before_it() {
    let mut lab = unconfigured().await;
    let validated = lab
        .host
        .provider
        .validate_resource_config(validate_resource_config::Request {
            type_name: "lab_thing".to_owned(),
            config: Thing::new("").value(),
            ..Default::default()
        })
        .await
        .expect("answered");
    let measured = ["warning: Measured"];
    assert_eq!(summaries(&validated.into_inner().diagnostics), measured);
    let upgraded = lab.upgrade(2, r#"{"name":"it"}"#).await;
    assert_eq!(summaries(&upgraded.diagnostics), [""; 0]);
    let stopped = lab
        .host
        .provider
        .stop_provider(stop_provider::Request {})
        .await;
    assert_eq!(stopped.expect("answered").into_inner().error, "");
    let schema = get_provider_schema::Request {};
    let schema = lab.host.provider.get_provider_schema(schema).await;
    assert!(schema.expect("answered").into_inner().provider.is_some());
}

#[tokio::test]
async fn the_last_configuration_counts_and_a_failed_one_leaves_none() {
    let mut lab = lab().await;
    let silent: [&str; 0] = [];
    assert_eq!(
        summaries(&lab.read(read(&Thing::new(""))).await.diagnostics),
        silent
    );
    lab.configure(UNKNOWN).await;
    assert_eq!(
        summaries(&lab.read(read(&Thing::new(""))).await.diagnostics),
        ["warning: Resource was not refreshed"]
    );
    lab.configure(&text("some")).await;
    assert_eq!(
        summaries(&lab.read(read(&Thing::new(""))).await.diagnostics),
        silent
    );
    // A run after this one would else work with the configuration of the run before.
    for failing in ["none", "half"] {
        lab.configure(&text(failing)).await;
        assert_eq!(told(&mut lab).await, [[REFUSED]; 5], "{failing}");
        lab.configure(NIL).await;
    }
    let unreadable = configure_provider::Request {
        config: value(b"\x81\xa7setting\x01"),
        ..Default::default()
    };
    let unreadable = lab.host.provider.configure_provider(unreadable).await;
    assert_eq!(
        summaries(&unreadable.expect("answered").into_inner().diagnostics),
        ["error: Value does not fit its schema"]
    );
    assert_eq!(told(&mut lab).await, [[REFUSED]; 5]);
}

#[tokio::test]
async fn a_change_from_nothing_to_nothing_is_the_hosts_mistake() {
    let mut lab = lab().await;
    let applied = lab
        .apply(apply_resource_change::Request {
            type_name: "lab_thing".to_owned(),
            ..Default::default()
        })
        .await;
    assert_eq!(summaries(&applied.diagnostics), [REFUSED]);
    assert_eq!(
        applied.diagnostics[0].detail,
        "`lab_thing`: Nothing was to be changed to nothing. This is a bug in the host; please \
         report it to its authors."
    );
    let planned = lab
        .plan(plan_resource_change::Request {
            type_name: "lab_thing".to_owned(),
            ..Default::default()
        })
        .await;
    assert_eq!(summaries(&planned.diagnostics), [""; 0]);
    assert_eq!(bytes(planned.planned_state.as_ref()), NIL);
}

#[tokio::test]
async fn what_is_unknown_where_all_must_be_known_is_the_hosts_mistake() {
    let mut lab = lab().await;
    let mut thing = Thing::new("");
    thing.share = UNKNOWN.to_vec();
    let found = lab.read(read(&thing)).await;
    let created = lab.apply(create(&thing)).await;
    let mut delete = create(&thing);
    (delete.prior_state, delete.planned_state) = (thing.value(), value(NIL));
    let deleted = lab.apply(delete).await;
    let look = read_data_source::Request {
        type_name: "lab_look".to_owned(),
        config: value(&[b"\x83\xa5depth\xc0\xa5found\xc0\xa4name", UNKNOWN].concat()),
        ..Default::default()
    };
    let look = lab.host.provider.read_data_source(look).await;
    for diagnostics in [
        found.diagnostics,
        created.diagnostics,
        deleted.diagnostics,
        look.expect("answered").into_inner().diagnostics,
    ] {
        assert_eq!(summaries(&diagnostics), [REFUSED]);
        assert!(
            diagnostics[0]
                .detail
                .contains("was sent unknown where all must be known"),
            "{}",
            diagnostics[0].detail
        );
    }
}
