//! The architecture's promises about what depends on what.

use std::collections::BTreeSet;
use std::process::Command;

/// The names of the packages that `package` depends on, directly or not, when it is built for use.
fn dependencies(package: &str) -> BTreeSet<String> {
    let tree = [
        "tree",
        "--offline",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--package",
        package,
    ];
    let output = Command::new(env!("CARGO")).args(tree).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_domain_knows_no_aws_no_async_and_no_serialisation() {
    let depends = dependencies("domain");
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
    for function in ["off-hours", "pager"] {
        let depends = dependencies(function);
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
    let depends = dependencies("rehearsal");
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
