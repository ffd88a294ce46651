//! The matrix: each case of `cases/` under each host, and the table in `docs/`.
//!
//! A test run has the cases that are marked `always`; with `FUSIONIZE_MATRIX=whole` it has all,
//! and compares its table with `docs/acceptance.md`, which `FUSIONIZE_UPDATE=1` writes.
//! `cargo test -p fusion-acceptance --test matrix -- NAME` runs some of them.

mod case;
mod expect;
mod hand;
mod load;
mod run;
mod table;

use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use fusion_acceptance::Host;
use libtest_mimic::{Arguments, Failed, Trial};
use table::Table;

/// Cases wait more than they compute: twice as many run at once as there are processors in CI.
const AT_ONCE: usize = 4;

fn main() -> Result<ExitCode> {
    let is_whole = env::var("FUSIONIZE_MATRIX").is_ok_and(|which| which == "whole");
    let mut cases = case::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"))?;
    cases.retain(|(_, case)| is_whole || case.always);
    let table = Arc::new(Table::of(&cases));
    let mut trials = Vec::new();
    for (subject, case) in cases {
        for host in [Host::Terraform, Host::Tofu] {
            let (case, table) = (case.clone(), Arc::clone(&table));
            let name = format!(
                "{}::{subject}::{}",
                host.name(),
                case.name.replace(' ', "_")
            );
            trials.push(Trial::test(name, move || {
                run::case(&case, host).map_err(|error| Failed::from(format!("{error:?}")))?;
                table.passed(&case.name, host);
                Ok(())
            }));
        }
    }
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let conclusion = libtest_mimic::run(&arguments, trials);
    let has_run = conclusion.num_filtered_out == 0 && !arguments.list;
    if is_whole && has_run && conclusion.num_failed == 0 {
        table.compare()?;
    }
    Ok(conclusion.exit_code())
}
