//! A provider that does everything wrong on demand, for the tests that play its host.
//!
//! The `behaviour` of a thing says what its operations do. Without one it behaves.

use serde::{Deserialize, Serialize};
use std::process::ExitCode;
use std::time::Duration;
use tfplugin::{
    AnyDataSource, AnyFunction, AnyResource, Attribute, Block, BlockNesting, CreateRequest, Cx,
    DataSource, Diagnostic, Diagnostics, Dynamic, Function, FunctionError, Host, Parameter,
    PlanRequest, Planned, Provider, Resource, Schema, Signature, Stored, Type, UpdateRequest,
    Value,
};

#[tokio::main]
async fn main() -> ExitCode {
    if let Some(address) = std::env::args().nth(1) {
        return tfplugin::serve_reattachable(Lab, &[&address]).await;
    }
    tfplugin::serve(Lab).await
}

struct Lab;

#[derive(Deserialize)]
struct LabConfig {
    setting: Value<String>,
}

impl Provider for Lab {
    type Config = LabConfig;
    type Context = ();

    fn schema(&self) -> Schema {
        Schema::new("Experiments.").attribute(
            "setting",
            Attribute::string(
                "Unknown: no context. `none`: an error. `half`: a context and an error.",
            )
            .default("some"),
        )
    }

    async fn configure(
        &self,
        config: LabConfig,
        host: Host,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<()>, Diagnostic> {
        if config.setting.as_str() == Some("none") {
            return Err(Diagnostic::error("No setting", "Choose one.").at("setting"));
        }
        if config.setting.as_str() == Some("half") {
            diagnostics.error("setting", "Half a setting", "Choose a whole one.");
        }
        diagnostics.warning(
            "setting",
            "Configured",
            format!("By a host {}.", host.version),
        );
        Ok(config.setting.into_known().map(|_| ()))
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<()>>> {
        vec![tfplugin::resource(Thing)]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<()>>> {
        vec![tfplugin::data_source(Look)]
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![tfplugin::function(Echo)]
    }
}

/// A thing whose operations do what its `behaviour` says.
struct Thing;

/// Names neither `forgotten` nor the block, as a careless author might.
#[derive(Clone, Serialize, Deserialize)]
struct ThingState {
    name: Value<String>,
    behaviour: Value<String>,
    share: Value<f64>,
    tags: Value<Vec<String>>,
    any: Dynamic,
    id: Value<String>,
}

type StoredThing = Stored<ThingState, u64>;

impl ThingState {
    fn behaves(&self, how: &str) -> bool {
        self.behaviour.as_str() == Some(how)
    }
}

impl Resource for Thing {
    type Context = ();
    type State = ThingState;
    type Private = u64;
    const NAME: &'static str = "lab_thing";

    fn schema(&self) -> Schema {
        let part = Schema::new("A part.").attribute("size", Attribute::number("Its size."));
        Schema::new("A thing.")
            .version(2)
            .attribute("name", Attribute::string("Its name.").required())
            .attribute("behaviour", Attribute::string("What goes wrong."))
            .attribute("share", Attribute::number("Its share."))
            .attribute("tags", Attribute::new(Type::set(Type::String), "Its tags."))
            .attribute("any", Attribute::new(Type::Dynamic, "Anything."))
            .attribute(
                "forgotten",
                Attribute::string("Not in its type.").default("kept"),
            )
            .attribute("id", Attribute::string("Its id.").computed())
            .block("part", Block::new(BlockNesting::List, part))
    }

    async fn validate(&self, config: ThingState, diagnostics: &mut Diagnostics) {
        assert!(!config.behaves("panic in validate"), "validated");
        if let Value::Known(name) = &config.name {
            let detail = format!("The name has {} bytes.", name.len());
            diagnostics.warning("name", "Measured", detail);
        }
    }

    async fn read(
        &self,
        _cx: Cx<'_, ()>,
        current: StoredThing,
        _diagnostics: &mut Diagnostics,
    ) -> Result<Option<StoredThing>, Diagnostic> {
        assert!(!current.state.behaves("panic in read"), "looked");
        if current.state.behaves("fail in read") {
            return Err(Diagnostic::error("Unreachable", "Try later."));
        }
        Ok((!current.state.behaves("gone")).then_some(current))
    }

    async fn plan(
        &self,
        _cx: Option<Cx<'_, ()>>,
        request: PlanRequest<ThingState, u64>,
        _diagnostics: &mut Diagnostics,
    ) -> Result<Planned<ThingState, u64>, Diagnostic> {
        let mut planned = Planned::new(request.proposed, request.private + 1);
        planned.requires_replace.push("name".into());
        Ok(planned)
    }

    async fn create(
        &self,
        cx: Cx<'_, ()>,
        request: CreateRequest<ThingState, u64>,
        diagnostics: &mut Diagnostics,
    ) -> Result<StoredThing, Diagnostic> {
        let mut state = request.planned;
        let behaviour = state.behaviour.as_str().unwrap_or_default().to_owned();
        match behaviour.split_once(' ').unwrap_or((&behaviour, "")) {
            ("panic", _) => panic!("created"),
            ("fail", _) => return Err(Diagnostic::error("Refused", "As asked.").at("behaviour")),
            ("half", _) => diagnostics.error("behaviour", "Half made", "As asked."),
            ("wait", _) => cx.stopping.cancelled().await,
            ("go", _) if cx.stopping.is_cancelled() => {
                return Err(Diagnostic::error("Stopped", "Before it began."));
            }
            ("linger", file) => {
                std::fs::write(file, "begun").expect("writable");
                tokio::time::sleep(Duration::from_millis(700)).await;
                std::fs::write(file, "finished").expect("writable");
            }
            ("hang", file) => {
                std::fs::write(file, "begun").expect("writable");
                std::future::pending::<()>().await;
            }
            ("forget", _) => return Ok(Stored { state, private: 0 }),
            _ => {}
        }
        state.id = Value::from("made");
        Ok(Stored {
            state,
            private: request.private,
        })
    }

    async fn update(
        &self,
        _cx: Cx<'_, ()>,
        request: UpdateRequest<ThingState, u64>,
        _diagnostics: &mut Diagnostics,
    ) -> Result<StoredThing, Diagnostic> {
        assert!(!request.planned.behaves("panic"), "updated");
        Ok(Stored {
            state: request.planned,
            private: request.private,
        })
    }

    async fn delete(
        &self,
        _cx: Cx<'_, ()>,
        prior: StoredThing,
        _diagnostics: &mut Diagnostics,
    ) -> Result<(), Diagnostic> {
        if prior.state.behaves("fail") {
            return Err(Diagnostic::error("Not deleted", "As asked."));
        }
        Ok(())
    }

    fn upgrade(
        &self,
        version: i64,
        mut state: serde_json::Value,
    ) -> Result<serde_json::Value, Diagnostic> {
        if let Some(fields) = state.as_object_mut() {
            fields.insert(
                "forgotten".to_owned(),
                format!("from version {version}").into(),
            );
        }
        Ok(state)
    }
}

/// A look at something; its `name` says what goes wrong.
struct Look;

#[derive(Serialize, Deserialize)]
struct LookState {
    name: Value<String>,
    depth: Value<u64>,
    found: Value<String>,
}

impl DataSource for Look {
    type Context = ();
    type State = LookState;
    const NAME: &'static str = "lab_look";

    fn schema(&self) -> Schema {
        Schema::new("A look.")
            .attribute("name", Attribute::string("At what.").required())
            .attribute("depth", Attribute::number("How deep.").default(3))
            .attribute("found", Attribute::string("What is there.").computed())
    }

    async fn validate(&self, config: LookState, diagnostics: &mut Diagnostics) {
        if config.depth == Value::Known(0) {
            diagnostics.error("depth", "Too shallow", "Look deeper.");
        }
    }

    async fn read(
        &self,
        cx: Option<Cx<'_, ()>>,
        config: LookState,
        _diagnostics: &mut Diagnostics,
    ) -> Result<LookState, Diagnostic> {
        if config.name.as_str() != Some("here") {
            Cx::known(cx, Self::NAME)?;
        }
        let found = match (config.name.as_str(), &config.depth) {
            (Some("fail"), _) => return Err(Diagnostic::error("Nothing there", "As asked.")),
            (Some("panic"), _) => panic!("looked"),
            (Some("forget"), _) => Value::Unknown,
            (Some(name), Value::Known(depth)) => Value::Known(format!("{name} at {depth}")),
            _ => Value::Null,
        };
        Ok(LookState { found, ..config })
    }
}

/// Gives back what it got.
struct Echo;

impl Function for Echo {
    type Arguments = (Value<String>,);
    type Output = Value<String>;
    const NAME: &'static str = "echo";

    fn signature(&self) -> Signature {
        let text = Parameter::new("text", Type::String, "What to say.").nullable();
        Signature::new(
            "Gives back what it got.",
            [text.unknown_allowed()],
            Type::String,
        )
    }

    fn call(&self, (text,): Self::Arguments) -> Result<Value<String>, FunctionError> {
        match text.as_str() {
            Some("fail") => Err(FunctionError::at(0, "As asked.")),
            Some("panic") => panic!("echoed"),
            _ => Ok(text),
        }
    }
}
