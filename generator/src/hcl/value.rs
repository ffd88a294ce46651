//! Values and their layout: what fits stands on one line, everything else below each other.

use crate::hcl::text;

/// The longest line that a list is kept on.
const MAX_LINE: usize = 100;

/// A value in HCL.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// A number as it is spelled.
    Number(String),
    String(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
    /// An expression as it stands, its further lines indented as from column one.
    Code(String),
}

impl Value {
    /// A list.
    pub(crate) fn list<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }

    /// An object with its elements in the given order.
    pub(crate) fn object<N: Into<String>, V: Into<Value>>(
        elements: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self::Object(
            elements
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }

    /// An expression as it stands.
    pub(crate) fn code(text: impl Into<String>) -> Self {
        Self::Code(text.into())
    }

    /// The value on one line, with its objects in braces on that line.
    pub(crate) fn inline(&self) -> Self {
        self.inside_list(usize::MAX)
            .map_or_else(|| self.clone(), Self::Code)
    }

    /// The value on one line, if it can stand on one.
    pub(crate) fn line(&self) -> Option<String> {
        self.inside_list(usize::MAX)
    }

    /// The value on one line, if it can stand on one of `width` letters.
    fn on_one_line(&self, width: usize) -> Option<String> {
        let line = match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.clone(),
            Self::String(value) => return Some(text::quoted(value)),
            Self::Code(code) => return (!code.contains('\n')).then(|| code.clone()),
            Self::List(values) => {
                let values: Option<Vec<String>> = values
                    .iter()
                    .map(|value| value.inside_list(width))
                    .collect();
                format!("[{}]", values?.join(", "))
            }
            Self::Object(elements) if elements.is_empty() => "{}".to_owned(),
            Self::Object(_) => return None,
        };
        (line.chars().count() <= width).then_some(line)
    }

    /// Like [`Value::on_one_line`], but small objects are kept on the line too.
    fn inside_list(&self, width: usize) -> Option<String> {
        let elements = match self {
            Self::Object(elements) if !elements.is_empty() => elements,
            _ => return self.on_one_line(width),
        };
        let elements: Option<Vec<String>> = elements
            .iter()
            .map(|(name, value)| {
                Some(format!(
                    "{} = {}",
                    text::key(name),
                    value.inside_list(width)?
                ))
            })
            .collect();
        Some(format!("{{ {} }}", elements?.join(", ")))
    }

    /// Writes the value from where a line has been begun at `depth`, without its end.
    fn write(&self, out: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        if let Some(line) = self.on_one_line(MAX_LINE - 2 * depth.min(20)) {
            out.push_str(&line);
            return;
        }
        match self {
            Self::List(values) => {
                out.push_str("[\n");
                for value in values {
                    out.push_str(&indent);
                    out.push_str("  ");
                    match value.inside_list(MAX_LINE) {
                        Some(line) => out.push_str(&line),
                        None => value.write(out, depth + 1),
                    }
                    out.push_str(",\n");
                }
                out.push_str(&indent);
                out.push(']');
            }
            Self::Object(elements) => {
                out.push_str("{\n");
                let elements: Vec<(String, &Value)> = elements
                    .iter()
                    .map(|(name, value)| (text::key(name), value))
                    .collect();
                write_pairs(
                    out,
                    depth + 1,
                    elements.iter().map(|(name, value)| (name, *value)),
                );
                out.push_str(&indent);
                out.push('}');
            }
            Self::Code(code) => {
                let mut lines = code.lines();
                out.push_str(lines.next().unwrap_or_default());
                for line in lines {
                    out.push('\n');
                    if !line.is_empty() {
                        out.push_str(&indent);
                        out.push_str(line);
                    }
                }
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => {}
        }
    }
}

/// Writes `name = value` lines, the signs of neighbours on one line below each other.
pub(super) fn write_pairs<'v>(
    out: &mut String,
    depth: usize,
    pairs: impl Iterator<Item = (&'v String, &'v Value)>,
) {
    let written: Vec<(&String, String)> = pairs
        .map(|(name, value)| {
            let mut text = String::new();
            value.write(&mut text, depth);
            (name, text)
        })
        .collect();
    let neighbours =
        written.chunk_by(|(_, one), (_, other)| !one.contains('\n') && !other.contains('\n'));
    for chunk in neighbours {
        let width = chunk
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or_default();
        for (name, text) in chunk {
            let padding = " ".repeat(width - name.chars().count());
            out.extend([
                "  ".repeat(depth).as_str(),
                name.as_str(),
                &padding,
                " = ",
                text,
                "\n",
            ]);
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::String(text.clone())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number.to_string())
    }
}

impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
