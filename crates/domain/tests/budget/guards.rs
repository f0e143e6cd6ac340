//! Guarding the guard.

use domain::budget::finding::Finding;
use domain::budget::guard::{Guarded, Notification};
use domain::budget::prose::AlertType;
use domain::budget::reading::Threshold;
use domain::budget::topic::{Condition, Statement, Subscription, Topic};

use crate::made::{ACCOUNT, TOPIC, service, usd};
use crate::world::{announced, notice, world};

fn condition(operator: &str, key: &str, value: &str) -> Condition {
    Condition {
        operator: operator.to_owned(),
        key: key.to_owned(),
        values: vec![value.to_owned()],
    }
}

fn lets_budgets_in() -> Statement {
    Statement {
        allows: true,
        principals: vec!["budgets.amazonaws.com".to_owned()],
        actions: vec!["SNS:Publish".to_owned()],
        conditions: vec![
            condition("StringEquals", "aws:SourceAccount", ACCOUNT),
            condition(
                "ArnLike",
                "AWS:SourceArn",
                &format!("arn:aws:budgets::{ACCOUNT}:*"),
            ),
        ],
    }
}

/// The statement that every topic begins with.
fn of_the_owner() -> Statement {
    Statement {
        principals: vec!["*".to_owned()],
        conditions: vec![condition("StringEquals", "AWS:SourceOwner", ACCOUNT)],
        ..lets_budgets_in()
    }
}

fn good() -> Guarded {
    Guarded {
        notifications: vec![Notification {
            alert: AlertType::Actual,
            threshold: Threshold::Percent(usd("80.0")),
            subscribers: vec![TOPIC.to_owned()],
        }],
        topics: vec![Topic {
            arn: TOPIC.to_owned(),
            policy: Ok(vec![of_the_owner(), lets_budgets_in()]),
            subscriptions: vec![Subscription {
                protocol: "lambda".to_owned(),
                endpoint: "arn:aws:lambda:us-east-1:123456789012:function:guard".to_owned(),
                confirmed: true,
            }],
        }],
    }
}

fn findings(change: impl FnOnce(&mut Guarded)) -> Vec<Finding> {
    let mut guarded = good();
    change(&mut guarded);
    guarded.findings(ACCOUNT, &[TOPIC.to_owned()])
}

fn with_policy(statements: Vec<Statement>) -> Vec<Finding> {
    findings(|guarded| guarded.topics[0].policy = Ok(statements))
}

fn topic() -> String {
    TOPIC.to_owned()
}

#[test]
fn what_is_as_it_should_be_finds_nothing() {
    assert_eq!(findings(|_| ()), []);
}

#[test]
fn notifications_and_their_subscribers_are_missed() {
    assert_eq!(
        findings(|guarded| guarded.notifications.clear()),
        [Finding::NoNotification]
    );
    let elsewhere = findings(|guarded| {
        guarded.notifications[0].subscribers = vec!["ana@example.com".to_owned()]
    });
    assert_eq!(elsewhere, [Finding::NotOurTopic]);
    let nobody = findings(|guarded| guarded.notifications[0].subscribers.clear());
    let notification = "ACTUAL > 80 %".to_owned();
    assert_eq!(
        nobody,
        [Finding::NotOurTopic, Finding::NoSubscriber { notification }]
    );
}

#[test]
fn a_policy_that_does_not_let_budgets_in_is_found() {
    let may_not = [Finding::MayNotPublish { topic: topic() }];
    assert_eq!(with_policy(vec![of_the_owner()]), may_not);
    assert_eq!(with_policy(vec![]), may_not);
    let elsewhere = Statement {
        conditions: vec![
            condition("StringEquals", "aws:SourceAccount", "999999999999"),
            condition(
                "ArnLike",
                "aws:SourceArn",
                "arn:aws:budgets::999999999999:*",
            ),
        ],
        ..lets_budgets_in()
    };
    assert_eq!(with_policy(vec![elsewhere]), may_not);
    let denies = Statement {
        allows: false,
        conditions: Vec::new(),
        principals: vec!["*".to_owned()],
        ..lets_budgets_in()
    };
    assert_eq!(with_policy(vec![lets_budgets_in(), denies]), may_not);
    let other_action = Statement {
        actions: vec!["SNS:Subscribe".to_owned()],
        ..lets_budgets_in()
    };
    assert_eq!(with_policy(vec![other_action]), may_not);
}

#[test]
fn a_policy_that_lets_others_in_is_found() {
    let unbound = Statement {
        conditions: Vec::new(),
        ..lets_budgets_in()
    };
    let expected = [
        Finding::AnyAccount { topic: topic() },
        Finding::AnySource { topic: topic() },
    ];
    assert_eq!(with_policy(vec![unbound]), expected);
    let by_account = Statement {
        conditions: vec![condition("StringEquals", "aws:sourceaccount", ACCOUNT)],
        ..lets_budgets_in()
    };
    assert_eq!(
        with_policy(vec![by_account]),
        [Finding::AnySource { topic: topic() }]
    );
    let anybody = Statement {
        conditions: Vec::new(),
        ..of_the_owner()
    };
    assert_eq!(
        with_policy(vec![anybody, lets_budgets_in()]),
        [Finding::Anybody { topic: topic() }]
    );
}

#[test]
fn a_policy_that_cannot_be_read_is_found() {
    let unreadable =
        findings(|guarded| guarded.topics[0].policy = Err("expected value at line 1".to_owned()));
    let what = format!("{TOPIC}: expected value at line 1");
    assert_eq!(unreadable, [Finding::PolicyUnreadable { what }]);
}

#[test]
fn subscriptions_that_nobody_has_or_confirmed_are_found() {
    let nobody = findings(|guarded| guarded.topics[0].subscriptions.clear());
    assert_eq!(nobody, [Finding::NoSubscription { topic: topic() }]);
    let waiting = findings(|guarded| guarded.topics[0].subscriptions[0].confirmed = false);
    assert!(
        matches!(waiting[..], [Finding::Unconfirmed { .. }]),
        "{waiting:?}"
    );
}

#[test]
fn findings_are_told_once_and_again_when_they_are_others() {
    let mut world = world([service("prod/api").tagged("stop").desired(3)]);
    world.budget("dev").guarded = Some(good());
    assert_eq!(announced(&world.tick("11-19 10:00")), [""; 0]);
    let lonely = Guarded {
        notifications: Vec::new(),
        ..good()
    };
    world.budget("dev").guarded = Some(lonely);
    let plan = world.tick("11-19 11:00");
    assert_eq!(announced(&plan), ["budget-unguarded"]);
    assert_eq!(
        notice(&plan, "budget-unguarded").facts[0].value,
        "the budget has no notification"
    );
    world.budget("dev").guarded = None;
    assert_eq!(
        announced(&world.tick("11-19 12:00")),
        [""; 0],
        "it was not looked at"
    );
    world.budget("dev").guarded = Some(good());
    assert_eq!(
        announced(&world.tick("11-19 13:00")),
        ["budget-unguarded over"]
    );
}

#[test]
fn a_topic_that_only_people_read_does_not_wake_the_guard() {
    let email = |guarded: &mut Guarded| {
        "email".clone_into(&mut guarded.topics[0].subscriptions[0].protocol);
    };
    assert_eq!(findings(email), [Finding::WakesNobody { topic: topic() }]);
    let both = findings(|guarded| {
        let mut beside = guarded.topics[0].subscriptions[0].clone();
        "email".clone_into(&mut beside.protocol);
        guarded.topics[0].subscriptions.insert(0, beside);
    });
    assert_eq!(both, []);
}

#[test]
fn a_condition_that_everybody_meets_binds_nobody() {
    let bound = |operator: &str, value: &str| Statement {
        conditions: vec![
            condition(operator, "aws:SourceAccount", value),
            condition(operator, "aws:SourceArn", value),
        ],
        ..of_the_owner()
    };
    let anybody = [Finding::Anybody { topic: topic() }];
    for (operator, value) in [
        ("StringLike", "*"),
        ("StringLike", "**"),
        ("StringEqualsIfExists", ACCOUNT),
    ] {
        let policy = vec![lets_budgets_in(), bound(operator, value)];
        assert_eq!(with_policy(policy), anybody, "{operator} {value}");
        let budgets = Statement {
            principals: lets_budgets_in().principals,
            ..bound(operator, value)
        };
        let found = with_policy(vec![budgets]);
        assert!(found.contains(&Finding::AnyAccount { topic: topic() }));
        assert!(found.contains(&Finding::AnySource { topic: topic() }));
    }
    let ours = vec![lets_budgets_in(), bound("StringLike", ACCOUNT)];
    assert_eq!(with_policy(ours), []);
}

#[test]
fn a_topic_that_could_not_be_looked_at_has_not_been_put_right() {
    let mut world = world([service("prod/api").tagged("stop").desired(3)]);
    let shut = |notifications: bool| {
        let mut guarded = good();
        guarded.topics[0].policy = Ok(Vec::new());
        if !notifications {
            guarded.notifications.clear();
        }
        guarded
    };
    world.budget("dev").guarded = Some(shut(false));
    assert_eq!(announced(&world.tick("11-19 10:00")), ["budget-unguarded"]);
    for notifications in [false, true] {
        let mut seen = shut(notifications);
        seen.topics.clear();
        world.budget("dev").guarded = Some(seen);
        assert_eq!(announced(&world.tick("11-19 11:00")), [""; 0]);
    }
    world.budget("dev").guarded = Some(good());
    assert_eq!(
        announced(&world.tick("11-19 12:00")),
        ["budget-unguarded over"]
    );
}
