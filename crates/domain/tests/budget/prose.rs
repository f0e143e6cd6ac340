//! The letter that AWS Budgets sends: a hint, never a decision.

use domain::budget::prose::{AlertType, Form, Hint, Meant};
use proptest::prelude::*;

use crate::made::{name, usd};

fn letter(alert: &str) -> String {
    format!(
        "AWS Budget Notification November 19, 2026\nAWS Account 123456789012\n\nDear AWS Customer,\n\n\
         You requested that we alert you when the {alert} Cost associated with your dev budget is \
         greater than $8.00 for the current month. The {alert} Cost associated with this budget is \
         $1,008.10. You can find additional details below and by accessing the AWS Budgets \
         dashboard [1].\n\nBudget Name: dev\nBudget Type: Cost\nBudgeted Amount: $10.00\n\
         Alert Type: {alert}\nAlert Threshold: > $8.00\n{alert} Amount: $1,008.10\n\n\
         [1] https://console.aws.amazon.com/billing/home#/budgets\n"
    )
}

fn check(hint: &Hint, alert: AlertType) {
    let value =
        |quoted: &Option<domain::budget::money::Quoted>| quoted.as_ref().map(|quoted| quoted.value);
    assert_eq!(hint.form, Form::Letter);
    assert_eq!(hint.account.as_deref(), Some("123456789012"));
    assert_eq!(hint.budget.as_deref(), Some("dev"));
    assert_eq!(hint.alert, Some(alert));
    assert_eq!(value(&hint.budgeted), Some(usd("10.00")));
    assert_eq!(value(&hint.threshold), Some(usd("8.00")));
    assert_eq!(value(&hint.amount), Some(usd("1008.10")));
}

#[test]
fn the_letter_of_2020_and_that_of_2022_are_read_alike() {
    check(&Hint::read(None, &letter("Actual")), AlertType::Actual);
    check(&Hint::read(None, &letter("ACTUAL")), AlertType::Actual);
}

#[test]
fn a_forecast_is_read_as_one() {
    check(
        &Hint::read(None, &letter("FORECASTED")),
        AlertType::Forecasted,
    );
}

#[test]
fn line_ends_of_windows_and_a_missing_footer_change_nothing() {
    let windows = letter("ACTUAL").replace('\n', "\r\n");
    check(&Hint::read(None, &windows), AlertType::Actual);
    let body = letter("ACTUAL");
    let (without, _) = body.split_once("\n[1]").unwrap();
    check(&Hint::read(None, without), AlertType::Actual);
}

#[test]
fn the_labels_may_come_in_any_order() {
    let body = letter("ACTUAL");
    let mut lines: Vec<&str> = body.lines().collect();
    lines.reverse();
    lines.insert(0, "AWS Budget Notification November 19, 2026");
    check(&Hint::read(None, &lines.join("\n")), AlertType::Actual);
}

#[test]
fn json_by_a_person_nothing_and_another_language_hint_at_nothing() {
    for (body, form) in [
        ("", Form::Empty),
        (" \r\n ", Form::Empty),
        ("{\"budgetName\":\"dev\",\"amount\":1e9}", Form::Json),
        ("[1]", Form::Json),
        ("Hallo, das Budget ist aufgebraucht.", Form::Other),
    ] {
        let hint = Hint::read(None, body);
        assert_eq!(hint.form, form, "{body}");
        assert_eq!((&hint.budget, &hint.amount), (&None, &None));
        assert_eq!(hint.meant(&[name("dev")]), Meant::Unclear);
    }
}

#[test]
fn a_letter_in_another_language_is_known_by_the_name_in_its_values() {
    let body = "AWS-Konto 123456789012\n\nBudgetname: dev\nBetrag: 10,00 $\n";
    let hint = Hint::read(None, body);
    assert_eq!(
        hint.meant(&[name("dev"), name("prod")]),
        Meant::Watched(name("dev"))
    );
}

#[test]
fn names_that_look_like_the_letter_are_found_by_comparison() {
    let hundred = "x".repeat(100);
    for odd in [
        "my budget is greater than $8.00",
        "budget",
        "Alert Type",
        "$ave money",
        "dev [1] https",
        "a\u{2028}b \\n c".trim_end_matches("\\n c").trim(),
        hundred.as_str(),
    ] {
        let body = letter("ACTUAL").replace("Budget Name: dev", &format!("Budget Name: {odd}"));
        let hint = Hint::read(None, &body);
        let watched = [name("dev"), name(odd), name("budget is")];
        assert_eq!(hint.meant(&watched), Meant::Watched(name(odd)), "{odd}");
    }
}

#[test]
fn a_budget_that_is_not_watched_is_foreign_under_the_name_it_has() {
    let hint = Hint::read(None, &letter("ACTUAL"));
    assert_eq!(
        hint.meant(&[name("prod")]),
        Meant::Foreign("dev".to_owned())
    );
}

#[test]
fn the_subject_alone_names_a_budget_even_where_it_was_cut() {
    let subject = "AWS Budgets: dev has exceeded your alert threshold";
    let hint = Hint::read(Some(subject), "See attachment.");
    assert_eq!(hint.meant(&[name("dev")]), Meant::Watched(name("dev")));
    assert_eq!(hint.meant(&[name("de")]), Meant::Foreign("dev".to_owned()));
    let long = "n".repeat(90);
    let cut: String = format!("AWS Budgets: {long} has exceeded")
        .chars()
        .take(99)
        .collect();
    let hint = Hint::read(Some(&cut), "");
    assert_eq!(
        hint.meant(&[name(&long), name("n")]),
        Meant::Watched(name(&long))
    );
}

#[test]
fn an_account_that_is_not_twelve_digits_is_none() {
    let body = letter("ACTUAL").replace("123456789012", "XXX");
    assert_eq!(Hint::read(None, &body).account, None);
}

proptest! {
    #[test]
    fn any_text_can_be_read(subject in proptest::option::of("\\PC{0,120}"), body in "[\\PC\\r\\n:]{0,400}") {
        let hint = Hint::read(subject.as_deref(), &body);
        let _ = hint.meant(&[name("dev")]);
    }
}
