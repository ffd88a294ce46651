//! What there is, and how the provider is configured.

use crate::lab::{lab, lab_with};
use crate::support::values::*;
use tfplugin::proto::tfplugin6::*;

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
