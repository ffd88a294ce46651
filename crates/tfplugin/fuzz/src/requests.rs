//! Whole requests of any rpc, as bytes of the protocol.

use super::bytes::Bytes;
use super::judge::succeeded;
use super::subject::{ask, configured};
use prost::Message;
use tfplugin::proto::tfplugin6 as wire;
use tfplugin::testing::InProcess;

/// `whether configured, rpc, request`.
pub fn requests(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let first = bytes.choice(&[true, true, true, false]);
    let rpc = bytes.byte();
    let request = bytes.rest();
    ask(async |mut client| {
        if first {
            configured(&mut client).await;
        }
        answer(&mut client, rpc, request).await;
    });
}

/// Makes the function that sends a request to the rpc of a number.
macro_rules! rpcs {
    ($($number:literal: $rpc:ident),* $(,)?) => {
        /// How many rpcs there are.
        pub const RPCS: u8 = [$($number),*].len() as u8;

        async fn answer(client: &mut InProcess, rpc: u8, request: &[u8]) {
            match rpc % (RPCS + 1) {
                $($number => {
                    let Ok(request) = wire::$rpc::Request::decode(request) else {
                        return;
                    };
                    let answer = client.$rpc(request).await;
                    succeeded(&answer.expect("answered").into_inner().diagnostics);
                })*
                _ => {
                    let Ok(request) = wire::call_function::Request::decode(request) else {
                        return;
                    };
                    let _ = client.call_function(request).await.expect("answered");
                }
            }
        }
    };
}

rpcs!(
    0: validate_provider_config,
    1: configure_provider,
    2: validate_resource_config,
    3: upgrade_resource_state,
    4: read_resource,
    5: plan_resource_change,
    6: apply_resource_change,
    7: import_resource_state,
    8: validate_data_resource_config,
    9: read_data_source,
    10: get_metadata,
    11: get_provider_schema,
    12: get_functions,
);
