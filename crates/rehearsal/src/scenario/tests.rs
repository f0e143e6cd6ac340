use super::*;

const MINIMAL: &str = r"
name: One night
zone: Europe/Berlin
from: 2026-11-19 17:30
to: 09:30
stack:
  clusters: [{name: shop}]
";

fn read(more: &str) -> Result<Scenario, Unreadable> {
    Scenario::read(&format!("{MINIMAL}{more}"), Path::new("."))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_bare_time_is_the_first_one_after_the_beginning() {
    let script = "
script:
  - {at: '02:15', do: no-faults}
  - {at: '17:30', do: {set-desired: {service: shop/web, desired: 3, by: alice}}}
  - {at: 2026-11-20T05:00:00Z, do: no-faults}
";
    let scenario = read(script).unwrap();
    assert_eq!(scenario.from, at("2026-11-19T16:30:00Z"));
    assert_eq!(scenario.to, at("2026-11-20T08:30:00Z"));
    let moments: Vec<Timestamp> = scenario.script.iter().map(|(at, _)| *at).collect();
    assert_eq!(
        moments,
        [
            at("2026-11-19T16:30:00Z"),
            at("2026-11-20T01:15:00Z"),
            at("2026-11-20T05:00:00Z")
        ]
    );
}

#[test]
fn mistakes_are_named_with_their_place() {
    let mistake = |more: &str| read(more).unwrap_err().to_string();
    let unknown = mistake("scirpt: []\n");
    assert!(
        unknown.contains("line 8 column 1: unknown field `scirpt`"),
        "{unknown}"
    );
    let deed = mistake("script:\n  - {at: '18:00', do: {set-desierd: {}}}\n");
    assert!(deed.contains("line 9"), "{deed}");
    assert!(deed.contains("unknown variant `set-desierd`"), "{deed}");
    assert_eq!(
        mistake("script:\n  - {at: 25:00, do: no-faults}\n"),
        "line 9: \"25:00\" is no time here; write \"20:15\", \"2026-11-19 20:15\" or an instant with Z"
    );
    let zone = MINIMAL.replace("Europe/Berlin", "Europe/Bärlin");
    assert_eq!(
        Scenario::read(&zone, Path::new("."))
            .unwrap_err()
            .to_string(),
        "Europe/Bärlin is no time zone"
    );
}

#[test]
fn the_beginning_must_name_its_day() {
    let yaml = MINIMAL.replace("2026-11-19 17:30", "17:30");
    let mistake = Scenario::read(&yaml, Path::new(".")).unwrap_err();
    assert!(
        matches!(mistake, Unreadable::Time { line: 4, .. }),
        "{mistake}"
    );
}

#[test]
fn a_scenario_has_one_stack() {
    let none = MINIMAL.replace("stack:\n  clusters: [{name: shop}]\n", "");
    for yaml in [none, format!("{MINIMAL}stack-file: shop.yaml\n")] {
        let mistake = Scenario::read(&yaml, Path::new(".")).unwrap_err();
        assert_eq!(
            mistake.to_string(),
            "a scenario has either a stack or a stack-file"
        );
    }
}
