//! Writes HCL as `fmt` of terraform and tofu would leave it.
//!
//! A [`Body`] is built from attributes, blocks and comments and then displayed. Knows how HCL is
//! spelled and aligned, and nothing about providers or applications. Values that are more than
//! literals are [`Value::Code`], whose text the caller answers for.

mod text;
mod value;

use std::fmt;

pub(crate) use crate::hcl::text::quoted;
pub(crate) use crate::hcl::value::Value;

/// A sequence of attributes, blocks and comments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    items: Vec<Item>,
}

#[derive(Debug, Clone)]
enum Item {
    Attribute { name: String, value: Value },
    Block { head: String, body: Body },
    Comment(String),
    Blank,
}

impl Body {
    /// An empty body.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds `name = value`.
    pub(crate) fn attribute(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.items.push(Item::Attribute {
            name: name.to_owned(),
            value: value.into(),
        });
        self
    }

    /// Adds `name = value` unless the value is null.
    pub(crate) fn optional(self, name: &str, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => self,
            value => self.attribute(name, value),
        }
    }

    /// Adds a block with its labels, apart from what stands before it.
    pub(crate) fn block(mut self, kind: &str, labels: &[&str], body: Body) -> Self {
        let after_comment = matches!(
            self.items.last(),
            None | Some(Item::Comment(_) | Item::Blank)
        );
        if !after_comment {
            self.items.push(Item::Blank);
        }
        let labels = labels.iter().map(|label| quoted(label));
        let head = std::iter::once(kind.to_owned())
            .chain(labels)
            .collect::<Vec<_>>()
            .join(" ");
        self.items.push(Item::Block { head, body });
        self
    }

    /// Adds a comment of one or more lines to what follows.
    pub(crate) fn comment(mut self, text: &str) -> Self {
        if !matches!(self.items.last(), None | Some(Item::Blank)) {
            self.items.push(Item::Blank);
        }
        self.items.push(Item::Comment(text.to_owned()));
        self
    }

    /// Adds an empty line.
    pub(crate) fn blank(mut self) -> Self {
        self.items.push(Item::Blank);
        self
    }

    fn write(&self, out: &mut String, depth: usize) {
        let is_attribute = |item: &Item| matches!(item, Item::Attribute { .. });
        for items in self
            .items
            .chunk_by(|one, other| is_attribute(one) && is_attribute(other))
        {
            let pairs = items.iter().filter_map(|item| match item {
                Item::Attribute { name, value } => Some((name, value)),
                _ => None,
            });
            value::write_pairs(out, depth, pairs);
            for item in items {
                item.write_unless_attribute(out, &"  ".repeat(depth), depth);
            }
        }
    }
}

impl Item {
    fn write_unless_attribute(&self, out: &mut String, indent: &str, depth: usize) {
        match self {
            Item::Attribute { .. } => {}
            Item::Blank => out.push('\n'),
            Item::Comment(text) => {
                for line in text.lines() {
                    out.extend([indent, "# ", line, "\n"]);
                }
            }
            Item::Block { head, body } if body.items.is_empty() => {
                out.extend([indent, head, " {}\n"]);
            }
            Item::Block { head, body } => {
                out.extend([indent, head, " {\n"]);
                body.write(out, depth + 1);
                out.extend([indent, "}\n"]);
            }
        }
    }
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out, 0);
        f.write_str(&out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_aligned_as_fmt_does() {
        let inner = Body::new()
            .attribute("a", 1_u32)
            .attribute("long_name", "x")
            .attribute("list", Value::list(["1", "2"]))
            .attribute(
                "object",
                Value::object([("k", Value::Null), ("other", Value::Bool(true))]),
            )
            .attribute("b", Value::code("[\n  for x in y : x\n]"))
            .optional("c", Value::Null);
        let body = Body::new()
            .comment("Why.")
            .block("block", &["l"], inner)
            .block("empty", &[], Body::new());
        let expected = r#"# Why.
block "l" {
  a         = 1
  long_name = "x"
  list      = ["1", "2"]
  object = {
    k     = null
    other = true
  }
  b = [
    for x in y : x
  ]
}

empty {}
"#;
        assert_eq!(body.to_string(), expected);
    }
}
