//! The lab as a host has it: started, connected to, configured.

use crate::support::values::{NIL, value};
use crate::support::{Connection, Process, connect};
use tfplugin::proto::tfplugin6::*;

/// A provider's process and the connection to it.
pub struct Lab {
    pub host: Connection,
    process: Process,
}

/// A lab that was not configured.
pub async fn unconfigured() -> Lab {
    let process = Process::start(None);
    let host = connect(&process, None).await.expect("connected");
    Lab { host, process }
}

/// A lab, configured by this value of its setting.
pub async fn lab_with(setting: &[u8]) -> (Lab, configure_provider::Response) {
    let mut lab = unconfigured().await;
    let response = lab.configure(setting).await;
    (lab, response)
}

/// A lab whose setting has its default.
pub async fn lab() -> Lab {
    lab_with(NIL).await.0
}

impl Lab {
    pub async fn configure(&mut self, setting: &[u8]) -> configure_provider::Response {
        let request = configure_provider::Request {
            terraform_version: "1.11.6".to_owned(),
            config: value(&[b"\x81\xa7setting", setting].concat()),
            ..Default::default()
        };
        self.host
            .provider
            .configure_provider(request)
            .await
            .expect("answered")
            .into_inner()
    }

    /// The most memory that the process ever held, in KiB.
    pub fn resident_peak_kib(&self) -> u64 {
        let status = format!("/proc/{}/status", self.process.child.id());
        let status = std::fs::read_to_string(status).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number
            .and_then(|number| number.parse().ok())
            .expect("a peak")
    }

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
