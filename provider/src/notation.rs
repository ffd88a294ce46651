//! The functions `provider::fusion::notation` and `provider::fusion::parse_notation`.
//!
//! Owns their signatures; the notation itself is in [`fusion_model::notation`].

use std::collections::{BTreeMap, BTreeSet};

use fusion_model::{Group, Setup, TaskName, notation};
use serde::{Deserialize, Serialize};
use tfplugin::{Function, FunctionError, Parameter, Signature, Type};

use crate::reading::sentences;

/// Writes groups as notation.
pub struct Notation;

/// Reads a notation.
pub struct ParseNotation;

/// One group, as both functions exchange it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupValue {
    tasks: Vec<String>,
    memory_mb: u32,
    active: bool,
}

fn groups_type() -> Type {
    Type::map(Type::object([
        ("tasks", Type::list(Type::String)),
        ("memory_mb", Type::Number),
        ("active", Type::Bool),
    ]))
}

impl Function for Notation {
    type Arguments = (BTreeMap<String, GroupValue>,);
    type Output = String;
    const NAME: &'static str = "notation";

    fn signature(&self) -> Signature {
        let groups = Parameter::new(
            "groups",
            groups_type(),
            "Groups by root, such as `fusion_setup.this.groups`. Only active ones are written.",
        );
        Signature::new("Writes a fusion setup in notation.", [groups], Type::String).description(
            "Writes the active groups of a fusion setup in notation, such as `(A,B)@512-(C)@128`: of each group \
             the root first, then its other tasks, then the memory in MB, all in byte order.",
        )
    }

    fn call(&self, (groups,): Self::Arguments) -> Result<String, FunctionError> {
        let mut setup = Setup::default();
        for (root, group) in groups.into_iter().filter(|(_, group)| group.active) {
            let tasks = group
                .tasks
                .iter()
                .map(|task| name(task))
                .collect::<Result<BTreeSet<_>, _>>()?;
            setup.groups.insert(
                name(&root)?,
                Group {
                    tasks,
                    memory_mb: group.memory_mb,
                },
            );
        }
        Ok(notation::format(&setup))
    }
}

impl Function for ParseNotation {
    type Arguments = (String,);
    type Output = BTreeMap<String, GroupValue>;
    const NAME: &'static str = "parse_notation";

    fn signature(&self) -> Signature {
        let text = Parameter::new(
            "text",
            Type::String,
            "A setup in notation, such as `(A,B)@512-(C)@128`.",
        );
        Signature::new("Reads a fusion setup from its notation.", [text], groups_type()).description(
            "Reads a notation into groups by root, each with its `tasks` in byte order, `memory_mb`, and `active`, \
             which is true: a notation holds only active groups. Groups and tasks may stand in any order.",
        )
    }

    fn call(&self, (text,): Self::Arguments) -> Result<Self::Output, FunctionError> {
        let setup =
            notation::parse(&text).map_err(|error| FunctionError::at(0, sentences(error)))?;
        let groups = setup.groups.into_iter().map(|(root, group)| {
            let tasks = group.tasks.iter().map(ToString::to_string).collect();
            (
                root.to_string(),
                GroupValue {
                    tasks,
                    memory_mb: group.memory_mb,
                    active: true,
                },
            )
        });
        Ok(groups.collect())
    }
}

fn name(text: &str) -> Result<TaskName, FunctionError> {
    TaskName::new(text).map_err(|error| FunctionError::at(0, sentences(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_parsed_is_written_again() {
        let groups = ParseNotation
            .call(("(C)@1024 - (B,A)@128".to_owned(),))
            .unwrap();
        assert_eq!(groups["B"].tasks, ["A", "B"]);
        assert_eq!(Notation.call((groups,)).unwrap(), "(B,A)@128-(C)@1024");
    }

    #[test]
    fn standby_is_left_out() {
        let group = |task: &str, active| GroupValue {
            tasks: vec![task.to_owned()],
            memory_mb: 128,
            active,
        };
        let groups = BTreeMap::from([
            ("A".to_owned(), group("A", true)),
            ("B".to_owned(), group("B", false)),
        ]);
        assert_eq!(Notation.call((groups,)).unwrap(), "(A)@128");
    }

    #[test]
    fn errors_say_where() {
        let error = ParseNotation.call(("(A)128".to_owned(),)).unwrap_err();
        insta::assert_snapshot!(error.text);
    }
}
