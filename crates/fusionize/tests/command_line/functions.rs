//! Tasks on the platform, from `fusionize package` to `fusionize invoke`: what is said of one that
//! answers, throws, times out, or exits.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::support::{Folder, Said};
use fusion_cloud::functions::{Code, FunctionSpec, create};
use fusion_cloud::{Clients, CloudConfig, Endpoints, StaticCredentials, connect};
use fusion_model::TaskName;
use serde_json::Value;

const MANIFEST: &str = r#"application "odd" {
  runtime     = "nodejs22.x"
  entrypoints = ["answers", "exits", "sleeps", "throws"]

  task "sleeps" {
    timeout_seconds = 1
  }
}
"#;

fn application() -> Folder {
    let handler = |body: &str| format!("exports.handler = async (event) => {{ {body} }};\n");
    let tasks: String = ["answers", "exits", "throws"]
        .map(|task| format!("  task \"{task}\" {{}}\n"))
        .concat();
    let manifest = MANIFEST.replace("  task \"sleeps\"", &format!("{tasks}  task \"sleeps\""));
    Folder::new(&[
        ("fusionize.hcl", manifest.as_str()),
        (
            "tasks/answers/handler.js",
            &handler("return { got: event };"),
        ),
        ("tasks/exits/handler.js", &handler("process.exit(3);")),
        (
            "tasks/sleeps/handler.js",
            &handler("await new Promise((done) => setTimeout(done, 60000));"),
        ),
        (
            "tasks/throws/handler.js",
            &handler("throw new TypeError('no such order');"),
        ),
    ])
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
    let made = folder.run(&["package", "(answers)-(exits)-(sleeps)-(throws)", "--json"]);
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
            timeout_seconds: 1,
            label: "fusion 0123456789ab 0".parse().unwrap(),
            environment: [("FUSION_RELEASE".to_owned(), "0123456789ab".to_owned())].into(),
            tags: [].into(),
        };
        create(clients, &spec, &Code::new(zip)).await.unwrap();
    }
}

fn check(name: &str, said: &Said) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"RequestId: [0-9a-f-]{36}", "RequestId: ID");
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, said.text()));
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

    check(
        "answers",
        &local.run(&folder, &["invoke", "answers", "--event", "{\"n\": 1.50}"]),
    );
    check("throws", &local.run(&folder, &["invoke", "throws"]));
    check("times-out", &local.run(&folder, &["invoke", "sleeps"]));
    check("exits", &local.run(&folder, &["invoke", "exits"]));
    check(
        "no-such-function",
        &local.run(&folder, &["invoke", "nothing"]),
    );
    check(
        "no-such-alias",
        &local.run(&folder, &["invoke", "answers", "--alias", "other"]),
    );
    check(
        "queued",
        &local.run(&folder, &["invoke", "answers", "--async", "--json"]),
    );
    check(
        "wrong-key",
        &folder.run(&[
            "invoke",
            "answers",
            "--endpoint",
            local.ready["endpoint"].as_str().unwrap(),
        ]),
    );

    let load = ["load", "answers", "--rate", "50", "--count", "20", "--json"];
    let report: Value = serde_json::from_str(&local.run(&folder, &load).stdout).unwrap();
    assert_eq!(
        (report["requests"].as_u64(), report["errors"].as_u64()),
        (Some(20), Some(0))
    );
    let failing = local.run(
        &folder,
        &["load", "throws", "--rate", "50", "--count", "5", "--json"],
    );
    assert_eq!(failing.code, 5);
    assert!(
        failing.stdout.contains("\"TypeError: no such order\":5"),
        "{failing:?}"
    );
    let report: Value = serde_json::from_str(&failing.stdout).unwrap();
    assert_eq!(report["errors"].as_u64(), Some(5));
    let late = ["load", "sleeps", "--rate", "50", "--count", "3", "--json"];
    let report: Value = serde_json::from_str(&local.run(&folder, &late).stdout).unwrap();
    let messages = report["error_messages"].as_object().unwrap();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(
        failing.stderr.contains("5 of 5 requests failed"),
        "{failing:?}"
    );
}
