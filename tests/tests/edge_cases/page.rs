//! The pages of cases in `docs` name tests, and files of tests, that exist.

use std::collections::BTreeSet;
use std::path::Path;

/// The names of all functions in the sources below a folder; pytest's without their `test_`.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // What npm installed for the tests is not ours.
        if path.is_dir() && !path.ends_with("node_modules") {
            functions(&path, found);
            continue;
        }
        let begins = match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => "fn ",
            Some("py") => "def test_",
            _ => continue,
        };
        let source = std::fs::read_to_string(&path).unwrap();
        let names = source.split(begins).skip(1);
        let names = names.filter_map(|rest| rest.split_once('('));
        found.extend(names.map(|(name, _)| name.to_owned()));
    }
}

#[test]
fn every_test_that_the_page_of_edge_cases_names_exists() {
    every_name_exists("../docs/edge-cases.md", 100);
}

#[test]
fn every_test_that_the_page_of_budget_cases_names_exists() {
    every_name_exists("../docs/budget-cases.md", 30);
}

#[test]
fn every_test_that_the_page_of_spot_cases_names_exists_and_no_case_is_left_out() {
    every_name_exists("../docs/spot-cases.md", 100);
    let page = std::fs::read_to_string("../docs/spot-cases.md").unwrap();
    let cases = page.lines().filter_map(|line| {
        let number = line.strip_prefix("| ")?.split(' ').next()?;
        number.parse::<usize>().ok()
    });
    assert_eq!(cases.collect::<Vec<_>>(), (1..=42).collect::<Vec<_>>());
}

#[test]
fn every_test_that_the_page_of_deployment_cases_names_exists() {
    every_name_exists("../docs/deployment-cases.md", 100);
}

/// `page` names so many tests at least, and each exists.
fn every_name_exists(page: &str, at_least: usize) {
    let mut known = BTreeSet::new();
    for folder in ["../crates", "../functions", "../tests"] {
        functions(Path::new(folder), &mut known);
    }
    let page = std::fs::read_to_string(page).unwrap();
    let quoted = page.split('`').skip(1).step_by(2);
    let named: Vec<&str> = quoted
        .filter(|text| text.contains('_') && !text.contains(' '))
        .collect();
    let missing: Vec<&&str> = named
        .iter()
        .filter(|name| match name.contains('/') {
            true => !Path::new("..").join(name).exists(),
            false => !known.contains(**name),
        })
        .collect();
    assert!(named.len() > at_least, "the page was not read: {named:?}");
    assert!(missing.is_empty(), "{missing:?}");
}
