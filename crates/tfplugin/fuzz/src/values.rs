//! Values of any type, from either wire form.

use super::bytes::Bytes;
use super::judge::{has_refinements, parts, widest};
use super::types::{self, OWN};
use tfplugin::proto::tfplugin6::DynamicValue;
use tfplugin::testing::{message, value};
use tfplugin::{Dynamic, Type, from_dynamic, to_dynamic};

/// What a message of an error may take, in bytes, whatever was sent.
const MAX_MESSAGE_BYTES: usize = 1024;

/// `type number, [type text,] form, value`.
pub fn values(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let number = bytes.byte();
    let text = if number == OWN { bytes.piece() } else { &[] };
    let Some(r#type) = types::choose(number, text) else {
        return;
    };
    assert_eq!(Type::from_bytes(&r#type.to_bytes()), Ok(r#type.clone()));
    let is_json = bytes.byte() % 2 == 1;
    let bytes = bytes.rest();
    let sent = if is_json {
        DynamicValue {
            json: bytes.to_vec(),
            ..DynamicValue::default()
        }
    } else {
        DynamicValue {
            msgpack: bytes.to_vec(),
            ..DynamicValue::default()
        }
    };
    match value(&sent, &r#type) {
        Ok(read) => check(&read, &r#type, bytes.len(), is_json),
        Err(error) => assert!(
            error.message.len() <= MAX_MESSAGE_BYTES,
            "{} bytes of message",
            error.message.len()
        ),
    }
}

fn check(read: &Dynamic, r#type: &Type, bytes: usize, is_json: bool) {
    // Stored objects may leave attributes out, hosts' messages may not.
    let parts_a_byte = if is_json { widest(r#type, read) } else { 1 };
    assert!(parts(read) <= bytes.max(1) * parts_a_byte);
    let written = message(read, r#type).expect("what was read can be written");
    let again = value(&written, r#type).expect("what was written can be read");
    assert_eq!(message(&again, r#type).as_ref(), Ok(&written));
    let typed: Dynamic = from_dynamic(read.clone()).expect("any value is a value");
    let back = to_dynamic(&typed).expect("any value is a value");
    assert_eq!(message(&back, r#type).as_ref(), Ok(&written));
    // What is known of unknown values may be left out where it is too long.
    if !has_refinements(read) {
        assert_eq!(&again, read);
        assert_eq!(&back, read);
    }
}
