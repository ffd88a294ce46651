//! What each rpc answers, over a real connection.

mod support;

use support::values::*;
use support::{Connection, Process, connect};
use tfplugin::proto::tfplugin6::*;

struct Lab {
    host: Connection,
    _process: Process,
}

/// A lab, configured by this value of its setting.
async fn lab_with(setting: &[u8]) -> (Lab, configure_provider::Response) {
    let process = Process::start(None);
    let mut host = connect(&process, None).await.expect("connected");
    let request = configure_provider::Request {
        terraform_version: "1.11.6".to_owned(),
        config: value(&[b"\x81\xa7setting", setting].concat()),
        ..Default::default()
    };
    let response = host
        .provider
        .configure_provider(request)
        .await
        .expect("answered")
        .into_inner();
    (
        Lab {
            host,
            _process: process,
        },
        response,
    )
}

async fn lab() -> Lab {
    lab_with(NIL).await.0
}

impl Lab {
    async fn read(&mut self, request: read_resource::Request) -> read_resource::Response {
        self.host
            .provider
            .read_resource(request)
            .await
            .expect("answered")
            .into_inner()
    }

    async fn plan(
        &mut self,
        request: plan_resource_change::Request,
    ) -> plan_resource_change::Response {
        self.host
            .provider
            .plan_resource_change(request)
            .await
            .expect("answered")
            .into_inner()
    }

    async fn apply(
        &mut self,
        request: apply_resource_change::Request,
    ) -> apply_resource_change::Response {
        self.host
            .provider
            .apply_resource_change(request)
            .await
            .expect("answered")
            .into_inner()
    }

    async fn upgrade(&mut self, version: i64, json: &str) -> upgrade_resource_state::Response {
        let raw_state = RawState {
            json: json.as_bytes().to_vec(),
            ..Default::default()
        };
        let request = upgrade_resource_state::Request {
            type_name: "lab_thing".to_owned(),
            version,
            raw_state: Some(raw_state),
        };
        self.host
            .provider
            .upgrade_resource_state(request)
            .await
            .expect("answered")
            .into_inner()
    }
}

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
async fn trap_12_11_the_schema_need_not_be_asked_for() {
    let mut lab = lab().await;
    let metadata = lab
        .host
        .provider
        .get_metadata(get_metadata::Request {})
        .await;
    let metadata = metadata.expect("answered").into_inner();
    let schema = lab
        .host
        .provider
        .get_provider_schema(get_provider_schema::Request {})
        .await;
    let schema = schema.expect("answered").into_inner();
    assert_eq!(metadata.server_capabilities, schema.server_capabilities);
    let capabilities = schema.server_capabilities.expect("capabilities");
    assert!(capabilities.get_provider_schema_optional);
    assert!(!capabilities.plan_destroy && !capabilities.move_resource_state);
}

#[tokio::test]
async fn trap_12_12_what_is_not_supported_is_unimplemented() {
    let mut lab = lab().await;
    macro_rules! unimplemented_rpcs {
        ($($rpc:ident: $request:ident),*) => {$(
            let status = lab.host.provider.$rpc($request::Request::default()).await.unwrap_err();
            assert_eq!(status.code(), tonic::Code::Unimplemented, stringify!($rpc));
        )*};
    }
    unimplemented_rpcs!(
        get_resource_identity_schemas: get_resource_identity_schemas,
        upgrade_resource_identity: upgrade_resource_identity,
        move_resource_state: move_resource_state,
        generate_resource_config: generate_resource_config,
        validate_ephemeral_resource_config: validate_ephemeral_resource_config,
        open_ephemeral_resource: open_ephemeral_resource,
        renew_ephemeral_resource: renew_ephemeral_resource,
        close_ephemeral_resource: close_ephemeral_resource,
        list_resource: list_resource,
        validate_list_resource_config: validate_list_resource_config,
        validate_state_store_config: validate_state_store,
        configure_state_store: configure_state_store,
        read_state_bytes: read_state_bytes,
        lock_state: lock_state,
        unlock_state: unlock_state,
        get_states: get_states,
        delete_state: delete_state,
        plan_action: plan_action,
        invoke_action: invoke_action,
        validate_action_config: validate_action_config
    );
}

#[tokio::test]
async fn trap_12_12_nothing_is_deferred_even_where_it_is_allowed() {
    let (mut lab, configured) = lab_with(UNKNOWN).await;
    assert_eq!(summaries(&configured.diagnostics), ["warning: Configured"]);
    let allowed = Some(ClientCapabilities {
        deferral_allowed: true,
        ..Default::default()
    });
    let mut request = plan(&Thing::new(""));
    request.client_capabilities = allowed;
    assert_eq!(lab.plan(request).await.deferred, None);
    let mut request = read(&Thing::new(""));
    request.client_capabilities = allowed;
    assert_eq!(lab.read(request).await.deferred, None);
}

#[tokio::test]
async fn without_a_context_plans_run_and_refreshes_keep_what_is_stored() {
    let (mut lab, _) = lab_with(UNKNOWN).await;
    let thing = Thing::new("gone");
    let found = lab.read(read(&thing)).await;
    assert_eq!(
        summaries(&found.diagnostics),
        ["warning: Resource was not refreshed"]
    );
    assert_eq!(bytes(found.new_state.as_ref()), thing.bytes());
    assert_eq!(found.private, b"7");
    assert_eq!(
        summaries(&lab.plan(plan(&thing)).await.diagnostics),
        [""; 0]
    );
    let applied = lab.apply(create(&thing)).await;
    assert_eq!(
        summaries(&applied.diagnostics),
        ["error: Provider configuration is not known"]
    );
}

#[tokio::test]
async fn a_configuration_that_is_refused_is_named() {
    let (_, configured) = lab_with(&text("none")).await;
    assert_eq!(summaries(&configured.diagnostics), ["error: No setting"]);
    let path = configured.diagnostics[0].attribute.clone().expect("a path");
    let selector = attribute_path::step::Selector::AttributeName("setting".to_owned());
    assert_eq!(path.steps[0].selector, Some(selector));
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
async fn a_failed_creation_stores_nothing() {
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
async fn functions_take_null_and_unknown_where_they_say_so() {
    let mut lab = lab().await;
    let mut call = async |arguments: Vec<DynamicValue>| {
        let request = call_function::Request {
            name: "echo".to_owned(),
            arguments,
        };
        lab.host
            .provider
            .call_function(request)
            .await
            .expect("answered")
            .into_inner()
    };
    let argument = |bytes: &[u8]| value(bytes).into_iter().collect::<Vec<_>>();
    for given in [&text("x")[..], NIL, UNKNOWN] {
        assert_eq!(bytes(call(argument(given)).await.result.as_ref()), given);
    }
    // OpenTofu sends neither field for null.
    let null = call(vec![DynamicValue::default()]).await;
    assert_eq!(bytes(null.result.as_ref()), NIL);
    let failed = call(argument(&text("fail"))).await.error.expect("an error");
    assert_eq!(
        (failed.text.as_str(), failed.function_argument),
        ("As asked.", Some(0))
    );
    let misfit = call(argument(&[0xc3])).await.error.expect("an error");
    assert_eq!(misfit.function_argument, Some(0));
    let panicked = call(argument(&text("panic")))
        .await
        .error
        .expect("an error");
    assert!(
        panicked.text.contains("bug in the provider"),
        "{}",
        panicked.text
    );
    assert!(call(Vec::new()).await.error.is_some());
    assert!(
        call([argument(NIL), argument(NIL)].concat())
            .await
            .error
            .is_some()
    );
}

#[tokio::test]
async fn the_schema_is_whole() {
    let mut lab = lab().await;
    let schema = lab
        .host
        .provider
        .get_provider_schema(get_provider_schema::Request {})
        .await;
    let schema = schema.expect("answered").into_inner();
    let setting = &schema
        .provider
        .expect("a schema")
        .block
        .expect("a block")
        .attributes[0];
    assert!(
        setting.optional && !setting.computed,
        "a provider's own settings are not computed"
    );
    let thing = schema.resource_schemas["lab_thing"].clone();
    assert_eq!(thing.version, 2);
    let block = thing.block.expect("a block");
    let names: Vec<_> = block.attributes.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "any",
            "behaviour",
            "forgotten",
            "id",
            "name",
            "share",
            "tags"
        ]
    );
    assert_eq!(block.attributes[6].r#type, br#"["set","string"]"#);
    assert_eq!(block.block_types[0].type_name, "part");
    let function = &schema.functions["echo"];
    assert!(function.parameters[0].allow_null_value && function.parameters[0].allow_unknown_values);
    let alone = lab
        .host
        .provider
        .get_functions(get_functions::Request {})
        .await
        .expect("answered");
    assert_eq!(alone.into_inner().functions, schema.functions);
}
