//! When the process ends, and what it finishes first.

mod support;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::Path;
use std::time::Duration;
use support::values::{Thing, create, summaries};
use support::{Connection, Process, connect};
use tfplugin::proto::plugin::Empty;
use tfplugin::proto::plugin::grpc_broker_client::GrpcBrokerClient;
use tfplugin::proto::plugin::grpc_stdio_client::GrpcStdioClient;
use tfplugin::proto::tfplugin6::{configure_provider, get_metadata, stop_provider};
use tokio::task::JoinHandle;

/// Long enough for a busy machine; nothing waits for it but a test that fails.
const SOON: Duration = Duration::from_secs(30);

async fn configured(process: &Process) -> Connection {
    let mut host = connect(process, None).await.expect("connected");
    let config = support::values::value(b"\x81\xa7setting\xc0");
    let request = configure_provider::Request {
        config,
        ..Default::default()
    };
    host.provider
        .configure_provider(request)
        .await
        .expect("configured");
    host
}

/// A creation that has begun, of a thing that says so in the file.
async fn begun(behaviour: &str, host: &Connection, file: &Path) -> JoinHandle<()> {
    let request = create(&Thing::new(&format!("{behaviour} {}", file.display())));
    let mut provider = host.provider.clone();
    let call = tokio::spawn(async move { drop(provider.apply_resource_change(request).await) });
    while !file.exists() {
        assert!(!call.is_finished(), "it goes on");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    call
}

#[tokio::test]
async fn trap_12_09_stop_ends_what_is_in_flight_and_not_the_server() {
    let process = Process::start(None);
    let mut host = configured(&process).await;
    let mut other = host.provider.clone();
    let waiting = tokio::spawn(async move {
        other
            .apply_resource_change(create(&Thing::new("wait")))
            .await
    });
    // The operation waits for nothing but the stop, whether it has begun by now or not.
    while !waiting.is_finished() {
        let stopped = host
            .provider
            .stop_provider(stop_provider::Request {})
            .await
            .expect("stopped");
        assert_eq!(stopped.into_inner().error, "");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let created = waiting
        .await
        .expect("joined")
        .expect("answered")
        .into_inner();
    assert_eq!(summaries(&created.diagnostics), [""; 0]);
    let again = host
        .provider
        .apply_resource_change(create(&Thing::new("go")))
        .await
        .expect("answered");
    assert_eq!(summaries(&again.into_inner().diagnostics), [""; 0]);
}

#[tokio::test]
async fn trap_12_09_ctrl_c_is_the_hosts_business() {
    let mut process = Process::start(None);
    let mut host = configured(&process).await;
    let pid = Pid::from_raw(i32::try_from(process.child.id()).expect("a process id"));
    for _ in 0..3 {
        kill(pid, Signal::SIGINT).expect("sent");
        host.provider
            .get_metadata(get_metadata::Request {})
            .await
            .expect("answered");
    }
    assert!(process.is_running());
}

#[tokio::test]
async fn trap_12_09_shutdown_ends_the_process() {
    let mut process = Process::start(None);
    let socket = process.socket().to_owned();
    let mut host = configured(&process).await;
    // Answered, or cut off by the end: hosts ignore which.
    let _ = host.controller.shutdown(Empty {}).await;
    let status = process.exit_within(SOON).await.expect("ended by itself");
    assert!(status.success());
    assert!(
        !socket.parent().expect("a directory").exists(),
        "nothing is left behind"
    );
}

#[tokio::test]
async fn trap_12_09_shutdown_does_not_wait_for_ever() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut process = Process::start(None);
    let mut host = configured(&process).await;
    begun("hang", &host, &directory.path().join("file")).await;
    let _ = host.controller.shutdown(Empty {}).await;
    assert!(process.exit_within(SOON).await.is_some());
}

#[tokio::test]
async fn trap_host_16_when_the_host_is_gone_what_is_in_flight_is_finished() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    let mut process = Process::start(None);
    let host = configured(&process).await;
    let call = begun("linger", &host, &file).await;
    call.abort();
    assert!(call.await.is_err());
    drop(host);
    assert!(
        process
            .exit_within(SOON)
            .await
            .expect("ended by itself")
            .success()
    );
    assert_eq!(
        std::fs::read_to_string(file).ok().as_deref(),
        Some("finished")
    );
}

#[tokio::test]
async fn a_call_that_the_host_gives_up_is_finished_and_others_are_answered() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    let mut process = Process::start(None);
    let mut host = configured(&process).await;
    let call = begun("linger", &host, &file).await;
    call.abort();
    assert!(call.await.is_err());
    let finished = || std::fs::read_to_string(&file).ok().as_deref() == Some("finished");
    while !finished() {
        host.provider
            .get_metadata(get_metadata::Request {})
            .await
            .expect("answered");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(process.is_running());
}

#[tokio::test]
async fn a_host_that_stops_and_shuts_down_in_mid_call_is_not_kept_waiting() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut process = Process::start(None);
    let mut host = configured(&process).await;
    begun("hang", &host, &directory.path().join("file")).await;
    for _ in 0..3 {
        host.provider
            .stop_provider(stop_provider::Request {})
            .await
            .expect("stopped");
    }
    let _ = host.controller.shutdown(Empty {}).await;
    drop(host);
    assert!(process.exit_within(SOON).await.expect("ended").success());
}

#[tokio::test]
async fn the_streams_that_hosts_open_stay_open() {
    let process = Process::start(None);
    let host = connect(&process, None).await.expect("connected");
    let stdio = GrpcStdioClient::new(host.channel.clone())
        .stream_stdio(())
        .await;
    let broker = GrpcBrokerClient::new(host.channel.clone())
        .start_stream(futures::stream::pending())
        .await;
    let mut stdio = stdio.expect("answered").into_inner();
    let mut broker = broker.expect("answered").into_inner();
    let mut provider = host.provider.clone();
    tokio::select! {
        message = stdio.message() => panic!("the stream ended: {message:?}"),
        message = broker.message() => panic!("the stream ended: {message:?}"),
        metadata = provider.get_metadata(get_metadata::Request {}) => {
            metadata.expect("answered");
        }
    }
}

#[tokio::test]
async fn a_debugged_process_outlives_its_connections() {
    let mut process = Process::start_with(None, |command| {
        command
            .env_remove("TF_PLUGIN_MAGIC_COOKIE")
            .arg("registry.opentofu.org/acme/lab");
    });
    let line = process.handshake.join("|");
    let json = line
        .strip_prefix("TF_REATTACH_PROVIDERS='")
        .and_then(|rest| rest.strip_suffix('\''))
        .expect("the line for the shell");
    let providers: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let entry = &providers["registry.opentofu.org/acme/lab"];
    assert_eq!(entry["ProtocolVersion"], 6);
    assert_eq!(entry["Addr"]["Network"], "unix");
    let socket = entry["Addr"]["String"].as_str().expect("a path").to_owned();
    process.handshake = vec![String::new(), String::new(), String::new(), socket];
    for _ in 0..2 {
        let mut host = configured(&process).await;
        // Hosts do not shut down what they did not start; one that does is not heard.
        let _ = host.controller.shutdown(Empty {}).await;
    }
    assert!(process.is_running());
    let pid = Pid::from_raw(i32::try_from(process.child.id()).expect("a process id"));
    kill(pid, Signal::SIGINT).expect("sent");
    assert!(process.exit_within(SOON).await.expect("ended").success());
}
