//! Tasks on the platform, from `fusionize package` to `fusionize invoke`: what is said of one that
//! answers, throws, times out, or exits.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::support::{Folder, Said, check_said};
use fusion_cloud::functions::{Code, FunctionSpec, create};
use fusion_cloud::{Clients, CloudConfig, Endpoints, StaticCredentials, connect};
use fusion_model::TaskName;
use serde_json::Value;

/// Tasks and their handlers' files.
const TASKS: [(&str, &str); 10] = [
    (
        "answers",
        "exports.handler = async (event) => ({ got: event });",
    ),
    ("broken", "exports.handler =\n  async () => {)"),
    (
        "circular",
        "exports.handler = async () => { const a = {}; a.a = a; return a; };",
    ),
    ("exits", "exports.handler = async () => process.exit(3);"),
    (
        "large",
        "exports.handler = async () => 'x'.repeat((6 << 20) + 99);",
    ),
    (
        "misses",
        "require('absent');\nexports.handler = async () => 1;",
    ),
    (
        "rejects",
        "exports.handler = () => { Promise.reject(new Error('left alone')); return new Promise(() => {}); };",
    ),
    (
        "sleeps",
        "exports.handler = () => new Promise((done) => setTimeout(done, 60000));",
    ),
    (
        "throws",
        "exports.handler = async () => { throw new TypeError('no such order'); };",
    ),
    (
        "throws-text",
        "exports.handler = async () => { throw 'no such order'; };",
    ),
];

fn application() -> Folder {
    let names = TASKS.map(|(task, _)| format!("{task:?}")).join(", ");
    let manifest = format!("application \"odd\" {{\n  entrypoints = [{names}]\n}}\n");
    let folder = Folder::new(&[("fusionize.hcl", manifest.as_str())]);
    for (task, text) in TASKS {
        folder.write(&format!("tasks/{task}/handler.js"), text);
    }
    folder
}

/// `fusionize local`, which ends with the test.
struct Local {
    child: Child,
    ready: Value,
}

impl Local {
    fn start(folder: &Folder) -> Self {
        let mut command = folder.command(&["local", "--json", "--attached"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            child,
            ready: serde_json::from_str(&line).unwrap(),
        }
    }

    fn variable(&self, name: &str) -> String {
        self.ready["environment"][name].as_str().unwrap().to_owned()
    }

    async fn clients(&self) -> Clients {
        let endpoint = Some(self.ready["endpoint"].as_str().unwrap().to_owned());
        let credentials = StaticCredentials {
            access_key: self.variable("AWS_ACCESS_KEY_ID"),
            secret_key: self.variable("AWS_SECRET_ACCESS_KEY"),
            token: None,
        };
        let config = CloudConfig {
            region: Some(self.variable("AWS_REGION")),
            credentials: Some(credentials),
            endpoints: Endpoints {
                lambda: endpoint.clone(),
                cloudwatch: endpoint.clone(),
                sts: endpoint,
            },
            ..CloudConfig::default()
        };
        connect(&config).await.unwrap()
    }

    fn run(&self, folder: &Folder, arguments: &[&str]) -> Said {
        let mut command = folder.command(arguments);
        for (name, value) in self.ready["environment"].as_object().unwrap() {
            command.env(name, value.as_str().unwrap());
        }
        Said::of(&command.output().unwrap())
    }
}

impl Drop for Local {
    /// Its standard input ends, and it ends by itself.
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Packages every task, and creates its function.
async fn deploy(folder: &Folder, clients: &Clients) {
    let groups = TASKS.map(|(task, _)| format!("({task})")).join("-");
    let made = folder.run(&["package", &groups, "--json"]);
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    for package in made["packages"].as_array().unwrap() {
        let task = package["root"].as_str().unwrap();
        let zip = fs::read(folder.path().join(package["path"].as_str().unwrap())).unwrap();
        let spec = FunctionSpec {
            application: "odd".to_owned(),
            task: TaskName::new(task).unwrap(),
            name: format!("odd-{task}"),
            alias: "live".to_owned(),
            role: "arn:aws:iam::000000000000:role/fusionize".to_owned(),
            runtime: "nodejs22.x".to_owned(),
            handler: FunctionSpec::DEFAULT_HANDLER.to_owned(),
            memory_mb: 512,
            // On a busy machine the others need their time.
            timeout_seconds: if task == "sleeps" { 1 } else { 30 },
            label: "fusion 0123456789ab 0".parse().unwrap(),
            environment: [("FUSION_RELEASE".to_owned(), "0123456789ab".to_owned())].into(),
            tags: [].into(),
        };
        create(clients, &spec, &Code::new(zip)).await.unwrap();
    }
}

#[tokio::test]
async fn tasks_that_answer_and_tasks_that_do_not() {
    let folder = application();
    let local = Local::start(&folder);
    assert_eq!(
        local.variable("AWS_DEFAULT_REGION"),
        local.variable("AWS_REGION")
    );
    deploy(&folder, &local.clients().await).await;
    answers(&folder, &local);
    failures(&folder, &local);
    refusals(&folder, &local);
    loads(&folder, &local);
}

fn answers(folder: &Folder, local: &Local) {
    let invoke = |arguments: &[&str]| local.run(folder, &[&["invoke"], arguments].concat());
    check_said("answers", &invoke(&["answers", "--event", "{\"n\": 1.50}"]));
    check_said("queued", &invoke(&["answers", "--async", "--json"]));
}

fn failures(folder: &Folder, local: &Local) {
    for (task, _) in TASKS.iter().filter(|(task, _)| *task != "answers") {
        check_said(task, &local.run(folder, &["invoke", task]));
    }
}

fn refusals(folder: &Folder, local: &Local) {
    let invoke = |arguments: &[&str]| local.run(folder, &[&["invoke"], arguments].concat());
    check_said("no-such-function", &invoke(&["nothing"]));
    check_said("near-function", &invoke(&["anwsers"]));
    check_said("no-such-alias", &invoke(&["answers", "--alias", "other"]));
    // Six megabytes in all, and one byte more.
    for (name, bytes) in [("most", 6 << 20), ("too-large-event", (6 << 20) + 1)] {
        folder.write("event.json", &format!("\"{}\"", "x".repeat(bytes - 2)));
        let said = invoke(&["throws", "--event", "@event.json"]);
        if name == "most" {
            assert_eq!(said.code, 5, "{said:?}");
        } else {
            check_said(name, &said);
        }
    }
    let endpoint = local.ready["endpoint"].as_str().unwrap();
    let stranger = ["invoke", "answers", "--endpoint", endpoint];
    check_said("wrong-key", &folder.run(&stranger));
}

fn loads(folder: &Folder, local: &Local) {
    let load = |task: &str, count: &str| {
        let arguments = ["load", task, "--rate", "50", "--count", count, "--json"];
        let said = local.run(folder, &arguments);
        let report: Value = serde_json::from_str(&said.stdout).unwrap();
        (said, report)
    };
    let (_, report) = load("answers", "20");
    assert_eq!(
        (report["requests"].as_u64(), report["errors"].as_u64()),
        (Some(20), Some(0))
    );
    let (failing, report) = load("throws", "5");
    assert_eq!((failing.code, report["errors"].as_u64()), (5, Some(5)));
    assert_eq!(report["error_messages"]["TypeError: no such order"], 5);
    assert!(
        failing.stderr.contains("5 of 5 requests failed"),
        "{failing:?}"
    );
    let (_, report) = load("sleeps", "3");
    let messages = report["error_messages"].as_object().unwrap();
    assert_eq!(messages.len(), 1, "{messages:?}");
    let (missing, _) = load("anwsers", "2");
    assert_eq!(missing.code, 4);
    assert!(
        missing.stderr.contains("did you mean `answers`?"),
        "{missing:?}"
    );
}
