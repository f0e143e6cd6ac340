//! What the repository ships is what the rehearsal can read.

#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rehearsal::scenario::Scenario;
use rehearsal::template::{Deployment, Template};
use rehearsal::world::Identity;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn template(overrides: BTreeMap<String, String>) -> Template {
    let deployment = Deployment {
        identity: Identity::default(),
        stack: "caretaker".to_owned(),
        overrides,
    };
    Template::load(&root().join("template.yaml"), &deployment).unwrap()
}

#[test]
fn the_template_s_functions_are_the_folders_under_functions() {
    let mut folders: Vec<String> = std::fs::read_dir(root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let mut names: Vec<String> = template(BTreeMap::new())
        .functions
        .into_iter()
        .map(|function| function.name)
        .collect();
    names.sort();
    assert_eq!(names, folders);
}

#[test]
fn every_rule_and_schedule_of_the_template_reaches_a_function() {
    let template = template(BTreeMap::new());
    let known = |arn: &str| {
        template
            .functions
            .iter()
            .any(|function| function.arn == arn)
    };
    assert!(!template.rules.is_empty() && !template.schedules.is_empty());
    for rule in &template.rules {
        assert!(!rule.targets.is_empty(), "{rule:?}");
        for target in &rule.targets {
            assert!(known(target["Arn"].as_str().unwrap()), "{rule:?}");
        }
    }
    for schedule in &template.schedules {
        assert!(known(&schedule.target), "{schedule:?}");
    }
}

#[test]
fn every_scenario_can_be_read_and_overrides_only_parameters_that_exist() {
    let mut scenarios = 0;
    for entry in std::fs::read_dir(root().join("scenarios")).unwrap() {
        let path = entry.unwrap().path();
        let scenario = Scenario::load(&path).unwrap();
        assert!(!scenario.expect.is_empty(), "{}", path.display());
        template(scenario.parameters);
        scenarios += 1;
    }
    assert!(scenarios > 0);
}
