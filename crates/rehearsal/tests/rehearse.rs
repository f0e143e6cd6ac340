//! `rehearsal rehearse` as a person or a script runs it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where it is surprised"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const EVENING: &str = include_str!("fixtures/evening.yaml");
const BREACH: &str = include_str!("fixtures/breach.yaml");
const SURGE: &str = include_str!("fixtures/surge.yaml");

/// A folder of its own with a scenario and, under the functions' names, the example that
/// `cargo test` builds beside this test.
fn folder(name: &str, scenario: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let test = std::env::current_exe().unwrap();
    let debug = test.parent().and_then(Path::parent).unwrap();
    for function in ["obedient", "luckless"] {
        std::fs::copy(debug.join("examples/obedient"), folder.join(function)).unwrap();
    }
    std::fs::write(folder.join("scenario.yaml"), scenario).unwrap();
    folder
}

fn rehearse(folder: &Path) -> Output {
    rehearse_with(folder, None)
}

fn rehearse_with(folder: &Path, stack: Option<&Path>) -> Output {
    let stack = stack.map(|path| [Path::new("--stack"), path]);
    Command::new(env!("CARGO_BIN_EXE_rehearsal"))
        .arg("rehearse")
        .arg(folder.join("scenario.yaml"))
        .arg("--template")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/template.yaml"))
        .arg("--binaries")
        .arg(folder)
        .arg("--report")
        .arg(folder.join("report.html"))
        .args(stack.into_iter().flatten())
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_scenario_is_told_as_it_happens_and_judged_at_the_end() {
    let folder = folder("evening", EVENING);
    let output = rehearse(&folder);
    let told = told(&output);
    for line in [
        "Thu 19:50:00    alice sets shop/api to 5\n",
        "Thu 19:50:00    shop/api                   2 → 5\n",
        "Thu 20:00:00    obedient  asked by bob\n                puts shop/web to rest\n                because it is told to\n",
        "                  shop/web                   3 → 0\n                  notice: malformed-tag: shop/web says Mno-Fri\n",
        "  shop/web                 3 → 0                ✓ 3 at Thu 19:59   ✓ 0 at Thu 20:10\n",
        "7 of 7 expectations held\n",
    ] {
        assert!(told.contains(line), "{line}\nis not in\n{told}");
    }
    assert_eq!(output.status.code(), Some(0), "{told}");
    let report = std::fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(report.contains("7 of 7"));
}

#[test]
fn ticks_that_change_nothing_are_counted_and_not_told() {
    let output = rehearse(&folder("quiet", EVENING));
    let told = told(&output);
    assert!(!told.contains("obedient  tick"), "{told}");
    // Ten ticks and the end of a deployment; bob's and luckless's events are told.
    assert!(
        told.contains("obedient                 13 invocations, 11 with nothing to do, 0 failed"),
        "{told}"
    );
}

#[test]
fn an_event_that_fails_three_times_reaches_whoever_reads_the_dead_letters() {
    let output = rehearse(&folder("luckless", EVENING));
    let told = told(&output);
    for line in [
        "Thu 19:30:20    luckless  tick",
        "Thu 19:31:20    luckless  tick",
        "Thu 19:33:20    luckless  tick",
        "Thu 19:33:20    luckless gives the event up: RetriesExhausted\n",
        "Thu 19:33:20    obedient  from the dead-letter queue",
    ] {
        assert!(told.contains(line), "{line}\nis not in\n{told}");
    }
    assert!(!told.contains("Thu 19:35:20    luckless"));
}

#[test]
fn an_expectation_that_does_not_hold_fails_the_rehearsal_and_says_what_was_seen() {
    let scenario = EVENING.replace("services: { shop/web: 0 }", "services: { shop/web: 3 }");
    let output = rehearse(&folder("broken", &scenario));
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told.contains("✗ 3 at Thu 20:10: desired 0, running 0"),
        "{told}"
    );
    assert!(told.contains("6 of 7 expectations held"), "{told}");
}

#[test]
fn two_runs_tell_the_same() {
    let without_wall_time = |output: &Output| {
        let told = told(output);
        let lines = told
            .lines()
            .filter(|line| !line.contains(" s in all") && !line.contains("cold start"));
        lines.map(str::to_owned).collect::<Vec<String>>()
    };
    let folder = folder("twice", EVENING);
    let (one, other) = (rehearse(&folder), rehearse(&folder));
    assert_eq!(without_wall_time(&one), without_wall_time(&other));
}

#[test]
fn a_scenario_happens_to_the_stack_that_is_given() {
    let folder = folder("given", EVENING);
    let stack = folder.join("mine.yaml");
    let services = "[{name: web, desired: 7}, {name: api}]";
    let yaml = format!("clusters: [{{name: shop, services: {services}}}]");
    std::fs::write(&stack, yaml).unwrap();
    let told = told(&rehearse_with(&folder, Some(&stack)));
    assert!(told.contains("shop/web                   7 → 0"), "{told}");
}

#[test]
fn a_mistake_in_the_stack_that_is_given_is_named_with_the_file_and_the_line() {
    let folder = folder("mistaken", EVENING);
    let stack = folder.join("mine.yaml");
    std::fs::write(&stack, "clusters:\n- name: shop\n  servics: []\n").unwrap();
    let output = rehearse_with(&folder, Some(&stack));
    let complaint = String::from_utf8_lossy(&output.stderr);
    let start = format!("rehearsal: the stack {} has a mistake: ", stack.display());
    assert!(complaint.starts_with(&start), "{complaint}");
    assert!(complaint.contains("line 3 column 3"), "{complaint}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_binary_that_follows_the_wall_s_clock_is_refused() {
    let folder = folder("clock", EVENING);
    std::fs::copy("/bin/true", folder.join("obedient")).unwrap();
    let output = rehearse(&folder);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("rehearsal-clock"), "{complaint}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_letter_of_aws_budgets_reaches_the_function_as_late_and_as_often_as_the_script_says() {
    let folder = folder("breach", BREACH);
    let output = rehearse(&folder);
    let told = told(&output);
    for line in [
        "Thu 12:10:00    AWS Budgets says that monthly has spent $8.40\n",
        "Thu 12:10:00    monthly: alert (ACTUAL) to arn:aws:sns:eu-central-1:123456789012:caretaker-Budget\n",
        "Thu 12:10:00    obedient  told \"AWS Budgets: monthly has exceeded your alert threshold\"",
        "Thu 12:15:00    obedient  told \"AWS Budgets: monthly has exceeded your alert threshold\"",
        "Thu 12:30:00    a stranger publishes \"stop everything\" to caretaker-Budget\n",
        "Thu 12:30:00    obedient  told \"stop everything\"",
        "Thu 12:50:00    monthly: alert (ACTUAL) did not reach arn:aws:sns:eu-central-1:123456789012:caretaker-Budget: AuthorizationError",
        "5 of 5 expectations held\n",
    ] {
        assert!(told.contains(line), "{line}\nis not in\n{told}");
    }
    assert_eq!(output.status.code(), Some(0), "{told}");
}

#[test]
fn a_surge_comes_through_the_queue_and_is_told_against_the_two_minutes() {
    let folder = folder("surge", SURGE);
    let output = rehearse(&folder);
    let told = told(&output);
    for line in [
        "Thu 12:01:00    m6i.large has no capacity any more\n",
        "Thu 12:02:00    EC2 takes 2 Spot instances of hosts: terminate\n",
        "Thu 12:02:00    2 instances              Spot warning: terminate\n",
        "Thu 12:04:00    2 instances              shutting-down 120 s after the warning\n",
        "Thu 12:04:00    hosts: no pool has Spot capacity\n",
        "Thu 12:05:00    2 instances              hook hosts/drain: CONTINUE, for nobody completed it\n",
        "Thu 12:03:00    Fargate takes 1 Spot task of shop/mail\n",
        "Thu 12:05:00    EC2 recommends to replace 1 Spot instance of hosts\n",
        "taken without a warning\n",
        // Five ticks, one batch of warnings, eleven minutes, one dead letter; bob's is told.
        "Thu 12:15:00    alice ends 1 instance of hosts\n",
        "7 of 7 expectations held\n",
    ] {
        assert!(told.contains(line), "{line}\nis not in\n{told}");
    }
    assert_eq!(output.status.code(), Some(0), "{told}");
    let report = std::fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(report.contains("Against the two minutes"));
    assert!(report.contains("ended at 120 s"));
}
