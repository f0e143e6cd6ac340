//! The architecture's promises about what depends on what.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The names of the packages that `package` depends on, directly or not, when it is built for use.
fn dependencies(metadata: &Value, package: &str) -> BTreeSet<String> {
    let name_of = |id: &str| {
        let packages = metadata["packages"].as_array().unwrap();
        let one = packages.iter().find(|one| one["id"] == id).unwrap();
        one["name"].as_str().unwrap().to_owned()
    };
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let mut seen = BTreeSet::new();
    let root = nodes
        .iter()
        .find(|node| name_of(node["id"].as_str().unwrap()) == package)
        .unwrap();
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        let used = node["deps"].as_array().unwrap().iter().filter(|dep| {
            dep["dep_kinds"]
                .as_array()
                .unwrap()
                .iter()
                .any(|kind| kind["kind"].is_null())
        });
        for dep in used {
            let id = dep["pkg"].as_str().unwrap();
            if seen.insert(name_of(id)) {
                todo.extend(nodes.iter().find(|node| node["id"] == id));
            }
        }
    }
    seen
}

#[test]
fn the_domain_knows_no_aws_no_async_and_no_serialisation() {
    let depends = dependencies(&metadata(), "domain");
    assert!(
        depends.contains("jiff"),
        "the walk found nothing: {depends:?}"
    );
    let forbidden = |name: &&String| {
        name.starts_with("aws-")
            || name.starts_with("lambda")
            || ["tokio", "serde", "hyper", "http"].contains(&name.as_str())
    };
    assert_eq!(
        depends.iter().filter(forbidden).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

#[test]
fn no_function_ships_the_rehearsal_or_a_second_tls_stack() {
    let metadata = metadata();
    for function in ["off-hours", "pager"] {
        let depends = dependencies(&metadata, function);
        assert!(depends.contains("lambda_runtime"), "{depends:?}");
        for forbidden in [
            "rehearsal",
            "contracts",
            "aws-config",
            "aws-lc-rs",
            "aws-smithy-mocks",
            "proptest",
        ] {
            assert!(
                !depends.contains(forbidden),
                "{function} depends on {forbidden}"
            );
        }
    }
}

#[test]
fn the_rehearsal_is_written_without_our_own_decisions() {
    let depends = dependencies(&metadata(), "rehearsal");
    for forbidden in ["domain", "ledger", "off-hours", "pager"] {
        assert!(
            !depends.contains(forbidden),
            "the rehearsal depends on {forbidden}"
        );
    }
}

#[test]
fn every_function_has_one_name_everywhere() {
    let template = std::fs::read_to_string("../template.yaml").unwrap();
    for folder in std::fs::read_dir("../functions").unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        let manifest = std::fs::read_to_string(format!("../functions/{name}/Cargo.toml")).unwrap();
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "the package of functions/{name}"
        );
        assert!(
            template.contains(&format!("CodeUri: target/lambda/{name}/")),
            "{name} in the template"
        );
        assert!(
            std::path::Path::new(&format!("../events/{name}")).is_dir(),
            "events/{name}"
        );
    }
}
