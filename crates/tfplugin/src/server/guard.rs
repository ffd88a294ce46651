//! A panic in the provider's code becomes an error of the operation, not the end of the process.

use futures::FutureExt;
use std::any::Any;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;

thread_local! {
    /// Where the last panic of this thread was.
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Notes where panics happen and logs them as the hosts want logs.
pub(super) fn install() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let message = message(panic.payload());
        tracing::error!(place, "panicked: {message}");
        LAST_PANIC.set(Some(place));
    }));
}

/// Runs an operation; `Err` says how it panicked.
pub(super) async fn catch<T>(operation: impl Future<Output = T>) -> Result<T, String> {
    AssertUnwindSafe(operation)
        .catch_unwind()
        .await
        .map_err(|payload| {
            let message = message(&*payload);
            match LAST_PANIC.take() {
                Some(place) => format!("It panicked at {place}: {message}."),
                None => format!("It panicked: {message}."),
            }
        })
}

fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
