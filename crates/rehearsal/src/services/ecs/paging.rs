//! Pages of a sorted map: a page costs what it holds, however long the list is.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

/// Marks a token as one of ours; what follows is the last key of the page before.
const MARK: &str = "after/";

/// One page of a list.
pub(crate) struct Page<'a, V> {
    /// Its entries.
    pub(crate) entries: Vec<(&'a str, &'a V)>,
    /// The token of the next page, if there is one.
    pub(crate) next_token: Option<String>,
}

/// The entries behind `token` that are wanted, at most `size`; none if the token is not ours.
///
/// What is added or removed between two pages neither repeats nor hides what stays.
pub(crate) fn page_after<'a, V>(
    map: &'a BTreeMap<String, V>,
    token: Option<&str>,
    size: usize,
    wanted: impl Fn(&V) -> bool,
) -> Option<Page<'a, V>> {
    let from = match token {
        Some(token) => Excluded(token.strip_prefix(MARK)?.to_owned()),
        None => Unbounded,
    };
    let mut rest = map
        .range((from, Unbounded))
        .filter(|(_, value)| wanted(value))
        .map(|(key, value)| (key.as_str(), value));
    let entries: Vec<_> = rest.by_ref().take(size).collect();
    let more = rest.next().is_some();
    let next_token = entries
        .last()
        .filter(|_| more)
        .map(|(last, _)| format!("{MARK}{last}"));
    Some(Page {
        entries,
        next_token,
    })
}
