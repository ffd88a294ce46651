//! Taking in the figures of one refresh.
//!
//! Every figure covers the whole window, so what it says of a release replaces
//! what an earlier refresh said; nothing is added up twice. Figures of a release
//! that no alias serves do not count.

mod calls;
mod figures;
mod functions;
mod tasks;

use fusion_model::Application;

use super::{Evidence, FunctionEvidence, TaskEvidence, Window};
pub(super) use figures::FunctionFigures;

/// With so many new samples the newest figures win over more numerous old ones.
const ENOUGH_SAMPLES: f64 = 100.0;
/// Digits of a source's hash that evidence keeps.
const SOURCE_DIGITS: usize = 12;

impl Evidence {
    /// Takes in what was read in one refresh. Tasks whose source is another than
    /// before start anew, with the calls that they make.
    pub fn absorb(&mut self, window: &Window<'_>) {
        self.note_unserved(window);
        self.forget_changed(window.application);
        let functions = figures::by_function(window);
        self.absorb_tasks(&functions);
        self.absorb_calls(&functions);
        self.functions = functions
            .iter()
            .map(|(root, figures)| {
                (
                    root.clone(),
                    functions::function_evidence(root, figures, &functions),
                )
            })
            .filter(|(_, evidence)| *evidence != FunctionEvidence::default())
            .collect();
        self.absorb_setup(window, &functions);
    }

    fn note_unserved(&mut self, window: &Window<'_>) {
        self.unserved = window
            .deployed
            .functions
            .iter()
            .filter_map(|(root, function)| {
                let served = window.served.get(root);
                let release = served.and_then(|served| served.release.as_ref());
                (release != Some(&function.release)).then(|| {
                    let text = match (served, release) {
                        (None, _) => "nothing".to_owned(),
                        (Some(_), None) => "a version without a release".to_owned(),
                        (Some(_), Some(release)) => format!("release {release}"),
                    };
                    (root.clone(), text)
                })
            })
            .collect();
    }

    fn forget_changed(&mut self, application: &Application) {
        self.tasks.retain(|name, evidence| {
            application
                .tasks
                .get(name)
                .is_some_and(|task| evidence.source == source_digits(&task.source_sha256))
        });
        for (name, task) in &application.tasks {
            self.tasks
                .entry(name.clone())
                .or_insert_with(|| TaskEvidence {
                    source: source_digits(&task.source_sha256).to_owned(),
                    ..TaskEvidence::default()
                });
        }
    }
}

/// The digits of a source's hash that evidence keeps.
pub(crate) fn source_digits(source_sha256: &str) -> &str {
    source_sha256.get(..SOURCE_DIGITS).unwrap_or(source_sha256)
}

/// Whether new figures replace old ones of the same thing.
fn supersedes(new_samples: f64, old_samples: f64) -> bool {
    new_samples > 0.0 && (new_samples >= old_samples / 2.0 || new_samples >= ENOUGH_SAMPLES)
}
