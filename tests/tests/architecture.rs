//! The architecture's promises about what depends on what.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
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
    for function in ["budget-guard", "off-hours", "pager", "spot-drain"] {
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
    for forbidden in [
        "domain",
        "ledger",
        "budget-guard",
        "off-hours",
        "pager",
        "spot-drain",
    ] {
        assert!(
            !depends.contains(forbidden),
            "the rehearsal depends on {forbidden}"
        );
    }
}

/// The lines of a file that read the setting, without its tests.
fn dry_run_read_in(path: &Path) -> Vec<String> {
    let source = std::fs::read_to_string(path).unwrap();
    let shipped = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = shipped.lines().filter(|line| line.contains(".dry_run"));
    let file = path.strip_prefix("../functions").unwrap().display();
    lines
        .map(|line| format!("{file}: {}", line.trim()))
        .collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut sources: Vec<PathBuf> = paths
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    sources.sort();
    sources
}

/// Each function has one gate in front of its writes; what else reads the setting tells it to
/// somebody.
#[test]
fn whether_a_run_is_dry_is_asked_in_one_place_before_anything_is_written() {
    let read: Vec<String> = ["budget-guard", "off-hours", "pager", "spot-drain"]
        .map(|function| format!("../functions/{function}/src"))
        .iter()
        .flat_map(|folder| sources(Path::new(folder)))
        .flat_map(|path| dry_run_read_in(&path))
        .collect();
    assert_eq!(
        read,
        [
            "budget-guard/src/apply.rs: Gate::new(settings.dry_run)",
            "budget-guard/src/report/mod.rs: \"dry_run\": self.settings.dry_run,",
            "off-hours/src/apply.rs: Gate::new(settings.dry_run)",
            "off-hours/src/deletion/mod.rs: held if settings.dry_run && held > 0 => Answer::Failed(format!(",
            "off-hours/src/report/mod.rs: \"dry_run\": self.settings.dry_run,",
            "pager/src/apply.rs: let shown_only = settings.dry_run && plan.reason != Reason::Undelivered;",
            "spot-drain/src/apply/mod.rs: Gate::new(settings.dry_run)",
            "spot-drain/src/report/mod.rs: \"dry_run\": self.settings.dry_run,",
        ]
    );
}

/// The calls that write are made by nobody but what is behind the gate.
#[test]
fn nothing_is_written_past_the_gate_of_its_function() {
    // Errands, notices and the journal; and of each its own: the mark that the suite closes; what is
    // told and over, and samples; states, tasks, hooks, strategies, looks, the tick and all of Spot's
    // items.
    for (function, behind) in [("off-hours", 4), ("budget-guard", 7), ("spot-drain", 22)] {
        assert_eq!(written_behind_the_gate(function), behind, "{function}");
    }
}

/// What the edge writes for every function it writes behind the gate that it gives them: who else
/// depends on it cannot, for nothing else of it that writes is public.
#[test]
fn the_edge_writes_for_functions_behind_its_gate_alone() {
    let folder = Path::new("../crates/edge/src");
    let mut asked = 0;
    for path in sources(folder) {
        let source = std::fs::read_to_string(&path).unwrap();
        let shipped = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        asked += shipped.matches("if self.dry_run {").count();
        let gate = path == folder.join("gate.rs");
        for write in [
            "pub async fn take(",
            "pub async fn announce(",
            ".ledger.journal(",
        ] {
            assert_eq!(shipped.contains(write), gate, "{write} in {path:?}");
        }
        let performed = shipped.contains("perform(edge, ");
        assert_eq!(performed, path == folder.join("errand.rs"), "{path:?}");
    }
    assert_eq!(asked, 1);
}

/// How many of the writes are made by what is behind the gate of a function; the others by nobody.
fn written_behind_the_gate(function: &str) -> usize {
    let writes = [
        ".ledger.record_",
        ".ledger.close_",
        ".ledger.order(",
        ".ledger.withdraw_order(",
        ".ledger.announced(",
        "ledger.withdrawn(",
        ".ledger.journal(",
        ".ledger.sample(",
        "ledger.record_budget(",
        "ledger.close_budget(",
        "ledger.record_drain(",
        "ledger.close_drain(",
        "ledger.record_incident(",
        "ledger.close_incident(",
        "ledger.remember(",
        "ledger.count(",
        "ledger.plan_look(",
        "ledger.forget_look(",
        "ledger.announce_exercise(",
        "ledger.record_experiment(",
        ".put_events()",
        ".register_scalable_target()",
        ".update_service()",
        ".update_auto_scaling_group()",
        ".update_container_instances_state()",
        ".stop_task()",
        ".complete_lifecycle_action()",
        ".record_lifecycle_action_heartbeat()",
        ".send_message()",
        ".enable_rule()",
        ".disable_rule()",
        // The edge's, which make them.
        ".take(&aws.edge,",
        ".announce(&aws.edge,",
        ".announce(&self.aws.edge,",
        ".journal(&aws.edge,",
    ];
    let folder = PathBuf::from(format!("../functions/{function}/src"));
    let mut behind: BTreeSet<&str> = BTreeSet::new();
    for path in sources(&folder) {
        let source = std::fs::read_to_string(&path).unwrap();
        let source: String = source.split_whitespace().collect();
        let found = writes.iter().filter(|write| source.contains(**write));
        if path == folder.join("apply.rs") || path.starts_with(folder.join("apply")) {
            behind.extend(found.copied());
        } else {
            assert_eq!(found.collect::<Vec<_>>(), Vec::<&&str>::new(), "{path:?}");
        }
    }
    behind.len()
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
