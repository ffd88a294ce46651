//! Spells strings and names so that HCL reads back exactly what they are.

use std::fmt::Write as _;

/// A string in quotes, in which nothing is an interpolation or a directive.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' => match rest.peek() {
                // The doubled sign stands for itself before a brace.
                Some('{') => out.extend([letter, letter]),
                // In a run of signs it would be unclear which of them are doubled.
                Some(next) if *next == letter => escape(&mut out, letter),
                _ => out.push(letter),
            },
            letter if needs_escape(letter) => escape(&mut out, letter),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Invisible letters are spelled out, so that a reviewer sees them.
fn needs_escape(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}')
}

fn escape(out: &mut String, letter: char) {
    let code = u32::from(letter);
    let _ = if code <= 0xffff {
        write!(out, "\\u{code:04x}")
    } else {
        write!(out, "\\U{code:08x}")
    };
}

/// The key of an object's element: plain where it is an identifier that means nothing else.
pub(crate) fn key(name: &str) -> String {
    let identifier = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let keyword = matches!(
        name,
        "true" | "false" | "null" | "for" | "if" | "in" | "else" | "endif" | "endfor"
    );
    if identifier && !keyword {
        name.to_owned()
    } else {
        quoted(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_mean_nothing_but_themselves() {
        assert_eq!(
            quoted("a\"\\\n${b} %{c} $d 5%"),
            r#""a\"\\\n$${b} %%{c} $d 5%""#
        );
        assert_eq!(quoted("$${x}"), r#""\u0024$${x}""#);
        assert_eq!(quoted("\u{1}\u{202e}"), r#""\u0001\u202e""#);
    }

    #[test]
    fn keys_are_quoted_where_they_have_to_be() {
        assert_eq!(key("a-b_1"), "a-b_1");
        assert_eq!(key("for"), "\"for\"");
        assert_eq!(key("1"), "\"1\"");
        assert_eq!(key("a.b"), "\"a.b\"");
    }
}
