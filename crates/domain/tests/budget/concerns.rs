//! What people are told beside warnings and stops, once.

use domain::budget::counted::{Counted, Kind};
use domain::budget::free_tier::FreeTierUse;
use domain::budget::period::TimeUnit;

use crate::made::{TOPIC, service, usd};
use crate::world::{World, announced, notice, world};

fn shop() -> World {
    world([service("prod/api").tagged("stop").desired(3)])
}

fn balancer(hour: Option<&str>) -> Counted {
    Counted {
        kind: Kind::LoadBalancer,
        name: "load balancers".to_owned(),
        count: 1,
        hour: hour.map(usd),
    }
}

fn letter(budget: &str, account: &str) -> String {
    format!(
        "AWS Budget Notification November 19, 2026\nAWS Account {account}\n\nBudget Name: {budget}\n"
    )
}

#[test]
fn a_budget_below_what_runs_on_is_told_at_once() {
    let mut world = shop();
    world.beside = vec![balancer(Some("0.0225"))];
    let plan = world.tick("11-19 10:00");
    assert_eq!(announced(&plan), ["budget-cannot-be-met"]);
    let told = notice(&plan, "budget-cannot-be-met");
    assert_eq!(told.facts[0].value, "16.20 USD");
    assert_eq!(announced(&world.tick("11-19 11:00")), [""; 0]);
    world.beside = vec![balancer(Some("0.01"))];
    assert_eq!(
        announced(&world.tick("11-19 12:00")),
        ["budget-cannot-be-met over"]
    );
}

#[test]
fn what_runs_on_and_has_no_price_is_named_as_unknown() {
    let mut world = shop();
    world.beside = vec![balancer(None)];
    world.reports("10.10");
    let plan = world.tick("11-19 10:00");
    let facts = &notice(&plan, "budget-stopped").facts;
    let goes_on = facts
        .iter()
        .find(|fact| fact.label == "Goes on after a stop")
        .unwrap();
    assert_eq!(goes_on.value, "unknown: 1 × load balancers");
}

#[test]
fn a_message_about_a_foreign_budget_changes_nothing_and_is_told_once() {
    let mut world = shop();
    world.tick("11-19 10:00");
    world.hears(TOPIC, None, &letter("prod", "123456789012"));
    let plan = world.tick("11-19 10:05");
    assert_eq!(announced(&plan), ["budget-message-foreign"]);
    assert_eq!((plan.records.len(), plan.changes.len()), (0, 0));
    world.hears(TOPIC, None, &letter("prod", "123456789012"));
    assert_eq!(announced(&world.tick("11-19 10:10")), [""; 0]);
    assert_eq!(announced(&world.tick("12-15 10:10")), [""; 0]);
}

#[test]
fn a_foreign_account_and_a_foreign_topic_are_told_once_each() {
    let mut world = shop();
    let other = "arn:aws:sns:us-east-1:999999999999:budgets";
    for _ in 0..2 {
        world.hears(TOPIC, None, &letter("dev", "999999999999"));
        world.hears(other, None, &letter("dev", "123456789012"));
        world.tick("11-19 10:00");
    }
    let told: Vec<_> = world
        .announced
        .iter()
        .map(|(key, told)| (key.subject.clone(), told.text.clone()))
        .collect();
    let expected = [
        (TOPIC.to_owned(), "the account 999999999999".to_owned()),
        (other.to_owned(), format!("the topic {other}")),
    ];
    assert_eq!(told, expected);
}

#[test]
fn whoever_can_publish_cannot_fill_the_pager() {
    let mut world = shop();
    let mut told = 0;
    for number in 0..100 {
        world.hears(TOPIC, None, &letter(&format!("b{number}"), "123456789012"));
        told += announced(&world.tick("11-19 10:00")).len();
    }
    assert_eq!(told, 8);
}

#[test]
fn a_message_by_a_stranger_that_says_everything_is_spent_stops_nothing() {
    let mut world = shop();
    let body = format!(
        "{}ACTUAL Amount: $99,999.00\n",
        letter("dev", "123456789012")
    );
    world.hears("arn:aws:sns:us-east-1:999999999999:mine", None, &body);
    world.hears(TOPIC, None, &body);
    world.tick("11-19 10:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn messages_of_ours_however_late_doubled_or_unreadable_change_nothing_that_is_not_so() {
    let mut world = shop();
    for _ in 0..2 {
        world.hears(TOPIC, None, &letter("dev", "123456789012"));
        world.hears(TOPIC, None, "{\"budget\":\"dev\"}");
        world.hears(TOPIC, None, "");
    }
    let plan = world.tick("11-19 10:00");
    assert_eq!(announced(&plan), [""; 0]);
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_limit_that_changes_is_named_once_and_forgotten_with_its_period() {
    let mut world = shop();
    world.tick("11-19 10:00");
    world.budget("dev").limit = usd("20");
    let plan = world.tick("11-19 11:00");
    assert_eq!(announced(&plan), ["budget-limit-changed"]);
    let told = notice(&plan, "budget-limit-changed");
    assert_eq!(
        told.title,
        "The limit of the budget dev changed from 10.00 USD to 20.00 USD"
    );
    assert_eq!(announced(&world.tick("11-19 12:00")), [""; 0]);
    world.reports("0.10");
    let plan = world.tick("12-01 12:00");
    assert_eq!((announced(&plan).len(), plan.forgotten.len()), (0, 1));
}

#[test]
fn a_limit_that_aws_adjusts_is_told_as_aws_s_doing() {
    let mut world = shop();
    world.budget("dev").auto_adjusting = true;
    world.tick("11-19 10:00");
    world.budget("dev").limit = usd("12");
    let plan = world.tick("11-19 11:00");
    let facts = &notice(&plan, "budget-limit-changed").facts;
    assert_eq!(facts[2].value, "AWS, as it adjusts itself");
}

#[test]
fn a_message_that_comes_22_days_late_or_after_the_rollover_changes_nothing_that_is_not_so() {
    let mut world = shop();
    world.reports("10.10");
    world.ticks(["11-19 10:00", "11-30 23:59"]);
    world.reports("0.10");
    world.tick("12-01 12:00");
    let body = format!("{}ACTUAL Amount: $10.10\n", letter("dev", "123456789012"));
    world.hears(TOPIC, None, &body);
    let plan = world.tick("12-11 10:00");
    assert_eq!((plan.changes.len(), world.count("prod/api")), (0, 3));
}

#[test]
fn the_messages_of_both_rungs_in_one_run_and_in_reverse_order_are_one_stop() {
    let mut world = shop();
    world.tick("11-19 10:00");
    world.reports("10.10");
    for threshold in ["$10.00", "$8.00", "$8.00"] {
        let body = format!(
            "{}Alert Threshold: > {threshold}\n",
            letter("dev", "123456789012")
        );
        world.hears(TOPIC, None, &body);
    }
    assert_eq!(announced(&world.tick("11-19 10:05")), ["budget-stopped"]);
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_warning_ends_with_its_period() {
    let mut world = shop();
    world.reports("8.50");
    world.tick("11-19 10:00");
    world.reports("0.10");
    assert_eq!(
        announced(&world.tick("12-01 12:00")),
        ["budget-warned over"]
    );
}

#[test]
fn a_forecast_that_comes_and_goes_is_told_once_in_a_period() {
    let mut world = shop();
    let mut told = Vec::new();
    for (hour, forecast) in ["12", "9", "12", "9", "12"].into_iter().enumerate() {
        world.budget("dev").forecast = Some(usd(forecast));
        told.extend(announced(&world.tick(&format!("11-19 1{hour}:00"))));
    }
    assert_eq!(told, ["budget-warned"]);
}

#[test]
fn the_free_tier_is_told_at_eighty_five_percent_with_any_field_missing() {
    let one = |actual: Option<&str>, limit: Option<&str>| FreeTierUse {
        service: Some("AWS Lambda".to_owned()),
        usage_type: Some(format!("{actual:?} of {limit:?}")),
        actual: actual.map(usd),
        limit: limit.map(usd),
        ..FreeTierUse::default()
    };
    let mut world = shop();
    world.free_tier = Some(vec![
        one(Some("849"), Some("1000")),
        one(Some("850"), Some("1000")),
        one(None, Some("1000")),
        one(Some("850"), None),
        one(Some("1"), Some("0")),
        FreeTierUse::default(),
    ]);
    let plan = world.tick("11-19 10:00");
    assert_eq!(announced(&plan), ["free-tier-nearly-used"]);
    assert_eq!(
        notice(&plan, "free-tier-nearly-used").facts[0].value,
        "85 %"
    );
    world.free_tier = None;
    assert_eq!(announced(&world.tick("11-19 11:00")), [""; 0]);
    world.free_tier = Some(vec![one(Some("850"), Some("2000"))]);
    assert_eq!(announced(&world.tick("11-19 12:00")), [""; 0]);
}

#[test]
fn a_tag_that_is_corrected_withdraws_its_concern() {
    let mut world = world([service("prod/api")
        .tagged("stopp")
        .desired(1)
        .hour(Some("0.001"))]);
    assert_eq!(
        announced(&world.tick("11-19 10:00")),
        ["budget-tag-malformed"]
    );
    let thing = world.thing("prod/api").clone().tagged("stop");
    *world.thing("prod/api") = thing;
    assert_eq!(
        announced(&world.tick("11-19 11:00")),
        ["budget-tag-malformed over"]
    );
}

#[test]
fn what_others_announced_is_not_withdrawn_here() {
    let mut world = shop();
    let key = domain::announcement::ConcernKey {
        subject: crate::made::arn("prod/api").as_str().to_owned(),
        kind: domain::notice::Kind::MalformedTag.name(),
    };
    let told = domain::announcement::Told {
        text: "caretaker:hours=Mon-Fri 8-20".to_owned(),
        since: crate::made::on("11-01 00:00"),
    };
    world.announced.insert(key, told);
    let plan = world.tick("11-19 10:00");
    assert_eq!((announced(&plan).len(), plan.forgotten.len()), (0, 0));
}

#[test]
fn what_was_told_of_a_service_that_is_deleted_since_is_over() {
    let mut world = world([service("prod/api").tagged("stopp").hour(Some("0.001"))]);
    world.tick("11-19 10:00");
    world.services.clear();
    let quiet = world.tick("11-19 11:00");
    assert_eq!(announced(&quiet), [""; 0], "it was not looked at");
    world.gone.insert(crate::made::arn("prod/api"));
    let plan = world.tick("11-19 12:00");
    assert_eq!(announced(&plan), ["budget-tag-malformed over"]);
    let title = &notice(&plan, "budget-tag-malformed").title;
    assert_eq!(title, "prod/api does not exist any more");
}

#[test]
fn a_message_about_a_budget_with_a_comma_in_its_name_says_that_it_cannot_be_watched() {
    let mut world = shop();
    let body = "AWS Account 123456789012\n\nBudget Name: team, monthly\n";
    world.hears(crate::made::TOPIC, None, body);
    let plan = world.tick("11-19 10:00");
    let next = &notice(&plan, "budget-message-foreign").next.what;
    assert!(next.contains("comma"), "{next}");
}

#[test]
fn a_budget_whose_limit_was_raised_is_not_told_to_run_short() {
    let mut world = shop();
    world.reports("9");
    assert_eq!(announced(&world.tick("11-19 10:00")), ["budget-warned"]);
    world.edits("100", "11-19 10:30");
    let told = announced(&world.tick("11-19 11:00"));
    assert_eq!(told, ["budget-limit-changed"]);
}

#[test]
fn a_look_that_failed_does_not_make_a_budget_that_can_be_met() {
    let failed = Counted {
        kind: Kind::Other,
        name: "what stands beside the services".to_owned(),
        count: 1,
        hour: None,
    };
    let mut world = shop();
    world.beside = vec![balancer(Some("0.0225"))];
    assert_eq!(
        announced(&world.tick("11-19 10:00")),
        ["budget-cannot-be-met"]
    );
    world.beside = vec![failed];
    assert_eq!(announced(&world.tick("11-19 11:00")), [""; 0]);
    world.beside.clear();
    world.services_unseen = true;
    assert_eq!(announced(&world.tick("11-19 12:00")), [""; 0]);
    world.services_unseen = false;
    assert_eq!(
        announced(&world.tick("11-19 13:00")),
        ["budget-cannot-be-met over"]
    );
}

#[test]
fn a_budget_of_one_period_does_not_promise_a_next_one() {
    let mut world = shop();
    world.budget("dev").unit = TimeUnit::Custom;
    world.tick("11-19 10:00");
    world.reports("10.50");
    let plan = world.tick("11-19 11:00");
    let next = &notice(&plan, "budget-stopped").next.what;
    assert!(!next.contains("in the next period"), "{next}");
}
