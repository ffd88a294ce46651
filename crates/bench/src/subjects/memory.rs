//! What the platform holds while nobody asks for anything. The provider's memory is measured with
//! its start.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::Outcome;
use crate::application;
use crate::figure::Figure;
use crate::local::{Local, create, invoke, zipped};
use crate::processes::{family, program, resident_mib};

/// Functions that a larger account has.
const FUNCTIONS: usize = 100;
/// After which what an invocation used has come to rest.
const REST: Duration = Duration::from_secs(2);

/// Measures the platform empty, with functions, and with one warm environment.
pub async fn measure() -> Result<Outcome> {
    let local = Local::start()?;
    let client = local.client();
    sleep(REST).await;
    let empty = platform(&local, "empty", "`fusionize local`, just started.")?;
    let zip = zipped("handler.js", application::EMPTY_HANDLER)?;
    for index in 0..FUNCTIONS {
        create(
            &client,
            &format!("f{index}"),
            "handler.handler",
            zip.clone(),
        )
        .await?;
    }
    sleep(REST).await;
    let many = platform(
        &local,
        &format!("{FUNCTIONS} functions"),
        "With so many functions created, none of them invoked.",
    )?;
    invoke(&client, "f0").await?;
    sleep(REST).await;
    let how = "Resident memory of Node.js in one environment after an invocation, the files of \
               the program included: as on Lambda, every environment is a process of its own.";
    let mib = environment_mib(&local)?;
    let environment = Figure::new("memory: one warm environment", mib, "MiB", how);
    Ok(Outcome {
        figures: vec![empty, many, environment],
        pictures: Vec::new(),
    })
}

fn platform(local: &Local, name: &str, how: &str) -> Result<Figure> {
    let helpers: Vec<String> = family(local.pid())
        .into_iter()
        .skip(1)
        .filter_map(|pid| {
            Some(format!(
                "`{}` {:.1} MiB",
                program(pid),
                resident_mib(pid).ok()?
            ))
        })
        .collect();
    let beside = if helpers.is_empty() {
        String::new()
    } else {
        format!(" Its helpers beside it: {}.", helpers.join(", "))
    };
    Ok(Figure::new(
        &format!("memory: platform, {name}"),
        resident_mib(local.pid())?,
        "MiB",
        format!("Resident memory of its process. {how}{beside}"),
    ))
}

fn environment_mib(local: &Local) -> Result<f64> {
    let mut largest = 0.0_f64;
    for pid in family(local.pid()).into_iter().skip(1) {
        // One may have ended meanwhile.
        largest = largest.max(resident_mib(pid).unwrap_or(0.0));
    }
    anyhow::ensure!(largest > 0.0, "the platform has no environment");
    Ok(largest)
}
