use serde_json::json;

use super::*;

#[track_caller]
fn refused(bed: &Testbed, operation: &str, input: Value, code: &str) {
    let refusal = ask(bed, operation, input).unwrap_err();
    assert!(refusal.starts_with(&format!("{code}: ")), "{refusal}");
}

#[test]
fn a_budget_comes_back_as_it_was_made_with_what_aws_adds() {
    let bed = with_budget();
    let shown = by_name("DescribeBudget", &bed, "monthly")["Budget"].clone();
    assert_eq!(
        shown["BudgetLimit"],
        json!({"Amount": "10.0", "Unit": "USD"})
    );
    assert_eq!(
        shown["TimePeriod"],
        json!({"Start": 1_793_491_200.0, "End": 3_706_473_600.0})
    );
    assert_eq!(
        shown["CalculatedSpend"],
        json!({"ActualSpend": {"Amount": "0.0", "Unit": "USD"}})
    );
    assert_eq!(shown["CostTypes"]["IncludeTax"], true);
    assert_eq!(shown["HealthStatus"]["Status"], "HEALTHY");
    assert_eq!(shown["LastUpdatedTime"], 1_795_197_600.0);
}

#[test]
fn a_name_is_taken_once() {
    let bed = with_budget();
    let again = json!({"Budget": budget(json!({}))});
    refused(&bed, "CreateBudget", again, "DuplicateRecordException");
}

#[test]
fn names_have_rules() {
    let bed = with_budget();
    let long = "x".repeat(101);
    for bad in ["", "a:b", "a\\b", "a/action/b", "<SCRIPT>x</script>", &long] {
        let input = json!({"Budget": budget(json!({"BudgetName": bad}))});
        refused(&bed, "CreateBudget", input, "InvalidParameterException");
    }
    for good in ["My budget is greater than $5", &"ü".repeat(100)] {
        let input = json!({"Budget": budget(json!({"BudgetName": good}))});
        ask(&bed, "CreateBudget", input).unwrap();
    }
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let bed = with_budget();
    let start = 1_796_083_200;
    for change in [
        json!({"BudgetLimit": null}),
        json!({"BudgetLimit": {"Amount": "-1", "Unit": "USD"}}),
        json!({"BudgetLimit": {"Amount": "ten", "Unit": "USD"}}),
        json!({"BudgetLimit": {"Amount": "10", "Unit": "EUR"}}),
        json!({"PlannedBudgetLimits": {"1793491200": {"Amount": "1", "Unit": "USD"}}}),
        json!({"TimeUnit": "WEEKLY"}),
        json!({"BudgetType": "MONEY"}),
        json!({"TimePeriod": {"End": 3_706_473_601_i64}}),
        json!({"TimePeriod": {"Start": start, "End": start}}),
        json!({"Metrics": ["UnblendedCost"], "CostFilters": {"AZ": ["x"]}}),
    ] {
        let mut change = change;
        change["BudgetName"] = json!("other");
        let input = json!({"Budget": budget(change)});
        refused(&bed, "CreateBudget", input, "InvalidParameterException");
    }
}

#[test]
fn planned_limits_hold_from_month_to_month_and_the_last_one_stays() {
    let bed = with_budget();
    let planned = json!({
        "1793491200": {"Amount": "5", "Unit": "USD"},
        "1796083200": {"Amount": "7.50", "Unit": "USD"},
    });
    let change =
        json!({"BudgetName": "planned", "BudgetLimit": null, "PlannedBudgetLimits": planned});
    ask(&bed, "CreateBudget", json!({"Budget": budget(change)})).unwrap();
    let limit = || {
        let shown = by_name("DescribeBudget", &bed, "planned");
        shown["Budget"]["BudgetLimit"]["Amount"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(limit(), "5.0");
    bed.wait(11 * 24 * 3600);
    assert_eq!(limit(), "7.50");
    bed.wait(90 * 24 * 3600);
    assert_eq!(limit(), "7.50");
    let history = by_name("DescribeBudgetPerformanceHistory", &bed, "planned");
    let amounts = &history["BudgetPerformanceHistory"]["BudgetedAndActualAmountsList"];
    assert_eq!(amounts[0]["BudgetedAmount"]["Amount"], "5.0");
    assert_eq!(amounts[1]["BudgetedAmount"]["Amount"], "7.50");
}

/// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UpdateBudget.html>
#[test]
fn an_edit_zeroes_the_spend_until_new_data_come_and_no_alert_goes_out_twice() {
    let bed = with_budget();
    bed.world(|world| report(world, "monthly", reading("9", Some("14"))));
    assert_eq!(states(&bed), ["ALARM", "OK", "ALARM"]);
    bed.wait(3600);
    let new = json!({"NewBudget": budget(json!({"BudgetLimit": {"Amount": "11", "Unit": "USD"}}))});
    ask(&bed, "UpdateBudget", new).unwrap();
    let shown = by_name("DescribeBudget", &bed, "monthly")["Budget"].clone();
    assert_eq!(shown["CalculatedSpend"]["ActualSpend"]["Amount"], "0.0");
    assert_eq!(shown["CalculatedSpend"]["ForecastedSpend"]["Amount"], "0.0");
    assert_eq!(shown["BudgetLimit"]["Amount"], "11.0");
    assert_eq!(shown["LastUpdatedTime"], 1_795_201_200.0);
    assert_eq!(states(&bed), ["OK", "OK", "OK"]);
    spend(&bed, "9");
    assert_eq!(states(&bed), ["ALARM", "OK", "OK"]);
    assert_eq!(letters(&bed).len(), 2);
}

#[test]
fn a_budget_is_deleted_with_all_that_belongs_to_it() {
    let bed = with_budget();
    by_name("DeleteBudget", &bed, "monthly");
    let name = json!({"BudgetName": "monthly"});
    for operation in [
        "DescribeBudget",
        "DeleteBudget",
        "DescribeNotificationsForBudget",
    ] {
        refused(&bed, operation, name.clone(), "NotFoundException");
    }
    assert!(!bed.world(|world| report(world, "monthly", reading("1", None))));
}

#[test]
fn another_account_s_budgets_are_out_of_reach() {
    let bed = with_budget();
    let input = json!({"AccountId": "999999999999", "BudgetName": "monthly"});
    let refusal = bed
        .call("AWSBudgetServiceGateway", "DescribeBudget", input)
        .unwrap_err();
    assert!(refusal.starts_with("AccessDeniedException"), "{refusal}");
}

#[test]
fn a_budget_has_ten_notifications_and_each_one_topic_and_ten_addresses() {
    let bed = with_budget();
    let add = |percent: f64, subscribers: Value| {
        let input = json!({
            "BudgetName": "monthly",
            "Notification": rung("ACTUAL", percent),
            "Subscribers": subscribers,
        });
        ask(&bed, "CreateNotification", input)
    };
    let mails: Vec<Value> = (0..11).map(|n| mail(&n.to_string())).collect();
    let limit = "CreationLimitExceededException: ";
    assert!(add(1.0, json!(mails)).unwrap_err().starts_with(limit));
    let topics = json!([topic(), {"SubscriptionType": "SNS", "Address": format!("{TOPIC}2")}]);
    assert!(add(1.0, topics).unwrap_err().starts_with(limit));
    assert!(
        add(80.0, json!([mail("a")]))
            .unwrap_err()
            .starts_with("DuplicateRecordException")
    );
    assert!(
        add(1.0, json!([]))
            .unwrap_err()
            .starts_with("InvalidParameterException")
    );
    for percent in 1..8 {
        add(f64::from(percent), json!([mail("a")])).unwrap();
    }
    assert!(add(9.0, json!([mail("a")])).unwrap_err().starts_with(limit));
}

#[test]
fn the_last_subscriber_takes_the_notification_along() {
    let bed = with_budget();
    let about = |subscriber: Value| json!({"BudgetName": "monthly", "Notification": rung("ACTUAL", 80.0), "Subscriber": subscriber});
    ask(&bed, "CreateSubscriber", about(mail("a"))).unwrap();
    refused(
        &bed,
        "CreateSubscriber",
        about(mail("a")),
        "DuplicateRecordException",
    );
    let list = ask(
        &bed,
        "DescribeSubscribersForNotification",
        about(json!(null)),
    )
    .unwrap();
    assert_eq!(list["Subscribers"], json!([topic(), mail("a")]));
    ask(&bed, "DeleteSubscriber", about(topic())).unwrap();
    refused(
        &bed,
        "DeleteSubscriber",
        about(topic()),
        "NotFoundException",
    );
    ask(&bed, "DeleteSubscriber", about(mail("a"))).unwrap();
    assert_eq!(states(&bed).len(), 2);
    let input = json!({"BudgetName": "monthly", "Notification": rung("ACTUAL", 100.0)});
    ask(&bed, "DeleteNotification", input.clone()).unwrap();
    refused(&bed, "DeleteNotification", input, "NotFoundException");
    assert_eq!(states(&bed).len(), 1);
}

#[test]
fn lists_come_in_pages() {
    let bed = with_budget();
    for n in 0..4 {
        let input = json!({"Budget": budget(json!({"BudgetName": format!("b{n}")}))});
        ask(&bed, "CreateBudget", input).unwrap();
    }
    let first = ask(&bed, "DescribeBudgets", json!({"MaxResults": 3})).unwrap();
    assert_eq!(first["Budgets"].as_array().unwrap().len(), 3);
    let rest = json!({"MaxResults": 3, "NextToken": first["NextToken"]});
    let rest = ask(&bed, "DescribeBudgets", rest).unwrap();
    assert_eq!(rest["Budgets"].as_array().unwrap().len(), 2);
    assert!(rest["NextToken"].is_null());
    refused(
        &bed,
        "DescribeBudgets",
        json!({"NextToken": "x"}),
        "InvalidNextTokenException",
    );
    refused(
        &bed,
        "DescribeBudgets",
        json!({"MaxResults": 1001}),
        "InvalidParameterException",
    );
}

#[test]
fn a_filter_expression_is_shown_when_it_is_asked_for() {
    let bed = with_budget();
    let filter = json!({"Dimensions": {"Key": "SERVICE", "Values": ["Amazon ECS"]}});
    let change =
        json!({"BudgetName": "filtered", "FilterExpression": filter, "Metrics": ["UnblendedCost"]});
    ask(&bed, "CreateBudget", json!({"Budget": budget(change)})).unwrap();
    let plain = by_name("DescribeBudget", &bed, "filtered");
    assert!(plain["Budget"]["FilterExpression"].is_null());
    let input = json!({"BudgetName": "filtered", "ShowFilterExpression": true});
    let shown = ask(&bed, "DescribeBudget", input).unwrap();
    assert_eq!(shown["Budget"]["FilterExpression"], filter);
}

#[test]
fn an_unhealthy_budget_says_why_and_cannot_be_edited() {
    let bed = with_budget();
    bed.world(|world| set_health(world, "monthly", Some(Illness::BillingViewUnhealthy)));
    let shown = by_name("DescribeBudget", &bed, "monthly")["Budget"].clone();
    assert_eq!(shown["HealthStatus"]["Status"], "UNHEALTHY");
    assert_eq!(
        shown["HealthStatus"]["StatusReason"],
        "BILLING_VIEW_UNHEALTHY"
    );
    let code = "BillingViewHealthStatusException";
    refused(
        &bed,
        "UpdateBudget",
        json!({"NewBudget": budget(json!({}))}),
        code,
    );
    let name = json!({"BudgetName": "monthly"});
    refused(&bed, "DescribeBudgetPerformanceHistory", name.clone(), code);
    bed.world(|world| set_health(world, "monthly", None));
    ask(&bed, "DescribeBudgetPerformanceHistory", name).unwrap();
}
