//! Completion, defaults and the keeping of what was exact.

use super::*;
use crate::dynamic::Refinement;

fn object<const N: usize>(entries: [(&str, Dynamic); N]) -> Dynamic {
    Dynamic::mapping(entries)
}

fn schema() -> Schema {
    let task = || {
        [
            ("source", Attribute::string("").required()),
            ("timeout", Attribute::number("").default(30)),
            ("arn", Attribute::string("").computed()),
        ]
    };
    Schema::new("")
        .attribute("name", Attribute::string("").required())
        .attribute("alias", Attribute::string("").default("live"))
        .attribute("id", Attribute::string("").computed())
        .attribute(
            "tasks",
            Attribute::nested(Nesting::Map, "", task()).optional(),
        )
        .attribute(
            "set",
            Attribute::nested(Nesting::Set, "", task()).optional(),
        )
        .attribute(
            "goal",
            Attribute::nested(
                Nesting::Single,
                "",
                [("weight", Attribute::number("").default(1))],
            )
            .default(Dynamic::mapping::<String>([])),
        )
}

/// What a host proposes: nulls where the configuration has nothing.
fn completed(config: Dynamic) -> Dynamic {
    complete(config, None, &schema().object_type())
}

fn proposed(config: Dynamic, proposed: Dynamic, prior: Option<&Dynamic>) -> Dynamic {
    propose(
        &schema().attributes,
        &completed(config),
        completed(proposed),
        prior,
        Absent::Unknown,
    )
}

#[test]
fn a_creation_has_defaults_and_unknowns() {
    let config = object([
        ("name", "tree".into()),
        ("tasks", object([("A", object([("source", "a".into())]))])),
    ]);
    let wanted = object([
        ("name", "tree".into()),
        ("alias", "live".into()),
        ("id", Dynamic::UNKNOWN),
        (
            "tasks",
            object([(
                "A",
                object([
                    ("source", "a".into()),
                    ("timeout", 30.into()),
                    ("arn", Dynamic::UNKNOWN),
                ]),
            )]),
        ),
        ("set", Dynamic::Null),
        ("goal", object([("weight", 1.into())])),
    ]);
    assert_eq!(proposed(config.clone(), config, None), wanted);
}

#[test]
fn an_update_keeps_what_is_computed_and_knows_nothing_of_new_elements() {
    let a = object([
        ("source", "a".into()),
        ("timeout", 30.into()),
        ("arn", "arn:a".into()),
    ]);
    let prior = completed(object([
        ("name", "tree".into()),
        ("id", "1".into()),
        ("tasks", object([("A", a.clone())])),
    ]));
    let b = object([("source", "b".into())]);
    let tasks = object([("A", object([("source", "a".into())])), ("B", b.clone())]);
    let config = object([("name", "tree".into()), ("tasks", tasks)]);
    let host = object([
        ("name", "tree".into()),
        ("id", "1".into()),
        ("tasks", object([("A", a.clone()), ("B", b)])),
    ]);
    let found = proposed(config, host, Some(&prior));
    let tasks = found.get("tasks").expect("tasks");
    assert_eq!(found.get("id"), Some(&"1".into()));
    assert_eq!(tasks.get("A"), Some(&a));
    assert_eq!(
        tasks.get("B").and_then(|b| b.get("arn")),
        Some(&Dynamic::UNKNOWN)
    );
    assert_eq!(
        tasks.get("B").and_then(|b| b.get("timeout")),
        Some(&30.into())
    );
}

#[test]
fn a_configuration_that_is_unknown_stays_unknown() {
    let config = object([("name", Dynamic::UNKNOWN), ("tasks", Dynamic::UNKNOWN)]);
    let found = proposed(config.clone(), config, None);
    assert_eq!(found.get("name"), Some(&Dynamic::UNKNOWN));
    assert_eq!(found.get("tasks"), Some(&Dynamic::UNKNOWN));
}

#[test]
fn elements_of_sets_get_defaults_too() {
    let set = Dynamic::sequence(["a", "b"].map(|source| object([("source", source.into())])));
    let config = object([("name", "x".into()), ("set", set)]);
    let found = proposed(config.clone(), config, None);
    let Some(Dynamic::Sequence(elements)) = found.get("set") else {
        panic!("no set: {found:?}");
    };
    assert_eq!(elements.len(), 2);
    assert!(
        elements
            .iter()
            .all(|element| element.get("timeout") == Some(&30.into()))
    );
}

#[test]
fn trap_12_05_what_a_type_does_not_name_stays_as_it_was() {
    let r#type = Type::object([
        ("kept", Type::String),
        ("set", Type::Number),
        (
            "parts",
            Type::map(Type::object([("old", Type::Bool), ("new", Type::Bool)])),
        ),
    ]);
    let reference = object([
        ("kept", "as it was".into()),
        ("set", 1.into()),
        (
            "parts",
            object([("x", object([("old", true.into()), ("new", Dynamic::Null)]))]),
        ),
    ]);
    let parts = object([
        ("x", object([("new", false.into())])),
        ("y", object([("new", true.into())])),
    ]);
    let value = object([("set", 2.into()), ("parts", parts)]);
    let wanted = object([
        ("kept", "as it was".into()),
        ("set", 2.into()),
        (
            "parts",
            object([
                ("x", object([("old", true.into()), ("new", false.into())])),
                ("y", object([("old", Dynamic::Null), ("new", true.into())])),
            ]),
        ),
    ]);
    assert_eq!(complete(value, Some(&reference), &r#type), wanted);
}

#[test]
fn trap_12_06_blocks_without_content_are_empty_and_never_null() {
    let inner = || Schema::new("").attribute("x", Attribute::string("").optional());
    let nestings = [
        ("group", BlockNesting::Group),
        ("list", BlockNesting::List),
        ("map", BlockNesting::Map),
        ("set", BlockNesting::Set),
        ("single", BlockNesting::Single),
    ];
    let schema = nestings
        .into_iter()
        .fold(Schema::new(""), |schema, (name, nesting)| {
            schema.block(
                name,
                Block::new(
                    nesting,
                    inner().block("deep", Block::new(BlockNesting::List, inner())),
                ),
            )
        });
    let empty = fill_blocks(object([]), &schema);
    let none = Dynamic::sequence([]);
    let wanted = object([
        (
            "group",
            object([("x", Dynamic::Null), ("deep", none.clone())]),
        ),
        ("list", none.clone()),
        ("map", object([])),
        ("set", none.clone()),
        ("single", Dynamic::Null),
    ]);
    assert_eq!(empty, wanted);
    let filled = fill_blocks(object([("single", object([("x", "y".into())]))]), &schema);
    let single = filled.get("single").expect("the block");
    assert_eq!(single.get("deep"), Some(&none));
}

#[test]
fn trap_12_04_a_number_that_went_through_a_float_is_the_exact_one_again() {
    let exact: Dynamic = Dynamic::Number(
        "0.1000000000000000055511151231257827"
            .parse()
            .expect("a number"),
    );
    assert_eq!(settle(Dynamic::from(0.1), &exact), exact);
    assert_eq!(settle(Dynamic::from(0.2), &exact), Dynamic::from(0.2));
}

#[test]
fn what_is_known_of_an_unknown_value_comes_back() {
    let refinement = Refinement {
        null: Some(false),
        ..Refinement::default()
    };
    let refined = Dynamic::Unknown(Some(Box::new(refinement)));
    let list = Dynamic::sequence([refined.clone()]);
    assert_eq!(settle(Dynamic::sequence([Dynamic::UNKNOWN]), &list), list);
    assert_eq!(
        settle(Dynamic::sequence(["known".into()]), &list),
        Dynamic::sequence(["known".into()])
    );
}

#[test]
fn a_dynamic_value_keeps_its_type() {
    let list = (Type::list(Type::String), Dynamic::sequence(["a".into()]));
    let typed = Dynamic::Typed(Box::new(list));
    assert_eq!(settle(Dynamic::sequence(["a".into()]), &typed), typed);
    assert_eq!(settle(Dynamic::from("a"), &typed), Dynamic::from("a"));
}

#[test]
fn the_first_unknown_part_is_named() {
    let value = object([
        ("a", 1.into()),
        ("b", Dynamic::sequence([2.into(), Dynamic::UNKNOWN])),
    ]);
    assert_eq!(
        first_unknown(&value)
            .map(|path| path.to_string())
            .as_deref(),
        Some("b[1]")
    );
    assert_eq!(first_unknown(&unknown_as_null(value)), None);
}
