//! Logs on standard error, in the form that hosts read.
//!
//! One JSON object a line with `@level`, `@message`, `@module` and `@timestamp`. Hosts panic where
//! the message is no string and show the line raw where the time has not six fractional digits.

mod layer;

use layer::HostLayer;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Sends the logs of this process to the host, unless the program has logs of its own.
pub(super) fn install() {
    let level = level(|name| std::env::var(name).ok());
    // The transport's own logs say nothing of the provider, and much.
    let quiet = level.min(LevelFilter::INFO);
    let filter = ["h2", "hyper", "hyper_util", "rustls", "tonic", "tower"]
        .iter()
        .filter_map(|target| format!("{target}={quiet}").parse().ok())
        .fold(EnvFilter::new(level.to_string()), EnvFilter::add_directive);
    let layer = HostLayer::new(std::io::stderr);
    // Fails only where a subscriber is there already, which then is the program's own choice.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(layer)
        .try_init();
}

/// What the user wants to see: `TF_LOG_PROVIDER` goes before `TF_LOG`; warnings by default.
fn level(variable: impl Fn(&str) -> Option<String>) -> LevelFilter {
    let wanted = ["TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    match wanted.map(|wanted| wanted.to_ascii_uppercase()).as_deref() {
        Some("TRACE" | "JSON") => LevelFilter::TRACE,
        Some("DEBUG") => LevelFilter::DEBUG,
        Some("INFO") => LevelFilter::INFO,
        Some("ERROR") => LevelFilter::ERROR,
        Some("OFF") => LevelFilter::OFF,
        _ => LevelFilter::WARN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_providers_own_level_goes_first() {
        let level = |provider: &str, all: &str| {
            level(|name| match name {
                "TF_LOG_PROVIDER" => Some(provider.to_owned()),
                "TF_LOG" => Some(all.to_owned()),
                _ => None,
            })
        };
        assert_eq!(level("debug", "ERROR"), LevelFilter::DEBUG);
        assert_eq!(level("", "JSON"), LevelFilter::TRACE);
        assert_eq!(level("", ""), LevelFilter::WARN);
        assert_eq!(level("OFF", "TRACE"), LevelFilter::OFF);
    }
}
