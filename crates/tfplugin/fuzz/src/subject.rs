//! The provider that is asked: every kind of attribute and block, and code that does no harm.

use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use tfplugin::proto::tfplugin6::{DynamicValue, configure_provider};
use tfplugin::testing::{InProcess, in_process, message};
use tfplugin::{
    AnyDataSource, AnyFunction, AnyResource, Attribute, Block, BlockNesting, CreateRequest, Cx,
    DataSource, Diagnostic, Diagnostics, Dynamic, Function, FunctionError, Host, Nesting,
    Parameter, Provider, Resource, Schema, Signature, Stored, Type, UpdateRequest, Value,
};
use tokio::runtime::Runtime;

/// The resource whose Rust type is a map of anything.
pub const LOOSE: &str = "subject_loose";
/// The resource whose Rust type is a struct.
pub const STRICT: &str = "subject_strict";
/// The data source.
pub const LOOK: &str = "subject_look";
/// The function.
pub const ECHO: &str = "echo";

/// Asks the provider; each thread has one of its own.
pub fn ask<T>(question: impl AsyncFnOnce(InProcess) -> T) -> T {
    thread_local! {
        static SUBJECT: OnceCell<(Runtime, InProcess)> = const { OnceCell::new() };
    }
    SUBJECT.with(|subject| {
        let (runtime, client) = subject.get_or_init(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            (runtime.expect("a runtime"), in_process(Subject))
        });
        runtime.block_on(question(client.clone()))
    })
}

/// Configures the provider with nothing but a name.
pub async fn configured(client: &mut InProcess) {
    let request = configure_provider::Request {
        config: Some(seed(&Subject.schema(), [("name", "it".into())])),
        ..Default::default()
    };
    let answer = client.configure_provider(request).await;
    let diagnostics = answer.expect("answered").into_inner().diagnostics;
    assert_eq!(diagnostics, []);
}

/// The schema of a resource.
pub fn schema(type_name: &str) -> Schema {
    if type_name == STRICT {
        Strict.schema()
    } else {
        Loose.schema()
    }
}

/// The type of a resource's objects.
pub fn object_type(type_name: &str) -> Type {
    schema(type_name).object_type()
}

/// An object of the schema with these attributes, as a message.
pub fn seed<const N: usize>(schema: &Schema, given: [(&str, Dynamic); N]) -> DynamicValue {
    let mut object = Dynamic::mapping(given);
    if let Dynamic::Mapping(entries) = &mut object {
        for (name, block) in &schema.blocks {
            let nothing = match block.nesting {
                BlockNesting::Single => Dynamic::Null,
                BlockNesting::Group => Dynamic::mapping([("size", Dynamic::Null)]),
                BlockNesting::List | BlockNesting::Set => Dynamic::sequence([]),
                BlockNesting::Map => Dynamic::mapping::<String>([]),
            };
            entries.entry(name.clone()).or_insert(nothing);
        }
    }
    message(&object, &schema.object_type()).expect("of the type")
}

/// The provider.
pub struct Subject;

/// Anything, by attribute.
type Anything = BTreeMap<String, Dynamic>;

impl Provider for Subject {
    type Config = Anything;
    type Context = ();

    fn schema(&self) -> Schema {
        attributes(Schema::new("Anything."))
    }

    async fn configure(
        &self,
        _config: Anything,
        _host: Host,
        _diagnostics: &mut Diagnostics,
    ) -> Result<Option<()>, Diagnostic> {
        Ok(Some(()))
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<()>>> {
        vec![tfplugin::resource(Loose), tfplugin::resource(Strict)]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<()>>> {
        vec![tfplugin::data_source(Look)]
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![tfplugin::function(Echo)]
    }
}

/// Attributes and blocks of every kind.
fn attributes(schema: Schema) -> Schema {
    let object = || {
        [
            ("key", Attribute::string("").required()),
            ("size", Attribute::number("").default(128)),
            ("told", Attribute::string("").computed()),
            (
                "words",
                Attribute::new(Type::set(Type::String), "").optional(),
            ),
        ]
    };
    let nested = |nesting| Attribute::nested(nesting, "", object()).optional_computed();
    let part = || Schema::new("").attribute("size", Attribute::number(""));
    let pair = Type::Tuple(vec![Type::String, Type::Dynamic]);
    schema
        .attribute("name", Attribute::string("").required())
        .attribute("flag", Attribute::bool(""))
        .attribute("share", Attribute::number("").default(0.5))
        .attribute("id", Attribute::string("").computed())
        .attribute("any", Attribute::new(Type::Dynamic, ""))
        .attribute("pair", Attribute::new(pair, ""))
        .attribute("tags", Attribute::new(Type::set(Type::Dynamic), ""))
        .attribute("one", nested(Nesting::Single))
        .attribute("list", nested(Nesting::List))
        .attribute("set", nested(Nesting::Set))
        .attribute("map", nested(Nesting::Map))
        .block("b_one", Block::new(BlockNesting::Single, part()))
        .block("b_group", Block::new(BlockNesting::Group, part()))
        .block("b_list", Block::new(BlockNesting::List, part()))
        .block("b_set", Block::new(BlockNesting::Set, part()))
        .block("b_map", Block::new(BlockNesting::Map, part()))
}

/// What an apply finds out: nothing.
fn known(value: Dynamic) -> Dynamic {
    match value {
        Dynamic::Unknown(_) => Dynamic::Null,
        Dynamic::Sequence(elements) => Dynamic::sequence(elements.into_iter().map(known)),
        Dynamic::Mapping(entries) => Dynamic::mapping(
            entries
                .into_iter()
                .map(|(name, value)| (name, known(value))),
        ),
        Dynamic::Typed(typed) => Dynamic::Typed(Box::new((typed.0, known(typed.1)))),
        value => value,
    }
}

/// What is common to both resources: they keep what they are given.
macro_rules! keeps {
    ($applied:expr) => {
        async fn read(
            &self,
            _cx: Cx<'_, ()>,
            current: Stored<Self::State, Self::Private>,
            _diagnostics: &mut Diagnostics,
        ) -> Result<Option<Stored<Self::State, Self::Private>>, Diagnostic> {
            Ok(Some(current))
        }

        async fn create(
            &self,
            _cx: Cx<'_, ()>,
            request: CreateRequest<Self::State, Self::Private>,
            _diagnostics: &mut Diagnostics,
        ) -> Result<Stored<Self::State, Self::Private>, Diagnostic> {
            Ok(Stored {
                state: $applied(request.planned),
                private: request.private,
            })
        }

        async fn update(
            &self,
            _cx: Cx<'_, ()>,
            request: UpdateRequest<Self::State, Self::Private>,
            _diagnostics: &mut Diagnostics,
        ) -> Result<Stored<Self::State, Self::Private>, Diagnostic> {
            Ok(Stored {
                state: $applied(request.planned),
                private: request.private,
            })
        }

        async fn delete(
            &self,
            _cx: Cx<'_, ()>,
            _prior: Stored<Self::State, Self::Private>,
            _diagnostics: &mut Diagnostics,
        ) -> Result<(), Diagnostic> {
            Ok(())
        }
    };
}

struct Loose;

impl Resource for Loose {
    type Context = ();
    type State = Anything;
    type Private = Option<serde_json::Value>;
    const NAME: &'static str = LOOSE;

    fn schema(&self) -> Schema {
        attributes(Schema::new("Anything.")).version(2)
    }

    fn upgrade(
        &self,
        _version: i64,
        state: serde_json::Value,
    ) -> Result<serde_json::Value, Diagnostic> {
        Ok(state)
    }

    keeps!(|planned: Anything| planned
        .into_iter()
        .map(|(name, value)| (name, known(value)))
        .collect());
}

struct Strict;

/// Rust's own types, which hold less than the hosts'.
#[derive(Serialize, Deserialize)]
struct StrictState {
    name: Value<String>,
    size: Value<u32>,
    share: Option<f64>,
    tags: Value<Vec<Option<String>>>,
    inner: Value<BTreeMap<String, Inner>>,
    any: Dynamic,
    id: Value<String>,
}

#[derive(Serialize, Deserialize)]
struct Inner {
    mode: Mode,
    offset: Value<i8>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Fast,
    Slow,
}

impl Resource for Strict {
    type Context = ();
    type State = StrictState;
    type Private = u64;
    const NAME: &'static str = STRICT;

    fn schema(&self) -> Schema {
        let inner = [
            ("mode", Attribute::string("").required()),
            ("offset", Attribute::number("").default(1)),
        ];
        Schema::new("A struct.")
            .attribute("name", Attribute::string("").required())
            .attribute("size", Attribute::number(""))
            .attribute("share", Attribute::number(""))
            .attribute("tags", Attribute::new(Type::set(Type::String), ""))
            .attribute("inner", Attribute::nested(Nesting::Map, "", inner))
            .attribute("any", Attribute::new(Type::Dynamic, ""))
            .attribute("id", Attribute::string("").computed())
    }

    keeps!(|planned: StrictState| StrictState {
        name: planned.name.into_known().into(),
        size: planned.size.into_known().into(),
        tags: planned.tags.into_known().into(),
        inner: planned.inner.into_known().map(settled).into(),
        any: known(planned.any),
        id: planned.id.into_known().into(),
        ..planned
    });
}

fn settled(inner: BTreeMap<String, Inner>) -> BTreeMap<String, Inner> {
    let settle = |(key, inner): (String, Inner)| {
        let offset = inner.offset.into_known().into();
        (key, Inner { offset, ..inner })
    };
    inner.into_iter().map(settle).collect()
}

struct Look;

impl DataSource for Look {
    type Context = ();
    type State = Anything;
    const NAME: &'static str = LOOK;

    fn schema(&self) -> Schema {
        attributes(Schema::new("Anything."))
    }

    async fn read(
        &self,
        _cx: Option<Cx<'_, ()>>,
        config: Anything,
        _diagnostics: &mut Diagnostics,
    ) -> Result<Anything, Diagnostic> {
        Ok(config
            .into_iter()
            .map(|(name, value)| (name, known(value)))
            .collect())
    }
}

struct Echo;

impl Function for Echo {
    type Arguments = (Dynamic, Vec<Value<f64>>);
    type Output = Dynamic;
    const NAME: &'static str = ECHO;

    fn signature(&self) -> Signature {
        let parameter = |name: &str, r#type| {
            let parameter = Parameter::new(name, r#type, "Anything.");
            parameter.nullable().unknown_allowed()
        };
        Signature::new(
            "Gives back what it got.",
            [parameter("any", Type::Dynamic)],
            Type::Dynamic,
        )
        .variadic(parameter("numbers", Type::Number))
    }

    fn call(&self, (any, _): Self::Arguments) -> Result<Dynamic, FunctionError> {
        Ok(any)
    }
}
