//! Stored objects: brought to the present version, then refreshed.

use super::bytes::Bytes;
use super::judge::succeeded;
use super::subject::{LOOK, LOOSE, STRICT, ask, configured};
use tfplugin::proto::tfplugin6::{RawState, read_resource, upgrade_resource_state};

const VERSIONS: [i64; 8] = [2, 0, 1, -1, 3, i64::MIN, i64::MAX, 2];

/// `type, version, form, private data, stored object`.
pub fn stored(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let type_name = bytes.choice(&[LOOSE, STRICT, LOOK, "other"]);
    let version = bytes.choice(&VERSIONS);
    let is_flat = bytes.choice(&[false, false, false, true]);
    let private = bytes.piece().to_vec();
    let object = bytes.rest().to_vec();
    let raw_state = if is_flat {
        let value = String::from_utf8_lossy(&object).into_owned();
        RawState {
            flatmap: [("name".to_owned(), value)].into(),
            json: Vec::new(),
        }
    } else {
        RawState {
            json: object,
            ..RawState::default()
        }
    };
    let request = upgrade_resource_state::Request {
        type_name: type_name.to_owned(),
        version,
        raw_state: Some(raw_state),
    };
    ask(async |mut client| {
        let upgraded = client.upgrade_resource_state(request).await;
        let upgraded = upgraded.expect("answered").into_inner();
        if !succeeded(&upgraded.diagnostics) {
            return;
        }
        configured(&mut client).await;
        let request = read_resource::Request {
            type_name: type_name.to_owned(),
            current_state: upgraded.upgraded_state.clone(),
            private: private.clone(),
            ..Default::default()
        };
        let read = client.read_resource(request).await;
        let read = read.expect("answered").into_inner();
        // An error keeps what is stored, and the subject changes nothing.
        succeeded(&read.diagnostics);
        assert_eq!(read.new_state, upgraded.upgraded_state);
    });
}
