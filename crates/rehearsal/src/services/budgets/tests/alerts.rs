use jiff::Timestamp;
use serde_json::json;

use super::*;

#[test]
fn a_letter_reads_as_aws_writes_it() {
    let bed = with_budget();
    spend(&bed, "8.125");
    let letter = bed.world(|world| world.budgets.letters[0].clone());
    assert_eq!(
        letter.subject,
        "AWS Budgets: monthly has exceeded your alert threshold"
    );
    assert_eq!(
        letter.text,
        "AWS Budget Notification November 20, 2026\n\
         AWS Account 123456789012\n\
         \n\
         Dear AWS Customer,\n\
         \n\
         You requested that we alert you when the ACTUAL Cost associated with your monthly budget is \
         greater than $8.00 for the current month. The ACTUAL Cost associated with this budget is \
         $8.13. You can find additional details below and by accessing the AWS Budgets dashboard \
         [1].\n\
         \n\
         Budget Name: monthly\n\
         Budget Type: Cost\n\
         Budgeted Amount: $10.00\n\
         Alert Type: ACTUAL\n\
         Alert Threshold: > $8.00\n\
         ACTUAL Amount: $8.13\n\
         \n\
         [1] https://console.aws.amazon.com/costmanagement/home#/budgets\n"
    );
}

#[test]
fn the_older_casing_can_be_chosen() {
    let bed = with_budget();
    bed.world(|world| {
        world.budgets.casing = Casing::Title;
        report(world, "monthly", reading("1", Some("1234.5")))
    });
    let letter = bed.world(|world| world.budgets.letters[0].clone());
    assert!(
        letter.text.contains("when the Forecasted Cost associated"),
        "{}",
        letter.text
    );
    assert!(letter.text.contains(
        "\nAlert Type: Forecasted\nAlert Threshold: > $10.00\nForecasted Amount: $1,234.50\n"
    ));
    assert!(letter.text.ends_with("/billing/home#/budgets\n"));
}

#[test]
fn a_daily_budget_speaks_of_yesterday() {
    let bed = with_budget();
    let input = json!({"Budget": budget(json!({"BudgetName": "daily", "TimeUnit": "DAILY"}))});
    ask(&bed, "CreateBudget", input).unwrap();
    let more = json!({
        "BudgetName": "daily", "Notification": rung("ACTUAL", 10.0), "Subscribers": [mail("a")],
    });
    ask(&bed, "CreateNotification", more).unwrap();
    bed.world(|world| report(world, "daily", reading("2.15", None)));
    let letter = bed.world(|world| world.budgets.letters[0].clone());
    assert!(
        letter
            .text
            .contains("greater than $1.00 per day. Yesterday, the ACTUAL Cost")
    );
}

#[test]
fn the_function_that_subscribes_is_sent_the_letter() {
    let bed = with_budget();
    spend(&bed, "9");
    bed.world(|world| {
        let sent: Vec<_> = world.events.deliveries.iter().collect();
        assert_eq!(sent.len(), 1);
        let sns = &sent[0].payload["Records"][0]["Sns"];
        assert_eq!(
            sns["Subject"],
            "AWS Budgets: monthly has exceeded your alert threshold"
        );
        assert!(
            sns["Message"]
                .as_str()
                .unwrap()
                .starts_with("AWS Budget Notification")
        );
    });
}

#[test]
fn an_actual_alert_goes_out_once_per_threshold_and_period() {
    let bed = with_budget();
    spend(&bed, "7.99");
    assert!(letters(&bed).is_empty());
    for actual in ["8.50", "9", "10", "10.01", "7", "12"] {
        spend(&bed, actual);
    }
    assert_eq!(
        letters(&bed),
        [
            "Alert Threshold: > $8.00, ACTUAL Amount: $8.50",
            "Alert Threshold: > $10.00, ACTUAL Amount: $10.01",
        ]
    );
    bed.wait(11 * 24 * 3600);
    spend(&bed, "8.20");
    assert_eq!(letters(&bed).len(), 3);
}

#[test]
fn a_forecast_may_be_told_again_when_it_has_fallen_in_between() {
    let bed = with_budget();
    for forecast in [Some("11"), Some("12"), Some("9"), None, Some("10.5")] {
        bed.world(|world| report(world, "monthly", reading("1", forecast)));
    }
    assert_eq!(
        letters(&bed),
        [
            "Alert Threshold: > $10.00, FORECASTED Amount: $11.00",
            "Alert Threshold: > $10.00, FORECASTED Amount: $10.50",
        ]
    );
}

#[test]
fn a_state_is_a_level_that_can_be_polled() {
    let bed = with_budget();
    assert_eq!(states(&bed), ["OK", "OK", "OK"]);
    spend(&bed, "9");
    assert_eq!(states(&bed), ["ALARM", "OK", "OK"]);
    bed.world(|world| report(world, "monthly", reading("11", Some("20"))));
    assert_eq!(states(&bed), ["ALARM", "ALARM", "ALARM"]);
    bed.world(|world| report(world, "monthly", None));
    assert_eq!(states(&bed), ["ALARM", "ALARM", "ALARM"]);
}

#[test]
fn a_letter_that_the_topic_refuses_is_remembered_and_lost() {
    let bed = with_budget();
    let default = json!({"Statement": []}).to_string();
    let input = json!({"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": default});
    bed.account
        .by_hand("mallory", "sns", "SetTopicAttributes", input)
        .unwrap();
    spend(&bed, "9");
    spend(&bed, "9.50");
    bed.world(|world| {
        assert_eq!(world.budgets.letters.len(), 1);
        let refused = world.budgets.letters[0].refused.clone().unwrap();
        assert!(
            refused.starts_with("AuthorizationError: budgets.amazonaws.com"),
            "{refused}"
        );
        assert!(world.sns.received.is_empty());
        assert_eq!(world.events.deliveries.iter().count(), 0);
    });
}

#[test]
fn an_absolute_threshold_and_a_share_can_be_the_same_money() {
    let bed = with_budget();
    let mut absolute = rung("ACTUAL", 8.0);
    absolute["ThresholdType"] = json!("ABSOLUTE_VALUE");
    let more = json!({
        "BudgetName": "monthly", "Notification": absolute, "Subscribers": [mail("a")],
    });
    ask(&bed, "CreateNotification", more).unwrap();
    spend(&bed, "8.01");
    let told = letters(&bed);
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], told[1]);
}

#[test]
fn a_billing_error_of_nine_orders_of_magnitude_is_told_like_any_figure() {
    let bed = with_budget();
    spend(&bed, "183965812157.54");
    assert_eq!(
        letters(&bed)[1],
        "Alert Threshold: > $10.00, ACTUAL Amount: $183,965,812,157.54"
    );
}

#[test]
fn a_budget_of_usage_has_states_and_no_letters() {
    let bed = with_budget();
    let limit = json!({"Amount": "100", "Unit": "GB"});
    let usage = budget(json!({"BudgetName": "usage", "BudgetType": "USAGE", "BudgetLimit": limit}));
    let rungs = [json!({"Notification": rung("ACTUAL", 50.0), "Subscribers": [mail("a")]})];
    let input = json!({"Budget": usage, "NotificationsWithSubscribers": rungs});
    ask(&bed, "CreateBudget", input).unwrap();
    bed.world(|world| report(world, "usage", reading("60", None)));
    let list = by_name("DescribeNotificationsForBudget", &bed, "usage");
    assert_eq!(list["Notifications"][0]["NotificationState"], "ALARM");
    assert!(letters(&bed).is_empty());
}

#[test]
fn a_letter_says_the_day_in_utc() {
    let bed = with_budget();
    let to: Timestamp = "2026-12-05T23:59:59Z".parse().unwrap();
    bed.account.clock.step_to(to);
    spend(&bed, "9");
    let letter = bed.world(|world| world.budgets.letters[0].clone());
    assert!(
        letter
            .text
            .starts_with("AWS Budget Notification December 05, 2026\n")
    );
}
