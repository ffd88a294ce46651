//! What `fusion_setup` tells its user when something is wrong: where, what, why, how to mend it.
//!
//! Owns summaries and details. Summaries are constant; names stand in the details.

use std::collections::BTreeMap;

use fusion_model::notation::NotationError;
use fusion_model::{Application, ApplicationError, SetupError, TaskName};
use tfplugin::{AttributePath, Diagnostic};

use crate::faults;
use crate::reading::sentences;

/// One thing that is wrong with the arguments.
pub struct Problem {
    /// The attribute.
    pub path: AttributePath,
    /// The constant headline.
    pub summary: String,
    /// What, why, how to mend it.
    pub detail: String,
}

/// A fault of the application, at the argument that has to change.
pub fn application(application: &Application, fault: &ApplicationError) -> Problem {
    let task = |name: &TaskName| AttributePath::of("tasks").key(name.as_str());
    let (path, summary) = match fault {
        ApplicationError::NoTask(_) => (AttributePath::of("tasks"), "No tasks"),
        ApplicationError::NoEntrypoint(_) => (AttributePath::of("tasks"), "No entrypoint"),
        ApplicationError::SameFolded(_, second) => (task(second), "Colliding task names"),
        ApplicationError::SameFunction { second, .. } => (
            task(second).attribute("function_name"),
            "Function name used twice",
        ),
        ApplicationError::FunctionName { task: name, .. } => (
            task(name).attribute("function_name"),
            "Invalid function name",
        ),
        ApplicationError::Memory { .. } => {
            (AttributePath::of("memory_sizes_mb"), "Memory out of range")
        }
        ApplicationError::NoMemorySize { task: name, .. } => (
            task(name).attribute("min_memory_mb"),
            "No memory size is large enough",
        ),
        ApplicationError::Timeout { task: name, .. } => (
            task(name).attribute("timeout_seconds"),
            "Timeout out of range",
        ),
        ApplicationError::UnknownTask { place, name } => {
            (place_of(application, place, name), "Unknown task")
        }
        ApplicationError::TogetherAndApart { .. } => {
            (AttributePath::of("together"), "Contradicting sets of tasks")
        }
    };
    Problem {
        path,
        summary: summary.to_owned(),
        detail: sentences(fault),
    }
}

/// The argument that names a task which is none.
fn place_of(application: &Application, place: &str, name: &TaskName) -> AttributePath {
    for (attribute, sets) in [
        ("together", &application.together),
        ("apart", &application.apart),
    ] {
        if place.contains(attribute) {
            let index = sets.iter().position(|set| set.contains(name)).unwrap_or(0);
            return AttributePath::of(attribute).index(index);
        }
    }
    for (caller, task) in &application.tasks {
        let index = task
            .calls
            .iter()
            .flatten()
            .position(|call| call.task == *name);
        if let Some(index) = index.filter(|_| place.contains(&format!("`{caller}`"))) {
            return AttributePath::of("tasks")
                .key(caller.as_str())
                .attribute("calls")
                .index(index);
        }
    }
    AttributePath::of("tasks")
}

/// A pinned setup that cannot be read.
pub fn notation(text: &str, error: &NotationError) -> Problem {
    let detail = format!("`{text}` is no notation of a setup. {}", sentences(error));
    Problem {
        path: AttributePath::of("pinned_setup"),
        summary: "Invalid notation".to_owned(),
        detail,
    }
}

/// A pinned setup that does not fit the application.
pub fn misfit(fault: &SetupError) -> Problem {
    let detail = sentences(fault);
    let summary = "Pinned setup does not fit".to_owned();
    Problem {
        path: AttributePath::of("pinned_setup"),
        summary,
        detail,
    }
}

/// What decides about the setup is known only in the apply.
pub fn undecided(path: &AttributePath) -> Diagnostic {
    let detail = format!(
        "`{path}` is known only after other changes of this plan, so that groups and releases cannot be shown here. The \
         apply decides with what it finds then. To see the decision first, apply the other changes alone and plan \
         again; to keep the deployed setup whatever is found, set `mode = \"hold\"`."
    );
    Diagnostic::warning("Setup is decided in the apply", detail).at(path.clone())
}

/// Functions serve what was not planned.
pub fn astray(astray: &BTreeMap<TaskName, String>) -> (String, Vec<String>) {
    let names: Vec<&str> = astray.keys().map(TaskName::as_str).collect();
    let summary = format!(
        "Keep the setup: the functions of {} serve other releases than planned, and are published again",
        names.join(", ")
    );
    let because = astray.iter().map(|(task, served)| {
        format!("{task} serves {served}; what is measured of it is no evidence about this setup")
    });
    (summary, because.collect())
}

/// CloudWatch or Lambda could not be asked.
pub fn unobserved(what: &str, error: &fusion_cloud::Error) -> Diagnostic {
    let detail = format!(
        "{what} The evidence of earlier refreshes stays, and so does the setup as far as it depends on newer \
         evidence. {}",
        faults::told(error)
    );
    Diagnostic::warning("Application not observed", detail)
}

/// Functions of the application are deployed, and no state knows.
pub fn starts_over(application: &Application, function_name: &str) -> Diagnostic {
    let detail = format!(
        "`{function_name}` and perhaps other functions of `{name}` exist already. They are taken over, but the setup begins \
         anew, and its history is lost. To go on from what is deployed, restore the state, or import it before applying: \
         the id is `{name}`, or `{name}:{alias}`.",
        name = application.name,
        alias = application.alias,
    );
    Diagnostic::warning("Deployed application starts over", detail).at("application")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are checked where they are read; a rule that changes there alone is met here.
    #[test]
    fn numbers_that_only_the_application_refuses() {
        let application = Application {
            name: "app".to_owned(),
            alias: "live".to_owned(),
            tasks: BTreeMap::new(),
            inline_async: false,
            together: Vec::new(),
            apart: Vec::new(),
            memory_sizes_mb: Vec::new(),
            fusion_runtime_sha256: String::new(),
        };
        let faults = [
            ApplicationError::Memory {
                what: "a size in `memory_sizes_mb`".to_owned(),
                memory_mb: 64,
            },
            ApplicationError::Timeout {
                task: TaskName::new("A").expect("a name"),
                timeout_seconds: 901,
            },
        ];
        let told = faults.map(|fault| {
            let problem = self::application(&application, &fault);
            Diagnostic::error(problem.summary, problem.detail)
                .at(problem.path)
                .to_string()
        });
        insta::assert_snapshot!(told.join("\n"));
    }
}
