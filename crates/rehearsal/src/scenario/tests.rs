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

/// A folder of its own with this stack in `shop.yaml`.
fn folder_with(name: &str, stack: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rehearsal-scenario-{name}"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("shop.yaml"), stack).unwrap();
    folder
}

fn naming(file: &str) -> String {
    MINIMAL.replace(
        "stack:\n  clusters: [{name: shop}]\n",
        &format!("stack: {file}\n"),
    )
}

/// An error and its causes.
fn whole(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[test]
fn a_scenario_must_have_a_stack() {
    let none = naming("").replace("stack: \n", "");
    let mistake = Scenario::read(&none, Path::new(".")).unwrap_err();
    assert!(matches!(mistake, Unreadable::NoStack), "{mistake}");
}

#[test]
fn a_stack_may_be_the_name_of_a_file() {
    let folder = folder_with("file", "clusters: [{name: blog}]\n");
    let scenario = Scenario::read(&naming("shop.yaml"), &folder).unwrap();
    assert_eq!(scenario.stack.clusters[0].name, "blog");
}

#[test]
fn a_mistake_in_a_stack_s_file_is_named_with_the_file_and_the_line() {
    let folder = folder_with("mistake", "clusters:\n  - {name: shop, servics: []}\n");
    let mistake = whole(&Scenario::read(&naming("shop.yaml"), &folder).unwrap_err());
    let path = folder.join("shop.yaml");
    let start = format!("line 6: the stack {} has a mistake: ", path.display());
    assert!(mistake.starts_with(&start), "{mistake}");
    assert!(mistake.contains("line 2 column 18"), "{mistake}");
    assert!(mistake.contains("unknown field `servics`"), "{mistake}");
}

#[test]
fn a_stack_s_file_that_is_missing_is_named_with_the_line_that_names_it() {
    let mistake = Scenario::read(&naming("nowhere.yaml"), Path::new("."));
    let mistake = whole(&mistake.unwrap_err());
    let start = "line 6: the stack ./nowhere.yaml cannot be read: No such file";
    assert!(mistake.starts_with(start), "{mistake}");
}

#[test]
fn a_mistake_in_a_stack_that_is_written_out_is_named_with_its_place() {
    let yaml = MINIMAL.replace("{name: shop}", "{nmae: shop}");
    let mistake = Scenario::read(&yaml, Path::new(".")).unwrap_err();
    let mistake = mistake.to_string();
    assert!(mistake.contains("line 7"), "{mistake}");
    assert!(mistake.contains("unknown field `nmae`"), "{mistake}");
    let list = Scenario::read(&naming("[shop]"), Path::new(".")).unwrap_err();
    let list = list.to_string();
    assert!(list.contains("line 6"), "{list}");
    assert!(list.contains("the path of a stack's file"), "{list}");
}

#[test]
fn a_scenario_can_happen_to_another_stack_than_its_own() {
    let folder = folder_with("other", "clusters: [{name: blog}]\n");
    for (name, yaml) in [
        ("own.yaml", MINIMAL),
        ("none.yaml", &naming("nowhere.yaml")),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, yaml).unwrap();
        let scenario = Scenario::load_with(&path, &folder.join("shop.yaml")).unwrap();
        assert_eq!(scenario.stack.clusters[0].name, "blog");
        assert_eq!(scenario.name, "One night");
    }
}
