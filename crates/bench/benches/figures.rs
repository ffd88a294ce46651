//! `make bench`: see the library.

use clap::Parser as _;
use fusion_bench::run::{Arguments, run};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    run(Arguments::parse()).await
}
