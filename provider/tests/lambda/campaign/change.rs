//! Changing a request a little, without harm to the machine it is tried on.

use std::path::Path;

use tfplugin::proto::tfplugin6::DynamicValue;
use tfplugin::testing::{message, value};
use tfplugin::{Dynamic, Number, Type};

use super::mutation::{Random, mutated};
use super::request::Request;

/// Arguments that name files. One that leads elsewhere could write or read anywhere.
const PATHS: [&str; 5] = [
    "directory",
    "package_path",
    "path",
    "runtime_path",
    "source_root",
];

/// Texts that mean something somewhere, and texts that should not.
const TEXTS: [&str; 28] = [
    "",
    "A",
    "B",
    "a",
    "Z",
    "app",
    "app-A",
    "live",
    "$LATEST",
    "auto",
    "hold",
    "declared",
    "cost",
    "latency",
    "arm64",
    "own",
    "async",
    "optimized",
    "reverted",
    "nodejs22.x",
    "python3.13",
    "0123456789ab",
    "(A)@128",
    "(A,B)@512-(C)@128",
    "(A,A)@99999999999999999999",
    "(((((((((",
    "tasks/A",
    "\u{202e}ü\u{0}",
];

const NUMBERS: [&str; 16] = [
    "0",
    "-1",
    "1",
    "0.5",
    "1.5",
    "24",
    "128",
    "1769",
    "10240",
    "4294967296",
    "9223372036854775808",
    "18446744073709551616",
    "1e308",
    "1e-400",
    "-1e1000000000",
    "0.1000000000000000055511151231257827",
];

/// Another request; `None` where it came out as one that is not to be tried.
pub fn changed(random: &mut Random, seeds: &[Request], folder: &Path) -> Option<Request> {
    let mut request = random.of(seeds).clone();
    for _ in 0..=random.below(3) {
        change(random, &mut request, seeds)?;
    }
    let folder = folder.to_str()?;
    let values = request.values.iter().zip(&request.types);
    let mut read = values.filter_map(|(bytes, r#type)| read(bytes, r#type));
    read.all(|value| is_harmless(&value, "", folder))
        .then_some(request)
}

fn change(random: &mut Random, request: &mut Request, seeds: &[Request]) -> Option<()> {
    let other = random.of(seeds).clone();
    let at = random.below(request.values.len().max(1));
    match (random.below(16), request.values.get_mut(at)) {
        (0, _) => request.name = other.name,
        (1, _) => request.version = *random.of(&[-1, 1, 2, i64::MIN, i64::MAX]),
        (2 | 3, _) => request.private = mutated(random, &request.private, &[other.private]),
        (4 | 5, _) => request.text = mutated(random, &request.text, &[other.text]),
        (6, Some(bytes)) => {
            *bytes = other.values.first().cloned().unwrap_or_default();
        }
        (7 | 8, Some(bytes)) => *bytes = mutated(random, bytes, &other.values),
        (_, Some(bytes)) => {
            let mut value = read(bytes, &request.types[at])?;
            for _ in 0..=random.below(3) {
                alter(random, &mut value);
            }
            *bytes = message(&value, &request.types[at]).ok()?.msgpack;
        }
        (_, None) => {}
    }
    Some(())
}

fn read(bytes: &[u8], r#type: &Type) -> Option<Dynamic> {
    let sent = DynamicValue {
        msgpack: bytes.to_vec(),
        ..DynamicValue::default()
    };
    value(&sent, r#type).ok()
}

/// Changes one part of the value, mostly into another of the same kind.
fn alter(random: &mut Random, value: &mut Dynamic) {
    match random.below(24) {
        0 => *value = Dynamic::Null,
        1 => *value = Dynamic::UNKNOWN,
        _ => alter_inside(random, value),
    }
}

fn alter_inside(random: &mut Random, value: &mut Dynamic) {
    match value {
        Dynamic::Mapping(entries) if !entries.is_empty() => {
            let at = random.below(entries.len());
            let key = entries.keys().nth(at).cloned().unwrap_or_default();
            match (random.below(12), entries.get(&key).cloned()) {
                // Of an object this is no value any more, of a map it is another.
                (0, Some(part)) => drop(entries.insert((*random.of(&TEXTS)).to_owned(), part)),
                (1, _) => drop(entries.remove(&key)),
                _ => entries
                    .values_mut()
                    .nth(at)
                    .map_or((), |part| alter(random, part)),
            }
        }
        Dynamic::Sequence(elements) if !elements.is_empty() => {
            let at = random.below(elements.len());
            match random.below(6) {
                0 => drop(elements.remove(at)),
                1 => elements.push(elements[at].clone()),
                _ => alter(random, &mut elements[at]),
            }
        }
        Dynamic::Typed(typed) => alter(random, &mut typed.1),
        Dynamic::Bool(truth) => *truth = !*truth,
        Dynamic::String(text) => {
            let other: &&str = random.of(&TEXTS);
            (*other).clone_into(text);
        }
        other => {
            // What was left out gets something of any kind.
            *other = match random.below(5) {
                0 => Dynamic::Bool(true),
                1 => Dynamic::from(*random.of(&TEXTS)),
                2 => Dynamic::sequence([(*random.of(&TEXTS)).into()]),
                3 => Dynamic::mapping([(*random.of(&TEXTS), Dynamic::from(*random.of(&TEXTS)))]),
                _ => Dynamic::Number(random.of(&NUMBERS).parse::<Number>().expect("a number")),
            };
        }
    }
}

/// Whether every path in it stays in the folder of the test.
fn is_harmless(value: &Dynamic, name: &str, folder: &str) -> bool {
    let stays = |text: &str| text.starts_with(folder) && !text.contains("..");
    let is_read_only = name == "package_path";
    match value {
        Dynamic::Mapping(entries) => entries
            .iter()
            .all(|(name, value)| is_harmless(value, name, folder)),
        Dynamic::Sequence(elements) => elements
            .iter()
            .all(|value| is_harmless(value, name, folder)),
        Dynamic::Typed(typed) => is_harmless(&typed.1, name, folder),
        Dynamic::String(text) if PATHS.contains(&name) => {
            stays(text) || is_read_only && text.starts_with("packages/") && !text.contains("..")
        }
        // A task's name in a package, a folder in `sources`.
        Dynamic::String(text) if name == "root" => !text.contains(['/', '.']) || stays(text),
        _ => true,
    }
}
