//! Names of functions as clients write them: bare, partial or full ARN, with or without a
//! qualifier; and the ARNs that answers bear.

use super::check::Violations;
use super::error::ApiError;
use crate::platform::{ACCOUNT, REGION};

/// The qualifier of what can still change.
pub const LATEST: &str = "$LATEST";

const NAME_TO_CHANGE: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";
const NAME_TO_USE: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";
const QUALIFIER: &str = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+";

/// A function as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The bare name.
    pub name: String,
    /// Version, alias or `$LATEST`, if the request gave one.
    pub qualifier: Option<String>,
}

/// Which operations are asked: those that only use a function take more characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Create, update, publish, aliases, settings.
    Change,
    /// Get, delete, invoke.
    Use,
}

impl Reference {
    /// Reads the name in a path (already decoded) and the `Qualifier` of the query.
    pub fn parse(raw: &str, qualifier: Option<&str>, purpose: Purpose) -> Result<Self, ApiError> {
        let mut violations = Violations::default();
        if let Some(given) = qualifier
            && !is_qualifier(given)
        {
            violations.pattern("qualifier", given, QUALIFIER);
        }
        let parts = Parts::of(raw).filter(|parts| parts.are_allowed(purpose));
        if parts.is_none() {
            let pattern = if purpose == Purpose::Use {
                NAME_TO_USE
            } else {
                NAME_TO_CHANGE
            };
            violations.pattern("functionName", raw, pattern);
        }
        violations.into_result()?;
        let Some(parts) = parts else {
            return Err(ApiError::denied());
        };
        if let Some(region) = parts.region.filter(|region| *region != REGION) {
            return Err(ApiError::not_found(format!(
                "Functions from '{region}' are not reachable in this region ('{REGION}')"
            )));
        }
        if parts.account.is_some_and(|account| account != ACCOUNT) {
            return Err(ApiError::denied());
        }
        let qualifier = match (parts.qualifier, qualifier) {
            (Some(derived), Some(given)) if derived != given => {
                return Err(ApiError::invalid(
                    "The derived qualifier from the function name does not match the specified \
                     qualifier.",
                ));
            }
            (derived, given) => given.or(derived).map(str::to_owned),
        };
        Ok(Self {
            name: parts.name.to_owned(),
            qualifier,
        })
    }

    /// The ARN as asked: with the qualifier if there was one.
    pub fn arn(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => qualified_arn(&self.name, qualifier),
            None => arn(&self.name),
        }
    }

    /// The qualifier, `$LATEST` if there was none.
    pub fn qualifier_or_latest(&self) -> &str {
        self.qualifier.as_deref().unwrap_or(LATEST)
    }
}

/// The unqualified ARN of a function.
pub fn arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

/// The ARN of a version or alias of a function.
pub fn qualified_arn(name: &str, qualifier: &str) -> String {
    format!("{}:{qualifier}", arn(name))
}

/// Whether a text may name a function, version part aside.
pub fn is_bare_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn is_qualifier(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_$".contains(&byte);
    text == "$LATEST.PUBLISHED"
        || (!text.is_empty() && text.len() <= 128 && text.bytes().all(plain))
}

struct Parts<'a> {
    region: Option<&'a str>,
    account: Option<&'a str>,
    name: &'a str,
    qualifier: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Takes the optional parts from the left, each only where something follows it.
    fn of(raw: &'a str) -> Option<Self> {
        let mut rest = raw;
        if let Some(after) = rest.strip_prefix("arn:") {
            let (partition, after) = after.split_once(":lambda:")?;
            let letters = partition.strip_prefix("aws").unwrap_or_default();
            let known = partition.is_empty() || partition.starts_with("aws");
            if !known
                || !letters
                    .bytes()
                    .all(|b| b.is_ascii_alphabetic() || b == b'-')
            {
                return None;
            }
            rest = after;
        }
        let mut take = |fits: fn(&str) -> bool| {
            let (first, after) = rest.split_once(':')?;
            fits(first).then(|| {
                rest = after;
                first
            })
        };
        let region = take(is_region);
        let account = take(|text| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()));
        take(|text| text == "function");
        let (name, qualifier) = match rest.split_once(':') {
            Some((name, qualifier)) => (name, Some(qualifier)),
            None => (rest, None),
        };
        Some(Self {
            region,
            account,
            name,
            qualifier,
        })
    }

    fn are_allowed(&self, purpose: Purpose) -> bool {
        let in_use = purpose == Purpose::Use;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let name = !self.name.is_empty()
            && self
                .name
                .bytes()
                .all(|byte| plain(byte) || (in_use && byte == b'.'));
        let qualifier = self.qualifier.is_none_or(|qualifier| {
            qualifier == LATEST
                || (in_use && qualifier == "$LATEST.PUBLISHED")
                || (!qualifier.is_empty() && qualifier.bytes().all(plain))
        });
        name && qualifier
    }
}

/// `us-east-1`, `us-gov-west-1`, `eusc-de-east-1` and their like.
fn is_region(text: &str) -> bool {
    let text = text.strip_prefix("eusc-").unwrap_or(text);
    let parts: Vec<&str> = text.split('-').collect();
    let lower = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let digit = |part: &str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [land, place, number] => land.len() == 2 && lower(land) && lower(place) && digit(number),
        [land, kind, place, number] => {
            let known = *kind == "gov" || (kind.starts_with("iso") && kind.len() <= 4);
            land.len() == 2 && lower(land) && known && lower(place) && digit(number)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(raw: &str, qualifier: Option<&str>) -> Result<(String, Option<String>), ApiError> {
        Reference::parse(raw, qualifier, Purpose::Change).map(|found| (found.name, found.qualifier))
    }

    fn accepted(raw: &str, name: &str, qualifier: Option<&str>) {
        assert_eq!(
            read(raw, None),
            Ok((name.into(), qualifier.map(Into::into))),
            "{raw}"
        );
    }

    #[test]
    fn every_way_to_name_a_function_is_read() {
        accepted("f", "f", None);
        accepted("f:live", "f", Some("live"));
        accepted("function:f", "f", None);
        accepted("000000000000:function:f:1", "f", Some("1"));
        accepted(
            "arn:aws:lambda:us-east-1:000000000000:function:f",
            "f",
            None,
        );
        accepted(
            "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST",
            "f",
            Some("$LATEST"),
        );
        accepted(
            "arn:aws:lambda:us-east-1:000000000000:function",
            "function",
            None,
        );
    }

    #[test]
    fn a_qualifier_twice_must_be_the_same() {
        assert_eq!(read("f:1", Some("1")), Ok(("f".into(), Some("1".into()))));
        assert_eq!(
            read("f:1", Some("2")).unwrap_err().code(),
            "InvalidParameterValueException"
        );
    }

    #[test]
    fn what_is_elsewhere_is_not_reached() {
        let region = read("arn:aws:lambda:eu-west-1:000000000000:function:f", None).unwrap_err();
        assert_eq!(region.code(), "ResourceNotFoundException");
        let account = read("arn:aws:lambda:us-east-1:111111111111:function:f", None).unwrap_err();
        assert_eq!(account.code(), "AccessDeniedException");
    }

    #[test]
    fn both_faults_stand_in_one_message_qualifier_first() {
        let text = read("a.b", Some("!")).unwrap_err().to_string();
        assert!(
            text.contains("2 validation errors detected: Value '!' at 'qualifier'"),
            "{text}"
        );
        assert!(text.contains("Value 'a.b' at 'functionName'"), "{text}");
        assert!(Reference::parse("a.b", None, Purpose::Use).is_ok());
    }

    proptest! {
        #[test]
        fn arns_are_read_back(name in "[a-zA-Z0-9_-]{1,64}", alias in "[a-zA-Z][a-zA-Z0-9_-]{0,20}") {
            prop_assert_eq!(
                read(&qualified_arn(&name, &alias), None),
                Ok((name, Some(alias)))
            );
        }

        #[test]
        fn any_text_is_answered(raw in ".{0,80}", qualifier in proptest::option::of(".{0,10}")) {
            let _ = Reference::parse(&raw, qualifier.as_deref(), Purpose::Use);
        }
    }
}
