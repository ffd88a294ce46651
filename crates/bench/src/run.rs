//! The command: which subjects are measured, and what is written.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum as _};
use fusion_acceptance::Host;

use crate::binaries;
use crate::figure::{Figure, merged};
use crate::machine::{self, Machine};
use crate::peers;
use crate::picture::Picture;
use crate::progress::say;
use crate::report;
use crate::subjects::{Settings, Subject};

/// Measures Fusionize beside its peers, and writes docs/benchmarks.json, docs/benchmarks.md and
/// docs/benchmarks/*.svg.
#[derive(Debug, Parser)]
#[command(name = "cargo bench -p fusion-bench --", version)]
pub struct Arguments {
    /// Measure this subject only, and keep the figures of the others; may be repeated
    #[arg(long, value_enum)]
    only: Vec<Subject>,
    /// A short trial, which writes nothing into docs/ but prints what it would write
    #[arg(long)]
    quick: bool,
    /// The host that applies: terraform or tofu
    #[arg(long, default_value = "tofu", value_parser = ["terraform", "tofu"])]
    host: String,
    /// How long each load on the platform is held
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Take the release binaries as they are
    #[arg(long)]
    no_build: bool,
    /// What cargo adds by itself
    #[arg(long, hide = true)]
    bench: bool,
}

/// Measures what the arguments name.
pub async fn run(arguments: Arguments) -> Result<()> {
    if !arguments.no_build {
        binaries::build()?;
    }
    let host = if arguments.host == "tofu" {
        Host::Tofu
    } else {
        Host::Terraform
    };
    let settings = Settings {
        quick: arguments.quick,
        seconds: arguments.seconds,
        host,
    };
    let machine = Machine::here(programs());
    let mut subjects = arguments.only;
    if subjects.is_empty() {
        subjects = Subject::value_variants().to_vec();
    }
    let docs = binaries::root().join("docs");
    let mut new = Vec::new();
    let mut failed = Vec::new();
    for subject in subjects {
        let load_before = machine::load();
        say(format!("{} (load {load_before:.2})", subject.key()));
        // What one subject lacks is no reason to lose the others' figures.
        let outcome = match subject.measure(settings).await {
            Ok(outcome) => outcome,
            Err(error) => {
                say(format!("{} failed: {error:#}", subject.key()));
                failed.push(subject.key());
                continue;
            }
        };
        for figure in outcome.figures {
            say(line(&figure));
            new.push(Figure {
                subject: subject.key().to_owned(),
                load_before,
                ..figure
            });
        }
        if !arguments.quick {
            draw(&docs, &outcome.pictures)?;
        }
    }
    if arguments.quick {
        println!("{}", report::page(&new, &machine, &[]));
    } else {
        write(&docs, &new, &machine)?;
    }
    anyhow::ensure!(failed.is_empty(), "not measured: {}", failed.join(", "));
    Ok(())
}

fn line(figure: &Figure) -> String {
    let beside = figure.peer.as_ref().map_or(String::new(), |peer| {
        format!(" ({} {})", peer.name, report::shown(peer.value))
    });
    let value = report::shown(figure.value);
    format!("  {} = {value} {}{beside}", figure.name, figure.unit)
}

fn programs() -> Vec<String> {
    let hosts = [Host::Terraform, Host::Tofu]
        .into_iter()
        .filter_map(|host| {
            let path = host.find().ok()?;
            machine::version(path.to_str()?, "version")
        });
    let node = peers::node();
    let node = machine::version(&node.to_string_lossy(), "--version");
    hosts
        .chain(node.map(|version| format!("Node.js {version}")))
        .collect()
}

fn draw(docs: &Path, pictures: &[Picture]) -> Result<()> {
    fs::create_dir_all(docs.join("benchmarks"))?;
    for picture in pictures {
        fs::write(docs.join("benchmarks").join(&picture.file), picture.svg()?)?;
    }
    Ok(())
}

fn write(docs: &Path, new: &[Figure], machine: &Machine) -> Result<()> {
    let path = docs.join("benchmarks.json");
    let earlier: Vec<Figure> = match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text)
            .with_context(|| format!("{} is not of this version: remove it", path.display()))?,
        Err(_) => Vec::new(),
    };
    let keys: Vec<&str> = Subject::value_variants()
        .iter()
        .map(|subject| subject.key())
        .collect();
    let all = merged(earlier, new, &keys);
    fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&all)?))?;
    let page = report::page(&all, machine, &pictures(docs)?);
    fs::write(docs.join("benchmarks.md"), page)?;
    say(format!("written: {}", path.display()));
    Ok(())
}

/// The pictures that are there, with their titles.
fn pictures(docs: &Path) -> Result<Vec<(String, String)>> {
    let entries = fs::read_dir(docs.join("benchmarks"))?;
    let mut files: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "svg"))
        .collect();
    files.sort();
    Ok(files
        .into_iter()
        .map(|file| {
            let title = file.trim_end_matches(".svg").replace('-', " ");
            (file, title)
        })
        .collect())
}
