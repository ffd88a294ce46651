//! Lines as the hosts read them.

use super::*;
use serde_json::json;
use std::sync::{Arc, Mutex};
use tracing_subscriber::layer::SubscriberExt;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("unpoisoned").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The lines that the events of `log` come to.
fn lines(log: impl FnOnce()) -> Vec<Json> {
    let captured = Captured::default();
    let writer = captured.clone();
    let layer = HostLayer::new(move || writer.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
    let bytes = captured.0.lock().expect("unpoisoned").clone();
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn trap_12_02_log_message_is_always_a_string() {
    let lines = lines(|| {
        tracing::info!(message = 7);
        tracing::info!(message = true);
        tracing::info!(message = ?vec![1, 2]);
        tracing::info!(count = 3);
        tracing::info!("{}", "plain");
    });
    let messages: Vec<_> = lines.iter().map(|line| line["@message"].clone()).collect();
    assert_eq!(
        messages,
        [
            json!("7"),
            json!("true"),
            json!("[1, 2]"),
            json!(""),
            json!("plain")
        ]
    );
    for line in &lines {
        for key in ["@level", "@message", "@module", "@timestamp"] {
            assert!(line[key].is_string(), "{line}");
        }
    }
}

#[test]
fn trap_12_02_no_field_takes_the_place_of_a_key_of_the_host() {
    let fields = Map::from_iter([
        ("@level".to_owned(), json!(1)),
        ("@message".to_owned(), json!({})),
        ("message".to_owned(), json!(["no", "text"])),
    ]);
    let line: Json = serde_json::from_str(&line(Level::INFO, "m", fields)).expect("JSON");
    assert_eq!(line["@level"], json!("info"));
    assert_eq!(line["@message"], json!("[\"no\",\"text\"]"));
}

#[test]
fn trap_12_02_timestamps_have_exactly_six_fractional_digits() {
    let layout = "0000-00-00T00:00:00.000000Z";
    for line in lines(|| (0..50).for_each(|n| tracing::warn!("{n}"))) {
        let time = line["@timestamp"].as_str().expect("text").to_owned();
        let shape: String = time
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        assert_eq!(shape, layout);
    }
}

#[test]
fn trap_12_02_a_warning_is_warn() {
    let lines = lines(|| {
        tracing::error!("e");
        tracing::warn!("w");
        tracing::info!("i");
        tracing::debug!("d");
        tracing::trace!("t");
    });
    let levels: Vec<_> = lines
        .iter()
        .filter_map(|line| line["@level"].as_str())
        .collect();
    assert_eq!(levels, ["error", "warn", "info", "debug", "trace"]);
}

#[test]
fn fields_of_spans_stand_in_the_line() {
    let lines = lines(|| {
        let rpc = tracing::info_span!(
            "rpc",
            tf_rpc = "ReadResource",
            attempt = tracing::field::Empty
        );
        let _entered = rpc.enter();
        rpc.record("attempt", 2);
        tracing::info!(function = "tree-a", "looked");
    });
    assert_eq!(lines[0]["tf_rpc"], json!("ReadResource"));
    assert_eq!(lines[0]["attempt"], json!(2));
    assert_eq!(lines[0]["function"], json!("tree-a"));
}

#[test]
fn a_line_stays_below_what_the_host_splits() {
    for text in [
        "x".repeat(1 << 20),
        "\u{1}".repeat(1 << 20),
        "ü".repeat(1 << 20),
    ] {
        let lines = lines(|| tracing::info!(size = text.len(), "{text}"));
        assert!(lines[0].to_string().len() < 64 * 1024);
        assert!(
            lines[0]["@message"]
                .as_str()
                .is_some_and(|m| m.ends_with("(shortened)"))
        );
    }
}
