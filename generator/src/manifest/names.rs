//! What names may look like, and which known name an unknown one was probably meant to be.

/// The rule for an application's name, in words.
pub(super) const APPLICATION_RULE: &str = "a letter, then up to 39 letters, digits, `-` or `_`";

/// How many known names are listed where none is near.
const MAX_LISTED: usize = 10;

/// Whether `name` is an application's or an isolation's name.
pub(super) fn is_plain_name(name: &str) -> bool {
    name.len() <= 40
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether Lambda takes `name` for an alias.
pub(super) fn is_alias_name(name: &str) -> bool {
    is_function_characters(name, 128) && !name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether Lambda takes `name` for a function; its length is checked apart.
pub(super) fn is_function_characters(name: &str, max_length: usize) -> bool {
    !name.is_empty()
        && name.len() <= max_length
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Advice for an unknown name: the nearest known one, else all of them.
pub(super) fn did_you_mean<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    known.dedup();
    if let Some(nearest) = nearest(name, &known) {
        return format!("did you mean `{nearest}`?");
    }
    let (listed, more) = known.split_at(known.len().min(MAX_LISTED));
    let listed: Vec<String> = listed.iter().map(|name| format!("`{name}`")).collect();
    match (listed.as_slice(), more.len()) {
        ([], _) => "remove it".to_owned(),
        ([only], _) => format!("the only one known here is {only}"),
        ([first @ .., last], 0) => format!("known are {} and {last}", first.join(", ")),
        (listed, more) => format!("known are {} and {more} more", listed.join(", ")),
    }
}

/// The known name that differs from `name` in at most a third of its letters.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = name.to_lowercase();
    let length = name.chars().count();
    let allowed = (length / 3).max(1);
    known
        .iter()
        // Comparing takes as long as the product of both lengths; these cannot be near.
        .filter(|known| known.chars().count().abs_diff(length) <= allowed)
        .map(|known| (strsim::osa_distance(&lower, &known.to_lowercase()), *known))
        // One letter differs from every other by one: that is no likeness.
        .filter(|(distance, known)| *distance <= allowed && *distance < known.chars().count())
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_proposed() {
        assert_eq!(
            did_you_mean("entrypoint", ["entrypoints", "shared"]),
            "did you mean `entrypoints`?"
        );
        assert_eq!(
            did_you_mean("TIMEOUT", ["timeout"]),
            "did you mean `timeout`?"
        );
        assert_eq!(did_you_mean("X", ["B", "A"]), "known are `A` and `B`");
        assert_eq!(did_you_mean("a", ["A"]), "did you mean `A`?");
        let many: Vec<String> = (10..30).map(|number| format!("task{number}")).collect();
        let advice = did_you_mean("else", many.iter().map(String::as_str));
        assert!(advice.ends_with("`task19` and 10 more"), "{advice}");
    }

    #[test]
    fn names_follow_lambda() {
        assert!(is_alias_name("live") && is_alias_name("v1"));
        assert!(!is_alias_name("12") && !is_alias_name("") && !is_alias_name("a.b"));
        assert!(is_plain_name("tree") && !is_plain_name("1a") && !is_plain_name(""));
    }
}
