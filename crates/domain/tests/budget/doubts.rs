//! Sequences in which the guard was doubted: each is told as it should end.

use domain::budget::What;
use domain::budget::counted::{Counted, Kind as Costs};
use domain::budget::guard::{Guarded, Notification};
use domain::budget::period::{Period, TimeUnit};
use domain::budget::prose::AlertType;
use domain::budget::reading::Threshold;
use domain::budget::topic::{Condition, Statement, Subscription, Topic};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::made::{ACCOUNT, TOPIC, arn, november, on, service, usd};
use crate::world::{World, announced, decided, notice, world};

fn shop() -> World {
    world([service("prod/api").tagged("stop").desired(3)])
}

/// `dev` has stopped everything.
fn stopped() -> World {
    let mut world = shop();
    world.tick("11-19 10:00");
    world.reports("10.50");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    assert!(world.is_stopped("dev"));
    world
}

fn volume() -> Counted {
    Counted {
        kind: Costs::Volume,
        name: "EBS volumes".to_owned(),
        count: 1,
        hour: None,
    }
}

/// What is told in hourly runs from one moment to another.
fn told(world: &mut World, from: &str, to: &str) -> Vec<String> {
    let mut now = on(from);
    let mut told = Vec::new();
    while now < on(to) {
        told.extend(announced(&world.run(now, usize::MAX)));
        now += SignedDuration::from_hours(1);
    }
    told
}

// A stop that does not fire.

#[test]
fn where_nothing_is_put_down_again_what_is_raised_is_paged_at_once() {
    let mut world = stopped();
    world.policy.put_down_again = 0;
    world.redeploy("prod/api", 3);
    let told = told(&mut world, "11-19 13:00", "11-20 13:00");
    assert_eq!(world.count("prod/api"), 3, "it is left alone");
    assert_eq!(told, ["budget-raised-while-stopped"]);
}

#[test]
fn a_run_that_died_before_it_put_down_a_service_has_not_put_it_down() {
    let mut world = stopped();
    world.redeploy("prod/api", 3);
    for hour in ["11-19 13:00", "11-19 14:00", "11-19 15:00"] {
        world.run(on(hour), 1);
    }
    world.ticks(["11-19 16:00", "11-19 17:00"]);
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn an_allowance_that_was_a_slip_can_be_taken_back() {
    let mut world = stopped();
    world.restore(Some("3000"), "11-19 13:00");
    world.ticks(["11-19 13:30", "11-19 14:00"]);
    let plan = world.restore(Some("3"), "11-19 14:30");
    let allowed = world.tally("dev").allowed.clone().unwrap();
    assert_eq!(allowed.up_to, usd("13.50"), "{:?}", plan.answer);
}

// A stop that fires wrongly.

#[test]
fn a_grace_that_ended_without_a_stop_is_given_anew() {
    let mut world = world([service("prod/api")
        .tagged("stop")
        .desired(1)
        .hour(Some("0.0001"))]);
    world.policy.stop_percent = usd("90");
    world.policy.grace = SignedDuration::from_mins(90);
    world.reports("9.20");
    assert_eq!(announced(&world.tick("11-19 11:00")), ["budget-grace"]);
    world.hourly("11-19 12:00", "11-19 15:00");
    assert_eq!(world.count("prod/api"), 1, "it lasts anyway");
    world.redeploy("prod/api", 100);
    let plan = world.tick("11-19 16:00");
    assert_eq!(decided(&plan).reason.name(), "in-grace");
    assert_eq!(world.count("prod/api"), 100);
}

#[test]
fn one_volume_without_a_price_does_not_stop_everything_before_the_limit() {
    let mut world = world([service("prod/api")
        .tagged("stop")
        .desired(1)
        .hour(Some("0.0001"))]);
    world.policy.stop_percent = usd("90");
    world.beside = vec![volume()];
    world.reports("9.20");
    world.tick("11-19 11:00");
    assert_eq!(world.count("prod/api"), 1);
}

// A state that nobody leaves.

#[test]
fn what_is_taken_for_stopped_at_a_spend_of_zero_comes_back_with_the_next_period() {
    let mut world = stopped();
    world.tallies.clear();
    world.reports("0");
    world.budget("dev").edited = Some(on("11-20 09:30"));
    world.tick("11-20 10:00");
    world.reports("10.50");
    world.hourly("11-20 20:00", "11-30 20:00");
    world.reports("0.10");
    world.hourly("12-01 10:00", "12-03 10:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn what_a_person_allowed_outlives_an_edit_of_when_the_budget_ends() {
    let mut world = stopped();
    world.restore(Some("3"), "11-19 13:00");
    let cut = Period {
        end: on("11-25 00:00"),
        ..november()
    };
    let rolled = world.tally("dev").rolled(cut);
    assert_eq!(
        rolled.allowed.map(|allowed| allowed.up_to),
        Some(usd("13.50"))
    );
}

// A page that lies, is missing, or repeats.

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
fn a_restore_that_brings_nothing_back_says_who_holds_it() {
    let mut world = shop().with_budget("team", "20");
    world.tick("11-19 10:00");
    world.reports("10.10");
    world.budget("team").actual = Some(usd("20.10"));
    world.ticks(["11-19 12:00", "11-19 13:00"]);
    let plan = world.restore(Some("3"), "11-19 14:00");
    assert_eq!(world.count("prod/api"), 0, "team holds it");
    let told = format!("{:?} {:?}", notice(&plan, "budget-stopped"), plan.answer);
    assert!(told.contains("team"), "{told}");
}

/// `prod/api` was raised so often that it is left alone.
fn given_up() -> World {
    let mut world = stopped();
    for hour in 13..17 {
        world.redeploy("prod/api", 3);
        world.tick(&format!("11-19 {hour}:00"));
    }
    assert_eq!(world.count("prod/api"), 3);
    world
}

#[test]
fn what_was_given_up_is_not_said_to_be_put_down_again() {
    let mut world = given_up();
    world.redeploy("prod/api", 0);
    let plan = world.tick("11-19 18:00");
    assert_eq!(plan.changes, [], "nothing is put down");
    let notices = plan.announcements.iter().map(|one| &one.notice);
    let done: Vec<&str> = notices.filter_map(|one| one.done.as_deref()).collect();
    assert_eq!(done, [""; 0]);
}

#[test]
fn what_was_given_up_is_not_paged_after_every_deployment() {
    let mut world = given_up();
    let mut heard = Vec::new();
    for hour in 17..23 {
        world.thing("prod/api").deploying = hour % 2 == 1;
        heard.extend(announced(&world.tick(&format!("11-19 {hour}:00"))));
    }
    assert_eq!(heard, [""; 0]);
}

#[test]
fn a_look_that_failed_does_not_make_a_budget_that_can_be_met() {
    let load_balancer = Counted {
        kind: Costs::LoadBalancer,
        name: "Application Load Balancers".to_owned(),
        count: 1,
        hour: Some(usd("0.0225")),
    };
    let failed = Counted {
        kind: Costs::Other,
        name: "what stands beside the services".to_owned(),
        count: 1,
        hour: None,
    };
    let mut world = shop();
    world.beside = vec![load_balancer.clone()];
    assert_eq!(
        announced(&world.tick("11-19 10:00")),
        ["budget-cannot-be-met"]
    );
    world.beside = vec![failed];
    assert_eq!(announced(&world.tick("11-19 11:00")), [""; 0]);
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

#[test]
fn a_service_that_is_new_while_everything_is_stopped_is_told_to_be_put_to_rest() {
    let mut world = stopped();
    let new = service("prod/new").tagged("stop").desired(2);
    world.services.insert(arn("prod/new"), new);
    let plan = world.tick("11-19 13:00");
    assert_eq!(world.count("prod/new"), 0);
    let told = format!("{:?}", plan.announcements);
    assert!(told.contains("prod/new"), "{told}");
}

#[test]
fn a_stop_that_goes_on_for_a_new_period_is_told_anew() {
    let mut world = stopped();
    world.tick("11-30 23:00");
    world.reports("10.05");
    world.budget("dev").edited = Some(on("12-01 00:10"));
    let told = told(&mut world, "12-03 12:00", "12-05 12:00");
    assert_eq!(
        world.tally("dev").stop().unwrap().period_end,
        on("01-01 00:00")
    );
    assert_eq!(
        told,
        ["budget-stopped"],
        "November's page promised December"
    );
}

fn guarded(subscriptions: &[&str], policy: Vec<Statement>) -> Guarded {
    let subscription = |protocol: &&str| Subscription {
        protocol: (*protocol).to_owned(),
        endpoint: (*protocol).to_owned(),
        confirmed: true,
    };
    Guarded {
        notifications: vec![Notification {
            alert: AlertType::Actual,
            threshold: Threshold::Percent(usd("100")),
            subscribers: vec![TOPIC.to_owned()],
        }],
        topics: vec![Topic {
            arn: TOPIC.to_owned(),
            policy: Ok(policy),
            subscriptions: subscriptions.iter().map(subscription).collect(),
        }],
    }
}

fn lets_in(principal: &str, account: &str) -> Statement {
    let condition = |key: &str, value: &str| Condition {
        operator: "StringLike".to_owned(),
        key: key.to_owned(),
        values: vec![value.to_owned()],
    };
    Statement {
        allows: true,
        principals: vec![principal.to_owned()],
        actions: vec!["sns:Publish".to_owned()],
        conditions: vec![
            condition("aws:SourceAccount", account),
            condition("aws:SourceArn", &format!("arn:aws:budgets::{account}:*")),
        ],
    }
}

fn findings(guarded: &Guarded) -> usize {
    guarded.findings(ACCOUNT, &[TOPIC.to_owned()]).len()
}

#[test]
fn a_topic_that_only_people_read_does_not_wake_the_guard() {
    let good = vec![lets_in("budgets.amazonaws.com", ACCOUNT)];
    assert_eq!(findings(&guarded(&["email", "lambda"], good.clone())), 0);
    assert_eq!(findings(&guarded(&["email"], good)), 1);
}

#[test]
fn a_condition_that_everybody_meets_binds_nobody() {
    let ours = lets_in("budgets.amazonaws.com", ACCOUNT);
    let anybody = vec![ours, lets_in("*", "*")];
    assert_ne!(findings(&guarded(&["lambda"], anybody)), 0);
}

#[test]
fn a_topic_that_could_not_be_looked_at_has_not_been_put_right() {
    let mut world = shop();
    world.policy.topics = vec![TOPIC.to_owned()];
    let mut seen = guarded(&["lambda"], Vec::new());
    world.budget("dev").guarded = Some(seen.clone());
    assert_eq!(announced(&world.tick("11-19 10:00")), ["budget-unguarded"]);
    seen.topics.clear();
    world.budget("dev").guarded = Some(seen);
    assert_eq!(announced(&world.tick("11-19 11:00")), [""; 0]);
}

// What was doubted and holds.

#[test]
fn amounts_at_the_edges_of_the_type_panic_nowhere() {
    let edges = [
        Decimal::MAX,
        Decimal::MIN,
        Decimal::ZERO,
        Decimal::new(1, 28),
    ];
    for limit in edges {
        for actual in edges {
            let mut world = shop();
            world.tick("11-19 09:00");
            let budget = world.budget("dev");
            (budget.limit, budget.actual) = (limit, Some(actual));
            budget.forecast = Some(limit);
            world.ticks(["11-19 10:00", "11-19 11:00"]);
            world.restore(Some("79228162514264337593543950335"), "11-19 12:00");
            world.ticks(["11-19 13:00", "12-01 01:00", "12-02 12:00"]);
            assert!(world.drill("dev", "12-02 13:00").is_some());
        }
    }
}

#[test]
fn a_credit_is_no_overrun_and_neither_is_its_end() {
    let mut world = shop();
    world.hourly("11-18 10:00", "11-19 10:00");
    world.reports("-30");
    assert_eq!(decided(&world.tick("11-19 10:00")).verdict.name(), "under");
    world.reports("-28");
    assert_eq!(decided(&world.tick("11-19 11:00")).verdict.name(), "under");
    world.reports("10.50");
    world.tick("11-19 20:00");
    assert_eq!(world.count("prod/api"), 0, "38.50 USD more, and it is over");
}

#[test]
fn a_veto_can_be_taken_back_by_a_shorter_one() {
    let mut world = shop();
    world.reports("10.10");
    for (until, at) in [
        ("11-25 10:00", "11-19 10:00"),
        ("11-19 11:00", "11-19 10:30"),
    ] {
        world.asks(What::Veto { until: on(until) }, at);
        world.tick(at);
    }
    world.tick("11-19 11:00");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_veto_of_one_budget_stays_no_stop_of_another() {
    let mut world = shop().with_budget("team", "20");
    world.tick("11-19 10:00");
    let until: Timestamp = on("11-25 10:00");
    world.asks(What::Veto { until }, "11-19 10:30");
    world.tick("11-19 10:30");
    world.budget("team").actual = Some(usd("20.10"));
    world.tick("11-19 11:00");
    assert_eq!(world.count("prod/api"), 0);
}
