//! The lab as a host has it: started, connected to, configured.

use crate::support::values::{NIL, value};
use crate::support::{Connection, Process, connect};
use tfplugin::proto::tfplugin6::*;

/// A lab that was configured.
pub struct Lab {
    pub host: Connection,
    _process: Process,
}

/// A lab, configured by this value of its setting.
pub async fn lab_with(setting: &[u8]) -> (Lab, configure_provider::Response) {
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

/// A lab whose setting has its default.
pub async fn lab() -> Lab {
    lab_with(NIL).await.0
}

impl Lab {
    pub async fn read(&mut self, request: read_resource::Request) -> read_resource::Response {
        self.host
            .provider
            .read_resource(request)
            .await
            .expect("answered")
            .into_inner()
    }

    pub async fn plan(
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

    pub async fn apply(
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

    pub async fn upgrade(&mut self, version: i64, json: &str) -> upgrade_resource_state::Response {
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
