//! The types under which values are read.

use tfplugin::Type;

/// Says that the type's JSON text comes first.
pub const OWN: u8 = 255;

/// A type of every kind and of kinds within kinds, as their JSON texts.
pub const TYPES: [&str; 16] = [
    r#""dynamic""#,
    r#""bool""#,
    r#""number""#,
    r#""string""#,
    r#"["list","number"]"#,
    r#"["set","string"]"#,
    r#"["map","bool"]"#,
    r#"["tuple",["string","number"]]"#,
    r#"["object",{"a":"string","b":"number"}]"#,
    r#"["object",{"a":"string","ü":["list","dynamic"]},["a"]]"#,
    r#"["set",["object",{"n":"number","s":["set","dynamic"]}]]"#,
    r#"["map",["map",["list",["set","number"]]]]"#,
    r#"["list",["tuple",["dynamic","bool"]]]"#,
    r#"["tuple",[]]"#,
    r#"["object",{}]"#,
    r#"["set","dynamic"]"#,
];

/// The type of that number, or of that text.
pub fn choose(number: u8, text: &[u8]) -> Option<Type> {
    if number == OWN {
        return Type::from_bytes(text).ok();
    }
    let text = TYPES[usize::from(number) % TYPES.len()];
    Some(Type::from_bytes(text.as_bytes()).expect("a type"))
}
