mod deployments;
mod spot;

use serde_json::json;

use super::*;
use crate::journal::{Happening, What};
use crate::{Account, Clock};

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

/// Everything that a budget's chapter can say.
const BUDGET: &str = r#"
name: A breach
zone: UTC
from: 2026-11-19 12:00
to: "18:00"
stack:
  clusters: [{name: shop, services: [{name: web, desired: 2}]}]
  beside: [{kind: natgateway, count: 2, tags: {team: shop}}]
  budgets:
    - name: monthly
      limit: "10"
      spent: "7.90"
      notifications: [{at: {percent: 80}, topic: guard}, {at: {percent: 100}, email: [me@example.com]}]
script:
  - {at: "12:05", do: {topic: {set-policy: {topic: guard, policy: {Statement: [{Effect: Allow, Principal: {Service: budgets.amazonaws.com}, Action: "sns:Publish", Resource: "*"}]}, by: alice}}}}
  - {at: "12:10", do: {budget: {report: {budget: monthly, spend: "8.40", forecast: "14.00"}}}}
  - {at: "12:20", do: {budget: {casing: title}}}
  - {at: "12:30", do: {budget: {report: {budget: monthly, spend: 12.00}}}}
  - {at: "12:40", do: {budget: {set-limit: {budget: monthly, limit: "20", by: carol}}}}
  - {at: "12:50", do: {budget: {report: {budget: monthly}}}}
  - {at: "13:00", do: {budget: {health: {budget: monthly, reason: FILTER_INVALID}}}}
  - {at: "13:10", do: {budget: {health: {budget: monthly}}}}
  - {at: "13:20", do: {budget: {add-notification: {budget: monthly, notification: {type: FORECASTED, at: {usd: 30}, topic: guard}, by: carol}}}}
  - {at: "13:30", do: {budget: {remove-subscribers: {budget: monthly, notification: {at: {percent: 100}, email: [me@example.com]}, by: carol}}}}
  - {at: "13:40", do: {budget: {remove-notification: {budget: monthly, notification: {at: {percent: 80}}, by: carol}}}}
  - {at: "13:50", do: {budget: {delete: {budget: monthly, by: mallory}}}}
  - {at: "14:00", do: {budget: {create: {budget: {name: monthly, limit: "5"}, by: carol}}}}
  - {at: "14:10", do: {budget: {meter: {budget: monthly, follows: {usd-per-task-hour: "0.05", refresh-hours: 1, forecast: true}}}}}
  - {at: "14:20", do: {budget: {wrong-by: {budget: monthly, factor: "1000000000"}}}}
  - {at: "14:30", do: {free-tier: [{service: AWS Lambda, actual: 900000, limit: 1000000}]}}
  - {at: "14:40", do: {deliveries: {how: repeated, minutes: 5, mentions: guard}}}
  - {at: "14:50", do: {topic: {publish: {topic: guard, message: '{"BudgetName": "monthly"}', by: a stranger}}}}
  - {at: "15:00", do: {topic: {subscribe: {topic: guard, protocol: email, endpoint: me@example.com, by: alice}}}}
  - {at: "15:10", do: {topic: {unsubscribe: {topic: guard, endpoint: me@example.com, by: mallory}}}}
expect:
  - at-zero: {at: "17:00", except: [shop/web]}
  - budget-messages: {budget: monthly, type: ACTUAL, times: 2}
  - budget-messages: {budget: monthly, times: 0, refused: true}
  - page: {subject: budget, times: 0}
"#;

#[test]
fn a_budget_s_chapter_can_be_written_and_played() {
    let scenario = Scenario::read(BUDGET, Path::new(".")).unwrap();
    let account = Account::new(Clock::stepped(scenario.from));
    let topic = json!({"Name": "guard"});
    account
        .by_hand("test", "sns", "CreateTopic", topic)
        .unwrap();
    scenario.stack.build(&mut account.state().world).unwrap();
    let shown = |account: &Account| {
        let input = json!({"AccountId": "123456789012", "BudgetName": "monthly"});
        account
            .by_hand("test", "budgets", "DescribeBudget", input)
            .map(|it| it["Budget"].clone())
    };
    let mut told = Vec::new();
    for (at, deed) in &scenario.script {
        account.clock.step_to(*at);
        deed.perform(&account).unwrap();
        told.push(deed.to_string());
        let budget = shown(&account);
        match at.to_string().get(11..16).unwrap_or_default() {
            "12:10" => assert_eq!(
                budget.unwrap()["CalculatedSpend"]["ForecastedSpend"]["Amount"],
                "14.00"
            ),
            "12:30" => assert_eq!(
                budget.unwrap()["CalculatedSpend"]["ActualSpend"]["Amount"],
                "12.00"
            ),
            "12:40" => {
                let budget = budget.unwrap();
                assert_eq!(budget["BudgetLimit"]["Amount"], "20.0");
                assert_eq!(budget["CalculatedSpend"]["ActualSpend"]["Amount"], "0.0");
            }
            "12:50" => assert!(budget.unwrap()["CalculatedSpend"].is_null()),
            "13:00" => assert_eq!(
                budget.unwrap()["HealthStatus"]["StatusReason"],
                "FILTER_INVALID"
            ),
            "13:40" => {
                let rungs = account.state().world.budgets.budgets["monthly"].rungs.len();
                assert_eq!(rungs, 1);
            }
            "13:50" => assert!(budget.is_err()),
            "15:00" => assert_eq!(
                account
                    .state()
                    .world
                    .sns
                    .topics
                    .values()
                    .next()
                    .unwrap()
                    .subscriptions
                    .len(),
                1
            ),
            _ => {}
        }
    }
    account.clock.step_to(scenario.to);
    let state = account.state();
    assert!(
        state
            .world
            .sns
            .topics
            .values()
            .all(|topic| topic.subscriptions.is_empty())
    );
    let record = record::Record {
        happenings: state.world.happenings.clone(),
        ..record::Record::default()
    };
    let verdicts = scenario
        .expect
        .iter()
        .flat_map(|one| one.judge(&record, &scenario.zone));
    let failed: Vec<_> = verdicts.filter(|verdict| !verdict.held()).collect();
    assert_eq!(failed, []);
    assert!(told.contains(
        &"AWS Budgets says that monthly has spent $8.40 and will spend $14.00".to_owned()
    ));
    assert!(told.contains(&"carol sets the limit of monthly to $20".to_owned()));
    assert!(told.contains(&"trouble ahead: 1 message for guard again after 5 minutes".to_owned()));
}

#[test]
fn a_deed_for_a_budget_that_is_not_there_breaks_the_script_off() {
    let account = Account::new(Clock::stepped(at("2026-11-19T12:00:00Z")));
    for (deed, why) in [
        (
            "{report: {budget: other, spend: '1'}}",
            "there is no such budget",
        ),
        (
            "{wrong-by: {budget: other, factor: '2'}}",
            "there is no such budget",
        ),
        (
            "{set-limit: {budget: other, limit: '2', by: x}}",
            "the script could not",
        ),
    ] {
        let deed: Deed = serde_saphyr::from_str(&format!("{{budget: {deed}}}")).unwrap();
        let refused = deed.perform(&account).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}

#[test]
fn what_is_up_is_named_where_all_must_be_at_zero() {
    let happening = |subject: &str, desired: u32, running: u32| Happening {
        at: at("2026-11-19T12:00:00Z"),
        subject: subject.to_owned(),
        what: What::Tasks { desired, running },
    };
    let record = record::Record {
        happenings: vec![
            happening("shop/web", 2, 2),
            happening("shop/api", 0, 0),
            happening("shop/mail", 0, 1),
        ],
        ..record::Record::default()
    };
    let judge = |except: &[&str]| {
        let expected = Expectation::AtZero {
            at: at("2026-11-19T13:00:00Z"),
            except: except.iter().map(|name| (*name).to_owned()).collect(),
        };
        expected.judge(&record, &TimeZone::UTC)[0].instead.clone()
    };
    assert_eq!(judge(&[]).unwrap(), "2 services up: shop/mail, shop/web");
    assert_eq!(judge(&["shop/mail", "shop/web"]), None);
}

#[test]
fn letters_and_pages_are_counted_by_what_they_are() {
    let happening = |what: What| Happening {
        at: at("2026-11-19T12:00:00Z"),
        subject: "monthly".to_owned(),
        what,
    };
    let letter = |kind: &str, refused: serde_json::Value| {
        What::Alert(json!({"Type": kind, "Refused": refused}))
    };
    let page =
        json!({"Subject": "Budget stopped", "Message": {"default": "a", "email": "shop/web"}});
    let record = record::Record {
        happenings: [
            letter("ACTUAL", json!(null)),
            letter("FORECASTED", json!(null)),
            letter("ACTUAL", json!("AuthorizationError")),
            What::Published(page),
        ]
        .map(happening)
        .into(),
        ..record::Record::default()
    };
    let judge = |yaml: &str| {
        let expected: Expectation<String> = serde_saphyr::from_str(yaml).unwrap();
        let placed = expected.placed(|text| text.parse::<Timestamp>());
        placed.unwrap().judge(&record, &TimeZone::UTC)[0].clone()
    };
    assert!(judge("budget-messages: {budget: monthly, times: 2}").held());
    assert!(judge("budget-messages: {budget: monthly, type: ACTUAL, times: 1}").held());
    assert!(judge("budget-messages: {budget: monthly, times: 1, refused: true}").held());
    assert!(judge("budget-messages: {budget: other, times: 0}").held());
    assert!(judge("page: {subject: stopped, says: shop/web}").held());
    let wrong = judge("page: {subject: stopped, says: shop/api}");
    assert_eq!(
        wrong.expected,
        "a page \"stopped\" that says \"shop/api\", once"
    );
    assert_eq!(wrong.instead.as_deref(), Some("none came"));
    let wrong = judge("budget-messages: {budget: monthly, type: ACTUAL, times: 3}");
    assert_eq!(wrong.expected, "a letter ACTUAL of monthly, 3 times");
    assert_eq!(wrong.instead.as_deref(), Some("it came once"));
}

#[test]
fn a_message_of_a_topic_is_told_by_its_subject() {
    let record = |source: &str, subject: serde_json::Value| {
        timeline::Cause::of(
            &json!({"Records": [{"EventSource": source, "Sns": {"Subject": subject}}]}),
        )
    };
    let topic = |subject: &str| timeline::Cause::Topic(subject.to_owned());
    assert_eq!(
        record("aws:sns", json!("AWS Budgets: x")),
        topic("AWS Budgets: x")
    );
    assert_eq!(
        record("aws:sns", json!(null)),
        topic("a message without a subject")
    );
    assert_eq!(record("aws:sqs", json!(null)), timeline::Cause::DeadLetters);
}

#[test]
fn a_batch_is_told_by_the_kinds_of_its_messages_and_dead_letters_as_such() {
    let message =
        |body: serde_json::Value| json!({"eventSource": "aws:sqs", "body": body.to_string()});
    let cause = |records: &[serde_json::Value]| timeline::Cause::of(&json!({ "Records": records }));
    let state = json!({"detail-type": "EC2 State", "detail": {"state": "stopped"}});
    let look = json!({"detail-type": "Look Again", "detail": {"instance-id": "i-1"}});
    assert_eq!(
        cause(&[
            message(state.clone()),
            message(look.clone()),
            message(state.clone()),
            json!({"body": "not JSON"}),
            message(json!({"detail-type": "Scheduled Event"})),
        ]),
        timeline::Cause::Queue("2 x EC2 State, Look Again: i-1, a message, tick".to_owned())
    );
    let other = message(json!({"detail-type": "Look Again", "detail": {"instance-id": "i-2"}}));
    assert_eq!(
        cause(&[message(look.clone()), other]),
        timeline::Cause::Queue("2 x Look Again".to_owned())
    );
    let mut undelivered = message(look);
    undelivered["messageAttributes"]["TARGET_ARN"] = json!({"stringValue": "arn"});
    assert_eq!(cause(&[undelivered]), timeline::Cause::DeadLetters);
    let failed = message(json!({"requestContext": {"functionArn": "arn"}}));
    assert_eq!(cause(&[failed]), timeline::Cause::DeadLetters);
}
