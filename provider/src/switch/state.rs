//! `fusion_switch` as the hosts exchange it, and what it means.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin::{AttributePath, Diagnostic, Diagnostics, Number, Value};

use crate::reading::{Read, Reader};

/// The whole resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SwitchState {
    /// The application's name.
    pub application: Value<String>,
    /// The alias.
    pub alias: Value<String>,
    /// By function name: its version.
    pub versions: Value<BTreeMap<String, Value<Number>>>,
}

/// What every alias is to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The application's name.
    pub application: String,
    /// The alias.
    pub alias: String,
    /// By function name: its version.
    pub versions: BTreeMap<String, u64>,
}

impl SwitchState {
    /// The same switch, serving these versions.
    #[must_use]
    pub fn with_versions(self, versions: BTreeMap<String, u64>) -> Self {
        let versions = versions.into_iter().filter_map(|(name, version)| {
            // Lambda counts versions far below the largest signed number.
            let version = i64::try_from(version).ok()?;
            Some((name, Value::Known(Number::from(version))))
        });
        Self {
            versions: Value::Known(versions.collect()),
            ..self
        }
    }
}

/// Reads the arguments.
pub fn read(state: &SwitchState, diagnostics: &mut Diagnostics) -> Read<Wanted> {
    let mut reader = Reader::new(diagnostics);
    let application = reader
        .required(&"application".into(), &state.application)
        .cloned();
    let alias = reader.text(&"alias".into(), &state.alias, "live");
    let path = AttributePath::of("versions");
    let mut versions = BTreeMap::new();
    for (name, version) in reader
        .required(&path, &state.versions)
        .into_iter()
        .flatten()
    {
        let path = path.clone().key(name);
        let number = reader.required(&path, version).is_some();
        let whole = number
            .then(|| reader.whole(&path, version, &(1..=u64::MAX), ""))
            .flatten();
        versions.extend(whole.map(|whole| (name.clone(), whole)));
    }
    let wanted = application.map(|application| Wanted {
        application,
        alias,
        versions,
    });
    reader.finish(wanted)
}

/// The arguments in an apply, where all of them are known.
pub fn known(state: &SwitchState, diagnostics: &mut Diagnostics) -> Result<Wanted, Diagnostic> {
    match read(state, diagnostics) {
        Read::Known(wanted) => Ok(wanted),
        Read::Wrong => Err(Diagnostic::error(
            "Switch not understood",
            "Its arguments are wrong, as said above.",
        )),
        Read::Unknown(path) => {
            let detail = format!(
                "`{path}` is not known in the apply either. Please report this bug in the provider."
            );
            Err(Diagnostic::error("Switch not known yet", detail).at(path))
        }
    }
}
