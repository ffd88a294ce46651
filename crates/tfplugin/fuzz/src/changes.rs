//! Changes: planned twice, applied, planned again, deleted, as hosts do.

use super::bytes::Bytes;
use super::judge::{came_true, succeeded};
use super::subject::{LOOSE, STRICT, ask, configured, object_type, schema};
use tfplugin::proto::tfplugin6::{DynamicValue, apply_resource_change, plan_resource_change};
use tfplugin::testing::{InProcess, message, value};
use tfplugin::{Dynamic, Type};

/// What a change is about.
struct Change {
    type_name: &'static str,
    r#type: Type,
    prior: Vec<u8>,
    proposed: Vec<u8>,
    config: Vec<u8>,
    private: Vec<u8>,
}

/// `type, whether the host merges, private data, prior, configuration, proposed`.
pub fn changes(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let type_name = bytes.choice(&[LOOSE, STRICT]);
    let merges = bytes.choice(&[true, true, false]);
    let private = bytes.piece().to_vec();
    let prior = bytes.piece().to_vec();
    let config = bytes.piece().to_vec();
    let mut change = Change {
        type_name,
        r#type: object_type(type_name),
        prior,
        proposed: bytes.rest().to_vec(),
        config,
        private,
    };
    if merges {
        let Some(proposed) = change.merged() else {
            return;
        };
        change.proposed = proposed;
    }
    ask(async |mut client| {
        configured(&mut client).await;
        change.run(&mut client).await;
    });
}

fn sent(msgpack: &[u8]) -> Option<DynamicValue> {
    Some(DynamicValue {
        msgpack: msgpack.to_vec(),
        json: Vec::new(),
    })
}

impl Change {
    fn read(&self, msgpack: &[u8]) -> Option<Dynamic> {
        value(&sent(msgpack)?, &self.r#type).ok()
    }

    /// What hosts propose: the configuration, with what is stored where only the provider sets it.
    fn merged(&self) -> Option<Vec<u8>> {
        let Dynamic::Mapping(mut config) = self.read(&self.config)? else {
            return None;
        };
        let prior = self.read(&self.prior)?;
        for (name, attribute) in &schema(self.type_name).attributes {
            let part = config.entry(name.clone()).or_default();
            if part.is_null() && attribute.computed {
                *part = prior.get(name).cloned().unwrap_or_default();
            }
        }
        let proposed = message(&Dynamic::Mapping(config), &self.r#type);
        Some(proposed.ok()?.msgpack)
    }

    fn request(&self, prior: &[u8], private: &[u8]) -> plan_resource_change::Request {
        plan_resource_change::Request {
            type_name: self.type_name.to_owned(),
            prior_state: sent(prior),
            proposed_new_state: sent(&self.proposed),
            config: sent(&self.config),
            prior_private: private.to_vec(),
            ..Default::default()
        }
    }

    async fn run(&self, client: &mut InProcess) {
        let request = self.request(&self.prior, &self.private);
        let planned = client.plan_resource_change(request.clone()).await;
        let planned = planned.expect("answered").into_inner();
        if !succeeded(&planned.diagnostics) {
            return;
        }
        let again = client.plan_resource_change(request).await;
        assert_eq!(again.expect("answered").into_inner(), planned);
        let apply = apply_resource_change::Request {
            type_name: self.type_name.to_owned(),
            prior_state: sent(&self.prior),
            planned_state: planned.planned_state.clone(),
            config: sent(&self.config),
            planned_private: planned.planned_private,
            ..Default::default()
        };
        let applied = client.apply_resource_change(apply).await;
        let applied = applied.expect("answered").into_inner();
        if !succeeded(&applied.diagnostics) {
            return;
        }
        let of = |state: &Option<DynamicValue>| {
            let state = state.as_ref().expect("a state");
            value(state, &self.r#type).expect("of the type")
        };
        let (known, state) = (of(&planned.planned_state), of(&applied.new_state));
        assert!(state.is_wholly_known());
        assert!(came_true(&known, &state), "{known:?}\n{state:?}");
        let state = applied.new_state.expect("a state").msgpack;
        self.delete(client, &state, &applied.private).await;
    }

    async fn delete(&self, client: &mut InProcess, state: &[u8], private: &[u8]) {
        let nothing = [0xc0];
        let apply = apply_resource_change::Request {
            type_name: self.type_name.to_owned(),
            prior_state: sent(state),
            planned_state: sent(&nothing),
            config: sent(&nothing),
            planned_private: private.to_vec(),
            ..Default::default()
        };
        let deleted = client.apply_resource_change(apply).await;
        let deleted = deleted.expect("answered").into_inner();
        let is_there = state != nothing;
        assert!(succeeded(&deleted.diagnostics) || !is_there);
        assert_eq!(deleted.new_state, sent(&nothing));
    }
}
