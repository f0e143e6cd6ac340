//! Deeds that concern releases, and what must come of them.

use super::*;

const STACK: &str = r"
name: Releases
zone: UTC
from: 2026-11-19 12:00
to: '14:00'
stack:
  repositories: [{name: shop/web, images: [{tags: [v1, latest]}, {tags: [v2]}]}]
  alarms: [{name: web-5xx}]
  clusters:
    - name: shop
      services:
        - name: web
          desired: 2
          image: ecr:shop/web:latest
          deployment-alarms: {names: [web-5xx], rollback: true}
";

/// Plays the script and returns what was told and what did not hold.
fn play(script: &str, expect: &str) -> (Vec<String>, Vec<String>) {
    let text = format!("{STACK}\nscript:\n{script}\nexpect:\n{expect}");
    let scenario = Scenario::read(&text, Path::new(".")).unwrap();
    let account = Account::new(Clock::stepped(scenario.from));
    scenario.stack.build(&mut account.state().world).unwrap();
    let mut told = Vec::new();
    for (at, deed) in &scenario.script {
        account.clock.step_to(*at);
        deed.perform(&account).unwrap();
        told.push(deed.to_string());
    }
    account.clock.step_to(scenario.to);
    let record = record::Record {
        happenings: account.state().world.happenings.clone(),
        ..record::Record::default()
    };
    let verdicts = scenario.expect.iter();
    let verdicts = verdicts.flat_map(|one| one.judge(&record, &scenario.zone));
    let failed = verdicts.filter(|verdict| !verdict.held());
    let failed = failed.map(|it| format!("{}, but {}", it.expected, it.instead.unwrap()));
    (told, failed.collect())
}

#[test]
fn a_release_that_crashes_is_taken_back_and_a_good_one_runs() {
    let (told, failed) = play(
        "
  - {at: '12:10', do: {deployment: {release: {service: shop/web, behaviour: {exits-at-once: {code: 1}}}}}}
  - {at: '12:40', do: {deployment: {release: {service: shop/web, image: 'ecr:shop/web:v2', by: carol}}}}
",
        "
  - {runs: {at: '12:05', service: shop/web, revision: 'shop-web:1'}}
  - {deployment-is: {at: '12:11', service: shop/web, state: IN_PROGRESS}}
  - {runs: {at: '12:30', service: shop/web, revision: 'shop-web:1'}}
  - {runs: {at: '13:00', service: shop/web, revision: 'shop-web:3'}}
  - {deployment-is: {at: '13:00', service: shop/web, state: COMPLETED}}
",
    );
    assert_eq!(failed, [""; 0]);
    assert_eq!(
        told,
        [
            "ci releases shop/web, which exits at once with 1",
            "carol releases shop/web with ecr:shop/web:v2",
        ]
    );
}

#[test]
fn what_does_not_hold_says_what_was_seen_instead() {
    let (_, failed) = play(
        "
  - {at: '12:10', do: {deployment: {release: {service: shop/web}}}}
",
        "
  - {runs: {at: '13:00', service: shop/web, revision: 'shop-web:9'}}
  - {deployment-is: {at: '13:00', service: shop/web, state: FAILED}}
  - {runs: {at: '13:00', service: shop/nobody}}
",
    );
    assert_eq!(failed.len(), 3);
    assert!(failed[0].starts_with("runs shop-web:9 at Thu 13:00, but shop-web:2 as sha256:"));
    assert!(failed[0].ends_with(", COMPLETED"));
    assert_eq!(failed[1], "deployment FAILED at Thu 13:00, but COMPLETED");
    assert!(failed[2].ends_with("there is no such service"));
}

#[test]
fn people_go_back_stop_and_deregister() {
    let (told, failed) = play(
        "
  - {at: '12:10', do: {deployment: {release: {service: shop/web}}}}
  - {at: '12:20', do: {deployment: {rollback: {service: shop/web, to: 'shop-web:1', by: carol}}}}
  - {at: '12:30', do: {deployment: {release: {service: shop/web}}}}
  - {at: '12:31', do: {deployment: {stop: {service: shop/web, by: dave}}}}
  - {at: '12:40', do: {deployment: {deregister: {task-definition: 'shop-web:2', by: cloudformation}}}}
",
        "
  - {runs: {at: '12:29', service: shop/web, revision: 'shop-web:1'}}
  - {runs: {at: '13:00', service: shop/web, revision: 'shop-web:1'}}
",
    );
    assert_eq!(failed, [""; 0]);
    assert_eq!(told[1], "carol takes shop/web back to shop-web:1");
    assert_eq!(told[3], "dave stops the deployment of shop/web");
    assert_eq!(told[4], "cloudformation deregisters shop-web:2");
}

#[test]
fn an_alarm_that_turns_red_takes_a_release_back_unless_ecs_cannot_read_it() {
    let release = "{deployment: {release: {service: shop/web, behaviour: errors}}}";
    let red = "{deployment: {alarm: {alarm: web-5xx, state: ALARM}}}";
    let seen = format!("  - {{at: '12:10', do: {release}}}\n  - {{at: '12:11', do: {red}}}");
    let (told, failed) = play(
        &seen,
        "  - {runs: {at: '13:00', service: shop/web, revision: 'shop-web:1'}}",
    );
    assert_eq!(failed, [""; 0]);
    assert_eq!(told[1], "web-5xx shows ALARM");
    let hidden = format!("  - {{at: '12:09', do: {{deployment: {{hide-alarms: true}}}}}}\n{seen}");
    let (_, failed) = play(
        &hidden,
        "  - {runs: {at: '13:00', service: shop/web, revision: 'shop-web:2'}}",
    );
    assert_eq!(failed, [""; 0]);
}

#[test]
fn images_are_pushed_moved_and_deleted() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let (told, failed) = play(
        &format!(
            "
  - {{at: '12:10', do: {{deployment: {{push: {{repository: shop/web, tags: [latest, v3], digest: '{digest}'}}}}}}}}
  - {{at: '12:11', do: {{deploy: {{service: shop/web, by: ci}}}}}}
  - {{at: '12:30', do: {{deployment: {{move-tag: {{repository: shop/web, tag: latest, to: v1}}}}}}}}
  - {{at: '12:31', do: {{deployment: {{delete-image: {{repository: shop/web, image: v2}}}}}}}}
  - {{at: '12:32', do: {{deployment: {{behave: {{task-definition: shop-web, behaviour: unhealthy}}}}}}}}
  - {{at: '12:33', do: {{deployment: {{new-rollbacks: true}}}}}}
"
        ),
        &format!("  - {{runs: {{at: '13:00', service: shop/web, digest: '{digest}'}}}}"),
    );
    assert_eq!(failed, [""; 0]);
    assert_eq!(told[0], "an image is pushed to shop/web as latest, v3");
    assert_eq!(told[2], "shop/web:latest means v1 from now on");
    assert_eq!(told[3], "v2 is deleted from shop/web");
    assert_eq!(
        told[4],
        "trouble ahead: shop-web, which fails its health check"
    );
}

#[test]
fn what_is_not_there_breaks_the_script_off() {
    let account = Account::new(Clock::stepped(at("2026-11-19T12:00:00Z")));
    for deed in [
        "{alarm: {alarm: nobody, state: OK}}",
        "{move-tag: {repository: a, tag: b, to: c}}",
        "{delete-image: {repository: a, image: b}}",
        "{behave: {task-definition: nobody, behaviour: good}}",
    ] {
        let deed: Deed = serde_saphyr::from_str(&format!("deployment: {deed}")).unwrap();
        let refusal = deed.perform(&account).unwrap_err().to_string();
        assert!(refusal.ends_with("there is no such thing"), "{refusal}");
    }
}
