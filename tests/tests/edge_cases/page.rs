//! `docs/edge-cases.md` names tests that exist.

use std::collections::BTreeSet;
use std::path::Path;

/// The names of all functions in the sources below a folder.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let names = source.split("fn ").skip(1);
            let names = names.filter_map(|rest| rest.split_once('('));
            found.extend(names.map(|(name, _)| name.to_owned()));
        }
    }
}

#[test]
fn every_test_that_the_page_of_edge_cases_names_exists() {
    let mut known = BTreeSet::new();
    for folder in ["../crates", "../functions", "../tests"] {
        functions(Path::new(folder), &mut known);
    }
    let page = std::fs::read_to_string("../docs/edge-cases.md").unwrap();
    let quoted = page.split('`').skip(1).step_by(2);
    let named: Vec<&str> = quoted
        .filter(|text| text.contains('_') && !text.contains(' '))
        .collect();
    let missing: Vec<&&str> = named
        .iter()
        .filter(|name| !known.contains(**name))
        .collect();
    assert!(named.len() > 100, "the page was not read: {named:?}");
    assert!(missing.is_empty(), "{missing:?}");
}
