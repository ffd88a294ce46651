//! The trace header that an invocation gets.

use crate::clock::now_ms;

/// The trace header of an invocation: the caller's root is kept, the rest is new.
pub fn header(given: Option<&str>) -> String {
    let mut fields = given.into_iter().flat_map(|text| text.split(';'));
    let root = fields.find_map(|field| field.trim().strip_prefix("Root="));
    let random = uuid::Uuid::new_v4().simple().to_string();
    let root = root.map_or_else(
        || format!("1-{:08x}-{}", now_ms() / 1000, &random[..24]),
        str::to_owned,
    );
    format!(
        "Root={root};Parent={};Sampled=0;Lineage=1:{}:0",
        &random[16..],
        &random[24..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_a_trace_is_kept() {
        let kept = header(Some(
            "Parent=1;Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
        ));
        assert!(
            kept.starts_with("Root=1-5759e988-bd862e3fe1be46a994272793;Parent="),
            "{kept}"
        );
        assert!(header(None).starts_with("Root=1-"));
    }
}
