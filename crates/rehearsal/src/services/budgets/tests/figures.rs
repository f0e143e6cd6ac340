use serde_json::json;

use super::*;

const HOUR: i64 = 3600;

fn meter(change: Value) -> MeterSpec {
    let mut spec = json!({"usd-per-task-hour": "0.05", "refresh-hours": 8});
    for (member, value) in change.as_object().unwrap() {
        spec[member] = value.clone();
    }
    serde_json::from_value(spec).unwrap()
}

fn metered(change: Value) -> Testbed {
    let bed = with_budget();
    bed.world(|world| set_meter(world, "monthly", meter(change)));
    bed
}

fn shown(bed: &Testbed) -> (String, Option<String>) {
    let budget = by_name("DescribeBudget", bed, "monthly");
    let spend = &budget["Budget"]["CalculatedSpend"];
    let amount = |member: &str| spend[member]["Amount"].as_str().map(str::to_owned);
    (amount("ActualSpend").unwrap(), amount("ForecastedSpend"))
}

fn actual(bed: &Testbed) -> String {
    shown(bed).0
}

#[test]
fn figures_stay_as_they_are_scripted_to_the_last_digit() {
    let bed = with_budget();
    let long = "604.4560000000000172803993336856365203857421875";
    bed.world(|world| {
        report(
            world,
            "monthly",
            reading(long, Some("0.000000000000000000000000000001")),
        )
    });
    let forecast = "0.000000000000000000000000000001".to_owned();
    assert_eq!(shown(&bed), (long.to_owned(), Some(forecast)));
    bed.world(|world| report(world, "monthly", None));
    let budget = by_name("DescribeBudget", &bed, "monthly");
    assert!(budget["Budget"]["CalculatedSpend"].is_null());
}

#[test]
fn metered_spend_is_what_ran_and_comes_at_the_refresh() {
    let bed = metered(json!({"spent": "3", "usd-per-hour": "0.10"}));
    bed.wait(8 * HOUR - 1);
    assert_eq!(actual(&bed), "0.0");
    bed.wait(1);
    // Eight hours of two tasks at 0.05 and of the base at 0.10.
    assert_eq!(actual(&bed), "4.6");
    bed.scale("api", 0);
    bed.wait(8 * HOUR);
    let after: f64 = actual(&bed).parse().unwrap();
    // The base, and two tasks while they stopped.
    assert!((5.4..5.41).contains(&after), "{after}");
}

#[test]
fn data_that_come_late_know_nothing_of_the_last_hours() {
    let bed = metered(json!({"behind-hours": 6}));
    bed.wait(8 * HOUR);
    assert_eq!(actual(&bed), "0.2");
}

#[test]
fn data_may_be_wrong_by_any_factor_until_they_are_right_again() {
    let bed = metered(json!({"factor": "1000000000"}));
    bed.wait(8 * HOUR);
    assert_eq!(actual(&bed), "800000000.0");
    assert_eq!(letters(&bed).len(), 2);
    bed.world(|world| set_factor(world, "monthly", "1".parse().unwrap()));
    bed.wait(8 * HOUR);
    assert_eq!(actual(&bed), "1.6");
}

#[test]
fn a_metered_forecast_lets_what_runs_run_on() {
    let bed = metered(json!({"forecast": true}));
    bed.wait(8 * HOUR);
    // From 20 November 18:00 to the end of the month are 246 hours.
    assert_eq!(shown(&bed), ("0.8".to_owned(), Some("24.6".to_owned())));
}

#[test]
fn a_new_period_begins_at_zero_with_its_first_data() {
    let bed = metered(json!({"spent": "9"}));
    bed.wait(246 * HOUR);
    let old: f64 = actual(&bed).parse().unwrap();
    assert!(old > 30.0, "{old}");
    bed.wait(3 * HOUR);
    // The refresh at 02:00 of the new month.
    assert_eq!(actual(&bed), "0.2");
    let history = by_name("DescribeBudgetPerformanceHistory", &bed, "monthly");
    let amounts = &history["BudgetPerformanceHistory"]["BudgetedAndActualAmountsList"];
    assert_eq!(amounts.as_array().unwrap().len(), 1);
    assert_eq!(
        amounts[0]["TimePeriod"],
        json!({"Start": 1_793_491_200.0, "End": 1_796_083_200.0})
    );
}

#[test]
fn after_an_edit_the_spend_is_zero_until_the_next_refresh() {
    let bed = metered(json!({"spent": "3"}));
    bed.wait(9 * HOUR);
    ask(
        &bed,
        "UpdateBudget",
        json!({"NewBudget": budget(json!({}))}),
    )
    .unwrap();
    assert_eq!(actual(&bed), "0.0");
    bed.wait(7 * HOUR);
    assert_eq!(actual(&bed), "4.6");
}

#[test]
fn an_unhealthy_budget_gets_no_data() {
    let bed = metered(json!({}));
    bed.world(|world| set_health(world, "monthly", Some(Illness::FilterInvalid)));
    bed.wait(9 * HOUR);
    assert_eq!(actual(&bed), "0.0");
}

#[test]
fn a_budget_goes_with_its_end_date_and_its_meter_waits_for_the_next() {
    let bed = metered(json!({}));
    let end = json!({"TimePeriod": {"End": 1_795_197_600 + 12 * HOUR}});
    ask(&bed, "UpdateBudget", json!({"NewBudget": budget(end)})).unwrap();
    bed.wait(12 * HOUR);
    let name = json!({"BudgetName": "monthly"});
    let gone = ask(&bed, "DescribeBudget", name).unwrap_err();
    assert_eq!(
        gone,
        "NotFoundException: Unable to get budget: monthly - the budget doesn't exist."
    );
    ask(&bed, "CreateBudget", json!({"Budget": budget(json!({}))})).unwrap();
    bed.wait(4 * HOUR);
    assert_eq!(actual(&bed), "1.6");
}

#[test]
fn annual_and_custom_budgets_have_no_history() {
    let bed = with_budget();
    for unit in ["ANNUALLY", "CUSTOM"] {
        let input = json!({"Budget": budget(json!({"BudgetName": unit, "TimeUnit": unit}))});
        ask(&bed, "CreateBudget", input).unwrap();
        let name = json!({"BudgetName": unit});
        let refused = ask(&bed, "DescribeBudgetPerformanceHistory", name).unwrap_err();
        assert!(
            refused.starts_with("InvalidParameterException"),
            "{refused}"
        );
    }
}

#[test]
fn a_budget_of_a_stack_was_there_before() {
    let yaml = "
name: monthly
limit: '10'
spent: '8.40'
notifications:
  - { at: { percent: 80 }, topic: budget }
  - { type: FORECASTED, at: { usd: 12 }, email: [owner@example.com] }
meter: { usd-per-task-hour: '0.05' }
";
    let spec: BudgetSpec = serde_saphyr::from_str(yaml).unwrap();
    let bed = Testbed::prod(json!([]));
    bed.world(|world| spec.build(world)).unwrap();
    assert_eq!(actual(&bed), "8.40");
    assert_eq!(states(&bed), ["ALARM", "OK"]);
    let budget = by_name("DescribeBudget", &bed, "monthly");
    assert_eq!(
        budget["Budget"]["LastUpdatedTime"],
        1_795_197_600.0 - 30.0 * 86_400.0
    );
    spend(&bed, "8.50");
    assert!(letters(&bed).is_empty());
}
