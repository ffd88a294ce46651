//! What is said of requests that reach no function: events, endpoints, credentials, arguments.

use std::io::{Read, Write};

use crate::support::{MANIFEST, Said, check, check_said, shop};

#[test]
fn events_that_are_not_json() {
    let folder = shop(MANIFEST);
    check(
        "event-not-json",
        &folder,
        &["invoke", "buy", "--event", "{name: 1}"],
    );
    check("event-empty", &folder, &["invoke", "buy", "--event", ""]);
    check(
        "event-file-missing",
        &folder,
        &["invoke", "buy", "--event", "@event.json"],
    );
    folder.write("event.json", "{\n  \"a\": 1,\n}\n");
    check(
        "event-file-not-json",
        &folder,
        &["invoke", "buy", "--event", "@event.json"],
    );
}

#[test]
fn an_application_with_an_alias_of_its_own() {
    let folder = shop(&MANIFEST.replace("runtime ", "alias = \"prod\"\n  runtime "));
    for command in [
        &["invoke", "buy"][..],
        &["load", "buy", "--rate", "9", "--count", "1"],
    ] {
        let mut command = folder.command(command);
        command
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        let said = Said::of(&command.output().unwrap());
        assert!(said.text().contains("`shop-buy:prod`"), "{said:?}");
    }
}

#[test]
fn an_application_that_cannot_be_read() {
    let folder = shop(&MANIFEST.replace("[\"pay\"]", "[\"pai\"]"));
    check(
        "unreadable-around",
        &folder,
        &["invoke", "buy", "--endpoint", "http://127.0.0.1:9"],
    );
}

#[test]
fn nobody_has_credentials() {
    let folder = shop(MANIFEST);
    let mut command = folder.command(&["invoke", "buy", "--endpoint", "http://127.0.0.1:9"]);
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    check_said("no-credentials", &Said::of(&command.output().unwrap()));
}

#[test]
fn a_machine_whose_metadata_are_forbidden() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // Ends with the process.
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(
                b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            );
        }
    });
    let folder = shop(MANIFEST);
    let mut command = folder.command(&["invoke", "buy", "--endpoint", "http://127.0.0.1:9"]);
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url);
    check_said("metadata-forbidden", &Said::of(&command.output().unwrap()));
}

#[test]
fn nobody_names_a_region() {
    let folder = shop(MANIFEST);
    let mut command = folder.command(&["invoke", "buy", "--endpoint", "http://127.0.0.1:9"]);
    command
        .env_remove("AWS_REGION")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    check_said("no-region", &Said::of(&command.output().unwrap()));
}

#[test]
fn an_endpoint_without_a_scheme() {
    let folder = shop(MANIFEST);
    check(
        "endpoint-scheme",
        &folder,
        &["invoke", "buy", "--endpoint", "localhost:9000"],
    );
    let mut command = folder.command(&["load", "buy", "--rate", "9", "--count", "1"]);
    command.env("AWS_ENDPOINT_URL", "ws://localhost:9000");
    check_said("endpoint-variable", &Said::of(&command.output().unwrap()));
}

/// An address of this machine at which nobody listens.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn an_endpoint_that_nobody_serves() {
    let url = nobody();
    let folder = shop(MANIFEST);
    check(
        "unreachable",
        &folder,
        &["invoke", "buy", "--endpoint", &url],
    );
    check(
        "unreachable-json",
        &folder,
        &["invoke", "buy", "--endpoint", &url, "--json"],
    );
}

#[test]
fn a_load_on_an_endpoint_that_nobody_serves() {
    let url = nobody();
    let folder = shop(MANIFEST);
    let load = [
        "load",
        "buy",
        "--rate",
        "50",
        "--count",
        "3",
        "--endpoint",
        &url,
    ];
    let said = folder.run(&load);
    // The report holds times.
    let said = Said {
        stdout: String::new(),
        ..said
    };
    check_said("load-unreachable", &said);
}

#[test]
fn arguments_that_do_not_fit() {
    let folder = shop(MANIFEST);
    check("load-without-end", &folder, &["load", "buy", "--rate", "2"]);
    check(
        "load-rate",
        &folder,
        &["load", "buy", "--rate", "0", "--count", "1"],
    );
    for rate in ["1e-300", "NaN", "inf", "fast"] {
        let load = ["load", "buy", "--rate", rate, "--count", "2"];
        assert_eq!(folder.run(&load).code, 2, "{rate}");
    }
    check(
        "load-json",
        &folder,
        &["load", "buy", "--rate", "2", "--json"],
    );
}
