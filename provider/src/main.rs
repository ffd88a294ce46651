//! The binary of the provider `fusion`, started by Terraform or OpenTofu.

use std::process::ExitCode;

use fusion_provider::provider::Fusion;

#[tokio::main]
async fn main() -> ExitCode {
    tfplugin::serve(Fusion).await
}
