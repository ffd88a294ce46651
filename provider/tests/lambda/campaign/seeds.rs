//! Right requests: each resource through its life, each data source, each function.

use fusion_provider::provider::Fusion;
use serde_json::json;
use tfplugin::proto::tfplugin6::DynamicValue;
use tfplugin::testing::{InProcess, value};
use tfplugin::{Dynamic, Provider, Schema, Type};

use super::request::{Request, Rpc};
use crate::asking::{applied, arguments};
use crate::world::{APPLICATION, World};

/// All of them.
pub async fn seeds(world: &World, config: &Dynamic, client: &mut InProcess) -> Vec<Request> {
    let provider = Fusion.schema().object_type();
    let mut seeds = vec![
        Request::configure(config),
        Request::new(Rpc::ValidateProvider, "", &provider, [config]),
    ];
    for resource in Fusion.resources() {
        let life = Life {
            name: resource.name(),
            r#type: resource.schema().object_type(),
        };
        let config = arguments(world, life.name);
        seeds.extend(life.seeds(&config, Vec::new(), client).await);
        if life.name == "fusion_setup" {
            for config in [setup(false), setup(true)] {
                seeds.extend(life.seeds(&config, evidence(), client).await);
            }
        }
    }
    seeds.extend(data_sources(world));
    seeds.extend(functions());
    seeds
}

struct Life {
    name: &'static str,
    r#type: Type,
}

impl Life {
    fn request<const N: usize>(&self, rpc: Rpc, values: [&Dynamic; N]) -> Request {
        Request::new(rpc, self.name, &self.r#type, values)
    }

    /// Planned, created, refreshed, changed, deleted, imported, read from a state.
    async fn seeds(
        &self,
        config: &Dynamic,
        private: Vec<u8>,
        client: &mut InProcess,
    ) -> Vec<Request> {
        let nothing = Dynamic::Null;
        let create = self.request(Rpc::Plan, [&nothing, config, config]);
        let answer = create.send(client).await.expect("answered");
        assert_eq!(answer.messages, Vec::<String>::new(), "{}", self.name);
        let planned = self.read(&answer.state.expect("a plan"));
        let state = applied(planned.clone());
        let private = if private.is_empty() {
            answer.private
        } else {
            private
        };
        let with_private = |request: Request| Request {
            private: private.clone(),
            ..request
        };
        let text = |rpc, text: &str| Request {
            text: text.as_bytes().to_vec(),
            ..self.request(rpc, [])
        };
        let stored = serde_json::to_string(&state).expect("JSON");
        vec![
            self.request(Rpc::ValidateResource, [config]),
            create,
            with_private(self.request(Rpc::Apply, [&nothing, &planned, config])),
            with_private(self.request(Rpc::Read, [&state])),
            with_private(self.request(Rpc::Plan, [&state, &state, config])),
            with_private(self.request(Rpc::Plan, [&state, &state, config])),
            with_private(self.request(Rpc::Apply, [&state, &planned, config])),
            with_private(self.request(Rpc::Apply, [&state, &nothing, &nothing])),
            text(Rpc::Import, "app-A:live"),
            text(Rpc::Import, APPLICATION),
            text(Rpc::Upgrade, &stored),
        ]
    }

    fn read(&self, state: &DynamicValue) -> Dynamic {
        value(state, &self.r#type).expect("of the type")
    }
}

/// An object with every attribute that is not given null.
fn object<const N: usize>(schema: &Schema, given: [(&str, Dynamic); N]) -> Dynamic {
    let absent = schema.attributes.keys();
    let absent = absent.map(|name| (name.clone(), Dynamic::Null));
    let given = given.map(|(name, value)| (name.to_owned(), value));
    Dynamic::mapping(absent.chain(given))
}

/// A setup of three tasks that call one another, with an argument of every kind where `full`.
fn setup(full: bool) -> Dynamic {
    let resources = Fusion.resources();
    let found = resources.iter().find(|one| one.name() == "fusion_setup");
    let schema = found.expect("the setup").schema().clone();
    let texts = |texts: &[&str]| Dynamic::sequence(texts.iter().map(|text| Dynamic::from(*text)));
    let task = |entrypoint: bool, callees: &[&str]| {
        let call = |task: &&str| {
            Dynamic::mapping([("task", Dynamic::from(*task)), ("mode", Dynamic::Null)])
        };
        Dynamic::mapping([
            ("entrypoint", Dynamic::from(entrypoint)),
            ("source_sha256", "a".repeat(64).into()),
            ("runtime", "nodejs22.x".into()),
            ("source_bytes", 1_000_000.into()),
            ("permissions", texts(&["p"])),
            ("calls", Dynamic::sequence(callees.iter().map(call))),
        ])
    };
    let tasks = [
        ("A", task(true, &["B", "C"])),
        ("B", task(false, &["C"])),
        ("C", task(false, &[])),
    ];
    let some = |value: Dynamic| if full { value } else { Dynamic::Null };
    object(
        &schema,
        [
            ("application", APPLICATION.into()),
            ("tasks", Dynamic::mapping(tasks)),
            ("fusion_runtime_sha256", "f".repeat(64).into()),
            ("inline_async", some(true.into())),
            ("initial", some("declared".into())),
            (
                "memory_sizes_mb",
                some(Dynamic::sequence([128.into(), 512.into()])),
            ),
            ("together", some(Dynamic::sequence([texts(&["A", "B"])]))),
            ("apart", some(Dynamic::sequence([texts(&["B", "C"])]))),
            (
                "objective",
                some(Dynamic::mapping([
                    ("minimize", Dynamic::from("cost")),
                    ("max_latency_p95_ms", 500.into()),
                ])),
            ),
            (
                "observation",
                some(Dynamic::mapping([("min_requests", Dynamic::from(1))])),
            ),
            (
                "pricing",
                some(Dynamic::mapping([("architecture", Dynamic::from("arm64"))])),
            ),
            ("telemetry_budget", some(Dynamic::from(0.5))),
        ],
    )
}

/// Private data of a setup of which enough was measured for a decision.
fn evidence() -> Vec<u8> {
    let spread = |mean: f64| json!({"n": 1000.0, "m": mean, "e": mean / 100.0});
    let call = json!({"sync": {"n": 1000.0, "r": 1.0, "w": 1.0, "o": spread(20.0), "a": 128}});
    let task = |mean: f64, calls: serde_json::Value| {
        let figures = json!({"s": spread(mean), "c": mean / 2.0, "d": 0.1, "p": 1.1});
        json!({"h": "a".repeat(12), "m": {"128": figures}, "c": calls})
    };
    let function = |called: f64, requests: Option<serde_json::Value>| {
        json!({"n": 1000.0, "i": 1000.0, "k": 10.0, "d": 200.0, "u": 80.0, "b": 1.0,
            "c": called, "q": requests, "w": [1000.0, 1000.0]})
    };
    let requests = json!({"l": spread(300.0), "5": 290.0, "9": 400.0});
    let setup = json!({"g": "(A)@128-(B)@128-(C)@128", "p": "initial", "h": "a".repeat(12),
        "n": 1000.0, "l": 1000.0, "t": spread(300.0), "c": spread(40.0), "i": 4.0,
        "f": {"A": ["0123456789ab", spread(100.0)]}});
    let private = json!({
        "setup_id": "0123456789ab",
        "applied_epoch_s": 1000,
        "evidence": {
            "t": {
                "A": task(50.0, json!({"B": call, "C": call})),
                "B": task(100.0, json!({"C": call})),
                "C": task(20.0, json!({})),
            },
            "f": {
                "A": function(0.0, Some(requests)),
                "B": function(1000.0, None),
                "C": function(2000.0, None),
            },
            "s": {"1": setup},
        },
        "astray": {},
        "basis_sha256": "0123456789ab",
    });
    private.to_string().into_bytes()
}

fn data_sources(world: &World) -> Vec<Request> {
    let path = |path: &str| Dynamic::from(world.path(path).display().to_string());
    let task = Dynamic::mapping([
        ("source", Dynamic::from("tasks/A")),
        ("handler", Dynamic::from("handler.handler")),
        ("runtime", Dynamic::from("nodejs22.x")),
    ]);
    let mut seeds = Vec::new();
    for source in Fusion.data_sources() {
        let schema = source.schema();
        let config = match source.name() {
            "fusion_sources" => object(
                schema,
                [
                    ("root", path("app")),
                    ("runtime_path", path("runtime")),
                    ("tasks", Dynamic::mapping([("A", task.clone())])),
                ],
            ),
            "fusion_status" => {
                let setup = serde_json::to_string(&setup(true)).expect("JSON");
                let given = [("application", APPLICATION.into()), ("setup", setup.into())];
                object(schema, given)
            }
            other => panic!("`{other}` has no arguments here"),
        };
        for rpc in [Rpc::ValidateData, Rpc::ReadData] {
            let r#type = schema.object_type();
            seeds.push(Request::new(rpc, source.name(), &r#type, [&config]));
        }
    }
    seeds
}

fn functions() -> Vec<Request> {
    let group = Dynamic::mapping([
        ("tasks", Dynamic::sequence(["A".into(), "B".into()])),
        ("memory_mb", 128.into()),
        ("active", true.into()),
    ]);
    let mut seeds = Vec::new();
    for function in Fusion.functions() {
        let argument = match function.name() {
            "notation" => Dynamic::mapping([("A", group.clone())]),
            "parse_notation" => "(A,B)@512-(C)@128".into(),
            other => panic!("`{other}` has no arguments here"),
        };
        let r#type = &function.signature().parameters[0].r#type;
        seeds.push(Request::new(
            Rpc::Call,
            function.name(),
            r#type,
            [&argument],
        ));
    }
    seeds
}
