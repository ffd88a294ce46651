//! One event as one line.

use serde_json::{Map, Value as Json};
use std::fmt;
use std::io::Write;
use time::OffsetDateTime;
use time::format_description::FormatItem;
use time::macros::format_description;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Scope};

/// Exactly six fractional digits: any other number and the host shows the line raw.
const TIMESTAMP: &[FormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// Hosts split longer lines and show the pieces raw.
const MAX_LINE_BYTES: usize = 60 * 1024;

/// Writes events as the hosts read them.
pub(super) struct HostLayer<W> {
    writer: W,
}

impl<W> HostLayer<W> {
    pub(super) fn new(writer: W) -> Self {
        Self { writer }
    }
}

/// The fields of a span or event.
#[derive(Default)]
struct Fields(Map<String, Json>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), Json::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), Json::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), Json::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), Json::from(value));
    }
}

impl<S, W> Layer<S> for HostLayer<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Map::new();
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(Scope::from_root)
        {
            if let Some(Fields(of_span)) = span.extensions().get::<Fields>() {
                fields.extend(of_span.clone());
            }
        }
        let mut of_event = Fields::default();
        event.record(&mut of_event);
        fields.extend(of_event.0);
        let line = line(*event.metadata().level(), event.metadata().target(), fields);
        // A host that does not read any more does not want to know.
        let _ = self.writer.make_writer().write_all(line.as_bytes());
    }
}

fn line(level: Level, module: &str, mut fields: Map<String, Json>) -> String {
    let level = match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    };
    let now = OffsetDateTime::now_utc()
        .format(TIMESTAMP)
        .unwrap_or_default();
    // A field could bear the name `message` with any value: the host must find a string.
    let message = match fields.remove("message") {
        Some(Json::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    };
    fields.retain(|name, _| !name.starts_with('@'));
    let mut object = Map::new();
    for (name, value) in [
        ("@level", level),
        ("@message", message.as_str()),
        ("@module", module),
        ("@timestamp", now.as_str()),
    ] {
        object.insert(name.to_owned(), Json::from(value));
    }
    let core = object.clone();
    object.extend(fields);
    let text = Json::Object(object).to_string();
    if text.len() <= MAX_LINE_BYTES {
        return text + "\n";
    }
    shortened(core) + "\n"
}

/// The line without fields, its message cut to what fits.
fn shortened(mut core: Map<String, Json>) -> String {
    let message = core
        .get("@message")
        .and_then(Json::as_str)
        .unwrap_or_default();
    // Every character may take up to six bytes as JSON.
    let message: String = message.chars().take(MAX_LINE_BYTES / 6 - 100).collect();
    core.insert(
        "@message".to_owned(),
        Json::from(message + " … (shortened)"),
    );
    Json::Object(core).to_string()
}

#[cfg(test)]
mod tests;
