//! The process as its host sees it: from the handshake to the exit.
//!
//! Owns launch, socket, encryption, the services and the end. The rpcs themselves are in `rpc`.

mod connections;
mod convert;
mod guard;
mod in_process;
mod launch;
mod lifetime;
mod log;
mod rpc;
mod service;
mod side_services;
mod socket;
mod tls;

pub use convert::{message, value};
pub use in_process::{InProcess, in_process};

use crate::provider::Provider;
use launch::Launch;
use lifetime::Lifetime;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

/// Why a provider cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A person started the program, not a host.
    #[error(
        "this program is a provider for Terraform and OpenTofu, and they start it themselves\n\
         hint: declare it under `required_providers`, then run `tofu init` or `terraform init`"
    )]
    NotAPlugin,
    /// The host does not speak protocol 6.
    #[error(
        "the host speaks only plugin protocols {offered}; this provider needs protocol 6\n\
         hint: use Terraform 1.8 or OpenTofu 1.7, or later"
    )]
    Protocol {
        /// What the host offers.
        offered: String,
    },
    /// The certificate that the host sent cannot be read.
    #[error("the host's certificate in `PLUGIN_CLIENT_CERT` cannot be read: {0}")]
    ClientCertificate(String),
    /// No certificate could be made.
    #[error("no certificate could be made: {0}")]
    ServerCertificate(String),
    /// The socket could not be opened.
    #[error("no socket can be opened in `{directory}`: {source}")]
    Socket {
        /// Where it was tried.
        directory: String,
        /// What went wrong.
        source: std::io::Error,
    },
    /// The host closed its end before the handshake.
    #[error("the handshake cannot be written: {0}")]
    Handshake(std::io::Error),
}

/// Serves a provider until its host is done with it.
///
/// This is all that a provider's `main` does. Started by a person, it says so on standard error
/// and ends with exit code 1.
///
/// ```no_run
/// # use tfplugin::*;
/// # struct Paint;
/// # impl Provider for Paint {
/// #     type Config = std::collections::BTreeMap<String, Dynamic>;
/// #     type Context = ();
/// #     fn schema(&self) -> Schema { Schema::new("") }
/// #     async fn configure(
/// #         &self, _: Self::Config, _: Host, _: &mut Diagnostics,
/// #     ) -> Result<Option<()>, Diagnostic> { Ok(Some(())) }
/// # }
/// #[tokio::main]
/// async fn main() -> std::process::ExitCode {
///     tfplugin::serve(Paint).await
/// }
/// ```
pub async fn serve<P: Provider>(provider: P) -> ExitCode {
    let launched = Launch::from_environment(|name| std::env::var_os(name));
    let served = match launched {
        Ok(launch) => run(provider, launch).await,
        Err(error) => Err(error),
    };
    end(served)
}

/// Serves a provider for a debugger: started by hand, for any number of runs, until Ctrl-C.
///
/// Prints the line `TF_REATTACH_PROVIDERS='…'` for the shell from which a host is then run. The
/// addresses are what the provider goes by, e.g. `registry.opentofu.org/acme/paint`.
pub async fn serve_reattachable<P: Provider>(provider: P, addresses: &[&str]) -> ExitCode {
    end(run_reattachable(provider, addresses).await)
}

fn end(served: Result<(), ServeError>) -> ExitCode {
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done where standard error is closed too.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run<P: Provider>(provider: P, launch: Launch) -> Result<(), ServeError> {
    log::install();
    guard::install();
    let interrupts = lifetime::ignore_interrupts();
    let identity = launch
        .client_certificate
        .as_deref()
        .map(tls::identity)
        .transpose()?;
    let (acceptor, certificate) = identity.unzip();
    let socket = socket::open(launch.socket_directory.as_deref())?;
    let lifetime = Arc::new(Lifetime::default());
    let routes = service::routes(provider, &lifetime);
    say(&launch::handshake(&socket.path, certificate.as_deref()))?;
    connections::serve(&socket.listener, acceptor, routes, &lifetime).await;
    lifetime.finish().await;
    drop(interrupts);
    Ok(())
}

async fn run_reattachable<P: Provider>(provider: P, addresses: &[&str]) -> Result<(), ServeError> {
    log::install();
    guard::install();
    let socket = socket::open(None)?;
    let lifetime = Arc::new(Lifetime::until_interrupt());
    let routes = service::routes(provider, &lifetime);
    say(&launch::reattach_line(addresses, &socket.path))?;
    connections::serve(&socket.listener, None, routes, &lifetime).await;
    lifetime.finish().await;
    Ok(())
}

/// Writes a line to standard output, where the host (or the person) reads it.
fn say(line: &str) -> Result<(), ServeError> {
    let mut stdout = std::io::stdout();
    stdout
        .write_all(line.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(ServeError::Handshake)
}
