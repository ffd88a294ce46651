//! The table of cases in `docs/acceptance.md`, from what really passed.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

use anyhow::{Result, ensure};
use fusion_acceptance::Host;

use crate::case::Case;

const HEAD: &str = "# Acceptance matrix\n\nEach line is a case of `crates/acceptance/cases`, run \
with the real hosts and the embedded platform. The test run writes this table from what passed.\n";

/// What is known of each case.
pub struct Table {
    rows: Vec<(String, String)>,
    passed: Mutex<BTreeSet<(String, &'static str)>>,
}

impl Table {
    /// A table of cases, none of which has passed yet.
    pub fn of(cases: &[(String, Case)]) -> Self {
        let rows = cases
            .iter()
            .map(|(subject, case)| (subject.clone(), case.name.clone()));
        Self {
            rows: rows.collect(),
            passed: Mutex::default(),
        }
    }

    /// Notes that a case passed under a host.
    pub fn passed(&self, case: &str, host: Host) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.insert((case.to_owned(), host.name()));
    }

    /// Compares the table with the one in `docs/`, or writes that one.
    pub fn compare(&self) -> Result<()> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/acceptance.md");
        let text = self.text();
        if env::var_os("FUSIONIZE_UPDATE").is_some() {
            return Ok(fs::write(path, text)?);
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        ensure!(
            kept == text,
            "docs/acceptance.md is not what this run found: run it with FUSIONIZE_UPDATE=1"
        );
        Ok(())
    }

    fn text(&self) -> String {
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let mark = |case: &str, host: Host| {
            let passed = passed.contains(&(case.to_owned(), host.name()));
            if passed { "passes" } else { "fails" }
        };
        let mut text = HEAD.to_owned();
        let mut subject = "";
        for (of, case) in &self.rows {
            if of != subject {
                let title = of.split_once('-').map_or(of.as_str(), |(_, title)| title);
                let _ = write!(text, "\n## {}\n\n", title.replace('-', " "));
                text.push_str("| case | terraform | tofu |\n|---|---|---|\n");
                subject = of;
            }
            let (terraform, tofu) = (mark(case, Host::Terraform), mark(case, Host::Tofu));
            let _ = writeln!(text, "| {case} | {terraform} | {tofu} |");
        }
        text
    }
}
