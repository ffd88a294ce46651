//! Configurations: of the provider, of resources, of data sources, and arguments of functions.

use super::bytes::Bytes;
use super::judge::succeeded;
use super::subject::{ECHO, LOOK, LOOSE, STRICT, ask, configured};
use tfplugin::proto::tfplugin6::{
    DynamicValue, call_function, configure_provider, read_data_source,
    validate_data_resource_config, validate_provider_config, validate_resource_config,
};

/// `rpc, form, value`.
pub fn configuration(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let rpc = bytes.byte() % 6;
    let is_json = bytes.byte() % 4 == 3;
    let bytes = bytes.rest().to_vec();
    let (msgpack, json) = if is_json {
        (Vec::new(), bytes)
    } else {
        (bytes, Vec::new())
    };
    let config = DynamicValue { msgpack, json };
    ask(async |mut client| {
        let diagnostics = match rpc {
            0 => {
                let config = Some(config);
                let request = validate_provider_config::Request { config };
                let answer = client.validate_provider_config(request).await;
                answer.expect("answered").into_inner().diagnostics
            }
            1 => {
                let request = configure_provider::Request {
                    config: Some(config),
                    ..Default::default()
                };
                let answer = client.configure_provider(request).await;
                answer.expect("answered").into_inner().diagnostics
            }
            2 | 3 => {
                let request = validate_resource_config::Request {
                    type_name: if rpc == 2 { LOOSE } else { STRICT }.to_owned(),
                    config: Some(config),
                    ..Default::default()
                };
                let answer = client.validate_resource_config(request).await;
                answer.expect("answered").into_inner().diagnostics
            }
            4 => looked(&mut client, config).await,
            _ => called(&mut client, config).await,
        };
        succeeded(&diagnostics);
    });
}

type Client = tfplugin::testing::InProcess;
type Diagnostics = Vec<tfplugin::proto::tfplugin6::Diagnostic>;

async fn looked(client: &mut Client, config: DynamicValue) -> Diagnostics {
    configured(client).await;
    let request = validate_data_resource_config::Request {
        type_name: LOOK.to_owned(),
        config: Some(config.clone()),
    };
    let answer = client.validate_data_resource_config(request).await;
    let mut diagnostics = answer.expect("answered").into_inner().diagnostics;
    let request = read_data_source::Request {
        type_name: LOOK.to_owned(),
        config: Some(config),
        ..Default::default()
    };
    let answer = client.read_data_source(request).await;
    diagnostics.extend(answer.expect("answered").into_inner().diagnostics);
    diagnostics
}

async fn called(client: &mut Client, argument: DynamicValue) -> Diagnostics {
    for arguments in [
        vec![argument.clone()],
        vec![DynamicValue::default(), argument.clone(), argument],
        vec![],
    ] {
        let request = call_function::Request {
            name: ECHO.to_owned(),
            arguments,
        };
        let answer = client.call_function(request).await;
        let error = answer.expect("answered").into_inner().error;
        let told = error.map(|error| error.text).unwrap_or_default();
        assert!(!told.contains("bug in the provider"), "{told}");
    }
    Vec::new()
}
