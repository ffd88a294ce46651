//! What `fusionize init` writes: a manifest, a small application and a stack to begin with.

use std::collections::BTreeMap;

use crate::files::Files;
use crate::manifest::FILE_NAME;

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StarterError {
    /// The name cannot be an application's.
    #[error(
        "`{0}` is no name for an application: write a letter, then up to 39 letters, digits, `-` or `_`"
    )]
    Name(String),
    /// Files that would have been overwritten.
    #[error("{}", taken(.0))]
    Exists(Vec<String>),
}

/// The files of a starter application by path, none of which exists in `existing`.
pub fn files(
    application: &str,
    existing: &dyn Files,
) -> Result<BTreeMap<String, String>, StarterError> {
    if !crate::manifest::is_application_name(application) {
        return Err(StarterError::Name(application.to_owned()));
    }
    let manifest = MANIFEST.replace("{application}", application);
    let mut files = BTreeMap::from([
        (FILE_NAME.to_owned(), manifest),
        (
            "stack/main.tf".to_owned(),
            STACK.replace("{application}", application),
        ),
        ("tasks/greet/handler.js".to_owned(), GREET.to_owned()),
        ("tasks/shout/handler.js".to_owned(), SHOUT.to_owned()),
    ]);
    // A repository that has its own list is not one that something is lost in.
    if !existing.exists(GITIGNORE_NAME) {
        files.insert(GITIGNORE_NAME.to_owned(), GITIGNORE.to_owned());
    }
    let taken: Vec<String> = files
        .keys()
        .filter(|path| existing.exists(path))
        .cloned()
        .collect();
    if taken.is_empty() {
        Ok(files)
    } else {
        Err(StarterError::Exists(taken))
    }
}

fn taken(paths: &[String]) -> String {
    let (exist, them) = match paths {
        [_] => ("exists already and is not", "it"),
        _ => ("exist already and are not", "them"),
    };
    let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    let paths = paths.join(", ");
    format!("{paths} {exist} overwritten: choose another folder, or remove {them}")
}

const MANIFEST: &str = r#"# What the application is made of. `fusionize validate` checks it, `fusionize generate`
# writes the module `fusionized` from it, for `terraform` and `tofu` alike.
application "{application}" {
  runtime     = "nodejs22.x"
  entrypoints = ["greet"]

  # Every task has a folder below `tasks` and exports a handler from `handler.js`.
  task "greet" {
    calls = ["shout"]
  }

  task "shout" {}
}
"#;

const GREET: &str = r"'use strict';

// An entrypoint: clients invoke it. `callFunction(name, input, sync)` calls another task; whether
// that is a plain call or an invocation of another function is the fusion setup's decision.
exports.handler = async (event, callFunction) => {
  const loud = await callFunction('shout', { text: `hello, ${event.name ?? 'world'}` }, true);
  return { greeting: loud.text };
};
";

const SHOUT: &str = r"'use strict';

exports.handler = async (event) => ({ text: `${event.text.toUpperCase()}!` });
";

const STACK: &str = r#"terraform {
  required_version = ">= 1.5"

  required_providers {
    fusion = {
      source = "fusionize/fusion"
    }
  }
}

# Region, credentials and endpoints come from the environment, as for every AWS tool.
provider "fusion" {}

module "application" {
  source = "../fusionized"
}

output "decision" {
  description = "Why the setup is what it is, in one sentence; null where the setup is frozen."
  value       = try(module.application.decision.summary, null)
}

output "entrypoints" {
  description = "The functions that clients invoke, by task."
  value       = module.application.entrypoints
}

output "notation" {
  description = "The setup of `{application}`: which tasks run inside which function."
  value       = module.application.notation
}
"#;

const GITIGNORE_NAME: &str = ".gitignore";

const GITIGNORE: &str = "# Written by `fusionize generate`.
/fusionized/
# Packages, made by every apply that needs them.
.fusionize/
.terraform/
*.tfstate
*.tfstate.*
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FileMap;

    #[test]
    fn the_starter_is_a_valid_application() {
        let files = files("hello", &FileMap::default()).unwrap();
        let manifest =
            crate::manifest::read(FILE_NAME, &files[FILE_NAME], &FileMap(files.clone())).unwrap();
        assert_eq!(manifest.application, "hello");
        assert_eq!(manifest.tasks.len(), 2);
    }

    #[test]
    fn nothing_is_overwritten() {
        let existing = FileMap::new([("tasks/greet/handler.js", "")]);
        let error = files("hello", &existing).unwrap_err();
        assert_eq!(
            error,
            StarterError::Exists(vec!["tasks/greet/handler.js".into()])
        );
        assert!(matches!(
            files("1", &FileMap::default()),
            Err(StarterError::Name(_))
        ));
    }
}
