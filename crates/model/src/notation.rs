//! The notation of fusion setups, `(A,B,D,E)@128-(C)@1024-(F)@1769`.
//!
//! A group is its root, then its other members in byte order, then its memory
//! in MB; groups stand in byte order of their roots. [`format()`] writes this
//! canonical form. [`parse`] also takes members and groups in any order and
//! spaces between the parts, as people write them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::application::MEMORY_MB;
use crate::setup::{Group, Setup};
use crate::task::{TaskName, is_name_byte};

/// The longest notation that is read, in bytes: a thousand groups of a hundred tasks.
pub const MAX_NOTATION_BYTES: usize = 4 << 20;

/// A text that is no notation: what was found where, and what belongs there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {position}: {problem}; {mend}")]
pub struct NotationError {
    /// Where, counted in characters from 1.
    pub position: usize,
    /// What is wrong.
    pub problem: String,
    /// How to mend it.
    pub mend: String,
}

/// The canonical text of every group in `setup`. For a deployed setup,
/// restrict it to its active groups first ([`Setup::notation`] does).
pub fn format(setup: &Setup) -> String {
    let mut text = String::new();
    for (index, (root, group)) in setup.groups.iter().enumerate() {
        text.push_str(if index == 0 { "(" } else { "-(" });
        text.push_str(root.as_str());
        for member in group.tasks.iter().filter(|member| *member != root) {
            text.push(',');
            text.push_str(member.as_str());
        }
        // Writing to a String cannot fail.
        let _ = write!(text, ")@{}", group.memory_mb);
    }
    text
}

/// Reads a notation: every group once, every member once in its group.
pub fn parse(text: &str) -> Result<Setup, NotationError> {
    let mut reader = Reader { text, at: 0 };
    if text.len() > MAX_NOTATION_BYTES {
        return Err(reader.error("the notation is too long", "write only the active groups"));
    }
    let mut groups = BTreeMap::new();
    loop {
        let start = reader.after_spaces();
        let (root, group) = reader.group()?;
        if groups.contains_key(&root) {
            reader.at = start;
            return Err(reader.error(
                &format!("`{root}` is the root of two groups"),
                "a task has one function and so one group; join the two or change a root",
            ));
        }
        groups.insert(root, group);
        reader.after_spaces();
        if reader.at == text.len() {
            return Ok(Setup { groups });
        }
        reader.expect('-', "groups are joined by `-`, as in `(A,B)@128-(C)@512`")?;
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn group(&mut self) -> Result<(TaskName, Group), NotationError> {
        self.expect(
            '(',
            "a group is written `(<root>,<other tasks>)@<memory in MB>`",
        )?;
        let root = self.name()?;
        let mut tasks = BTreeSet::from([root.clone()]);
        while self.peek() == Some(',') {
            self.at += 1;
            let start = self.after_spaces();
            let member = self.name()?;
            if tasks.contains(&member) {
                self.at = start;
                let problem = format!("`{member}` stands twice in the group of `{root}`");
                return Err(self.error(&problem, "name every member once"));
            }
            tasks.insert(member);
        }
        self.expect(
            ')',
            "members are separated by `,` and the group ends with `)`",
        )?;
        self.expect(
            '@',
            "after `)` comes `@` and the memory in MB, as in `(A)@128`",
        )?;
        let memory_mb = self.memory()?;
        Ok((root, Group { tasks, memory_mb }))
    }

    fn name(&mut self) -> Result<TaskName, NotationError> {
        let start = self.after_spaces();
        let rest = &self.text[start..];
        let length = rest.bytes().take_while(|byte| is_name_byte(*byte)).count();
        let text = &rest[..length];
        if text.is_empty() {
            return Err(self.found_instead("a task's name is missing", "write a task's name here"));
        }
        let name = TaskName::new(text).map_err(|_| {
            self.error(
                &format!("`{text}` is no task name"),
                "a name begins with a letter and has at most 40 letters, digits, `_` and `-`",
            )
        })?;
        self.at += length;
        Ok(name)
    }

    fn memory(&mut self) -> Result<u32, NotationError> {
        const MEND: &str = "write the memory as a whole number of MB from 128 to 10240";
        let start = self.after_spaces();
        let rest = &self.text[start..];
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = &rest[..length];
        if digits.is_empty() {
            return Err(self.found_instead("the memory is missing", MEND));
        }
        let memory_mb = digits
            .parse::<u32>()
            .ok()
            .filter(|size| MEMORY_MB.contains(size));
        // A leading zero would give one setup two texts.
        let Some(memory_mb) = memory_mb.filter(|_| !digits.starts_with('0')) else {
            return Err(self.error(&format!("`{digits}` is no memory size"), MEND));
        };
        self.at += length;
        Ok(memory_mb)
    }

    fn expect(&mut self, wanted: char, mend: &str) -> Result<(), NotationError> {
        if self.peek() == Some(wanted) {
            self.at += wanted.len_utf8();
            return Ok(());
        }
        Err(self.found_instead(&format!("`{wanted}` is missing"), mend))
    }

    fn peek(&mut self) -> Option<char> {
        let start = self.after_spaces();
        self.text[start..].chars().next()
    }

    fn after_spaces(&mut self) -> usize {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.at
    }

    fn found_instead(&self, problem: &str, mend: &str) -> NotationError {
        let found = match self.text[self.at..].chars().next() {
            Some(character) => format!("`{character}` stands there"),
            None => "the text ends there".to_owned(),
        };
        self.error(&format!("{problem}, {found}"), mend)
    }

    fn error(&self, problem: &str, mend: &str) -> NotationError {
        NotationError {
            position: self.text[..self.at].chars().count() + 1,
            problem: problem.to_owned(),
            mend: mend.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn canonical_text_puts_the_root_first_and_all_else_in_byte_order() {
        let setup = parse(" ( C ) @ 1024 - (B, a,A)@128 ").unwrap();
        assert_eq!(format(&setup), "(B,A,a)@128-(C)@1024");
    }

    #[test]
    fn errors_say_where_what_and_how_to_mend() {
        for (text, want) in [
            ("", "at character 1: `(` is missing, the text ends there"),
            ("(A@128", "at character 3: `)` is missing, `@` stands there"),
            ("(A)128", "at character 4: `@` is missing, `1` stands there"),
            (
                "(A)@",
                "at character 5: the memory is missing, the text ends there",
            ),
            ("(A)@64", "at character 5: `64` is no memory size"),
            ("(A)@0128", "at character 5: `0128` is no memory size"),
            (
                "(A)@99999999999",
                "at character 5: `99999999999` is no memory size",
            ),
            (
                "(A,)@128",
                "at character 4: a task's name is missing, `)` stands there",
            ),
            (
                "(ä)@128",
                "at character 2: a task's name is missing, `ä` stands there",
            ),
            ("(A,1b)@128", "at character 4: `1b` is no task name"),
            (
                "(A,B,B)@128",
                "at character 6: `B` stands twice in the group of `A`",
            ),
            (
                "(A)@128(B)@128",
                "at character 8: `-` is missing, `(` stands there",
            ),
            (
                "(A)@128-(A)@256",
                "at character 9: `A` is the root of two groups",
            ),
            (
                "(A)@128-",
                "at character 9: `(` is missing, the text ends there",
            ),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.to_string().starts_with(want), "{text}: {error}");
            assert!(!error.mend.is_empty());
        }
    }

    fn setups() -> impl Strategy<Value = Setup> {
        let name = "[A-Za-z][A-Za-z0-9_-]{0,5}".prop_map(|text| TaskName::new(text).unwrap());
        let members = prop::collection::btree_set(name.clone(), 0..5);
        let groups = prop::collection::btree_map(name, (members, 128_u32..=10_240), 1..6);
        groups.prop_map(|groups| Setup {
            groups: groups
                .into_iter()
                .map(|(root, (mut tasks, memory_mb))| {
                    tasks.insert(root.clone());
                    (root, Group { tasks, memory_mb })
                })
                .collect(),
        })
    }

    proptest! {
        #[test]
        fn what_is_formatted_parses_to_the_same_setup(setup in setups()) {
            let text = format(&setup);
            prop_assert_eq!(&parse(&text).unwrap(), &setup);
            prop_assert_eq!(format(&parse(&text).unwrap()), text);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "[(),@A-C0-9 \\-ä]{0,24}|\\PC{0,12}") {
            let _ = parse(&text);
        }
    }
}
