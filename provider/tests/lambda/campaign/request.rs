//! One request in parts that can be changed one by one.

use fusion_provider::provider::Fusion;
use tfplugin::proto::tfplugin6 as wire;
use tfplugin::testing::{InProcess, message};
use tfplugin::{Dynamic, Provider, Type};

/// The rpcs that carry something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rpc {
    ValidateProvider,
    Configure,
    ValidateResource,
    Upgrade,
    Read,
    Plan,
    Apply,
    Import,
    ValidateData,
    ReadData,
    Call,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    pub rpc: Rpc,
    /// The resource's type, or the function's name.
    pub name: String,
    /// The values in `MessagePack`, in the order of the protocol's fields.
    pub values: Vec<Vec<u8>>,
    /// The type of each value.
    pub types: Vec<Type>,
    pub private: Vec<u8>,
    /// The id to import, or the stored object as JSON.
    pub text: Vec<u8>,
    pub version: i64,
}

/// What is looked at of an answer.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// `severity: summary: detail` of every diagnostic.
    pub messages: Vec<String>,
    /// The state or the function's result.
    pub state: Option<wire::DynamicValue>,
    pub private: Vec<u8>,
}

impl Request {
    /// A request without private data or text.
    pub fn new<const N: usize>(rpc: Rpc, name: &str, r#type: &Type, values: [&Dynamic; N]) -> Self {
        let written = values.map(|value| message(value, r#type).expect("of the type").msgpack);
        Self {
            rpc,
            name: name.to_owned(),
            values: written.to_vec(),
            types: vec![r#type.clone(); N],
            private: Vec::new(),
            text: Vec::new(),
            version: 0,
        }
    }

    pub fn configure(config: &Dynamic) -> Self {
        Self::new(Rpc::Configure, "", &Fusion.schema().object_type(), [config])
    }

    fn value(&self, position: usize) -> Option<wire::DynamicValue> {
        let msgpack = self.values.get(position)?.clone();
        Some(wire::DynamicValue {
            msgpack,
            ..Default::default()
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }

    /// Sends it; `None` where the answer is a status.
    pub async fn send(&self, client: &mut InProcess) -> Option<Answer> {
        match self.rpc {
            Rpc::ValidateProvider => {
                let config = self.value(0);
                let request = wire::validate_provider_config::Request { config };
                let answer = client.validate_provider_config(request).await.ok()?;
                Some(only(answer.into_inner().diagnostics))
            }
            Rpc::Configure => {
                let request = wire::configure_provider::Request {
                    config: self.value(0),
                    ..Default::default()
                };
                let answer = client.configure_provider(request).await.ok()?;
                Some(only(answer.into_inner().diagnostics))
            }
            Rpc::ValidateData | Rpc::ReadData => self.send_to_data_source(client).await,
            Rpc::Call => self.call(client).await,
            _ => self.send_to_resource(client).await,
        }
    }

    async fn send_to_data_source(&self, client: &mut InProcess) -> Option<Answer> {
        let (type_name, config) = (self.name.clone(), self.value(0));
        if self.rpc == Rpc::ValidateData {
            let request = wire::validate_data_resource_config::Request { type_name, config };
            let answer = client.validate_data_resource_config(request).await.ok()?;
            return Some(only(answer.into_inner().diagnostics));
        }
        let request = wire::read_data_source::Request {
            type_name,
            config,
            ..Default::default()
        };
        let answer = client.read_data_source(request).await.ok()?.into_inner();
        Some(with(answer.diagnostics, answer.state, Vec::new()))
    }

    async fn call(&self, client: &mut InProcess) -> Option<Answer> {
        let request = wire::call_function::Request {
            name: self.name.clone(),
            arguments: (0..self.values.len())
                .filter_map(|n| self.value(n))
                .collect(),
        };
        let answer = client.call_function(request).await.ok()?.into_inner();
        let error = answer.error.map(|error| error.text);
        Some(Answer {
            messages: error.into_iter().collect(),
            state: answer.result,
            private: Vec::new(),
        })
    }

    async fn send_to_resource(&self, client: &mut InProcess) -> Option<Answer> {
        let type_name = self.name.clone();
        match self.rpc {
            Rpc::ValidateResource => {
                let request = wire::validate_resource_config::Request {
                    type_name,
                    config: self.value(0),
                    ..Default::default()
                };
                let answer = client.validate_resource_config(request).await.ok()?;
                Some(only(answer.into_inner().diagnostics))
            }
            Rpc::Upgrade => {
                let raw_state = wire::RawState {
                    json: self.text.clone(),
                    ..Default::default()
                };
                let request = wire::upgrade_resource_state::Request {
                    type_name,
                    version: self.version,
                    raw_state: Some(raw_state),
                };
                let answer = client.upgrade_resource_state(request).await.ok()?;
                let answer = answer.into_inner();
                Some(with(answer.diagnostics, answer.upgraded_state, Vec::new()))
            }
            Rpc::Import => {
                let request = wire::import_resource_state::Request {
                    type_name,
                    id: self.text(),
                    ..Default::default()
                };
                let answer = client.import_resource_state(request).await.ok()?;
                Some(only(answer.into_inner().diagnostics))
            }
            _ => self.change(client, type_name).await,
        }
    }

    async fn change(&self, client: &mut InProcess, type_name: String) -> Option<Answer> {
        match self.rpc {
            Rpc::Plan => {
                let request = wire::plan_resource_change::Request {
                    type_name,
                    prior_state: self.value(0),
                    proposed_new_state: self.value(1),
                    config: self.value(2),
                    prior_private: self.private.clone(),
                    ..Default::default()
                };
                let answer = client.plan_resource_change(request).await.ok()?;
                let answer = answer.into_inner();
                let (state, private) = (answer.planned_state, answer.planned_private);
                Some(with(answer.diagnostics, state, private))
            }
            Rpc::Apply => {
                let request = wire::apply_resource_change::Request {
                    type_name,
                    prior_state: self.value(0),
                    planned_state: self.value(1),
                    config: self.value(2),
                    planned_private: self.private.clone(),
                    ..Default::default()
                };
                let answer = client.apply_resource_change(request).await.ok()?;
                let answer = answer.into_inner();
                Some(with(answer.diagnostics, answer.new_state, answer.private))
            }
            _ => {
                let request = wire::read_resource::Request {
                    type_name,
                    current_state: self.value(0),
                    private: self.private.clone(),
                    ..Default::default()
                };
                let answer = client.read_resource(request).await.ok()?.into_inner();
                Some(with(answer.diagnostics, answer.new_state, answer.private))
            }
        }
    }
}

fn with(
    diagnostics: Vec<wire::Diagnostic>,
    state: Option<wire::DynamicValue>,
    private: Vec<u8>,
) -> Answer {
    let message = |diagnostic: wire::Diagnostic| {
        let severity = diagnostic.severity().as_str_name().to_lowercase();
        format!("{severity}: {}: {}", diagnostic.summary, diagnostic.detail)
    };
    Answer {
        messages: diagnostics.into_iter().map(message).collect(),
        state,
        private,
    }
}

fn only(diagnostics: Vec<wire::Diagnostic>) -> Answer {
    with(diagnostics, None, Vec::new())
}
