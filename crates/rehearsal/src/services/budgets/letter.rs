//! The letter that Budgets sends to a topic. It is prose, and its thresholds are money.
//!
//! Layout, wording and casing follow messages that people published: of 2019 to 2024 with the
//! link to `billing`, of 2026 with the link to `costmanagement`; "Actual" in 2020, "ACTUAL" before
//! and after. They are of COST budgets, MONTHLY or DAILY, with GREATER_THAN; the words for other
//! periods and comparisons are inferred.

use bigdecimal::{BigDecimal, RoundingMode};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::budget::Budget;
use super::period::TimeUnit;
use super::rung::Rung;

/// How a letter spells the type of the alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Casing {
    /// `ACTUAL`, `FORECASTED`.
    #[default]
    Capitals,
    /// `Actual`, `Forecasted`.
    Title,
}

impl Casing {
    fn spell(self, kind: &str) -> &str {
        match (self, kind) {
            (Self::Title, "ACTUAL") => "Actual",
            (Self::Title, _) => "Forecasted",
            (Self::Capitals, kind) => kind,
        }
    }

    fn console(self) -> &'static str {
        match self {
            Self::Capitals => "https://console.aws.amazon.com/costmanagement/home#/budgets",
            Self::Title => "https://console.aws.amazon.com/billing/home#/budgets",
        }
    }
}

/// SNS takes fewer than 100 characters; what Budgets does with a name too long for that is not
/// known. Here the subject is cut.
const MOST_OF_A_SUBJECT: usize = 99;

/// The subject.
pub(super) fn subject(budget: &str) -> String {
    let whole = format!("AWS Budgets: {budget} has exceeded your alert threshold");
    let one_line = whole.chars().filter(|character| !character.is_control());
    one_line.take(MOST_OF_A_SUBJECT).collect()
}

/// The body: what the budget's `rung` says at `now`, when `figure` has been spent or is forecast.
pub(super) fn body(
    casing: Casing,
    account: &str,
    now: Timestamp,
    budget: &Budget,
    rung: &Rung,
    figure: &BigDecimal,
) -> String {
    let date = now
        .to_zoned(TimeZone::UTC)
        .strftime("%B %d, %Y")
        .to_string();
    let limit = budget
        .limit_at(now)
        .map_or_else(BigDecimal::default, |limit| limit.amount.value().clone());
    let kind = casing.spell(&rung.kind);
    let name = &budget.name;
    let (threshold, figure, limit) = (money(&rung.bound(&limit)), money(figure), money(&limit));
    let (words, sign) = match rung.operator.as_str() {
        "GREATER_THAN" => ("greater than", ">"),
        "LESS_THAN" => ("less than", "<"),
        _ => ("equal to", "="),
    };
    let (span, then) = match budget.unit {
        TimeUnit::Daily => ("per day", "Yesterday, the"),
        TimeUnit::Monthly => ("for the current month", "The"),
        TimeUnit::Quarterly => ("for the current quarter", "The"),
        TimeUnit::Annually => ("for the current year", "The"),
        TimeUnit::Custom => ("for the current period", "The"),
    };
    format!(
        "AWS Budget Notification {date}\n\
         AWS Account {account}\n\
         \n\
         Dear AWS Customer,\n\
         \n\
         You requested that we alert you when the {kind} Cost associated with your {name} budget is \
         {words} {threshold} {span}. {then} {kind} Cost associated with this budget is {figure}. You \
         can find additional details below and by accessing the AWS Budgets dashboard [1].\n\
         \n\
         Budget Name: {name}\n\
         Budget Type: Cost\n\
         Budgeted Amount: {limit}\n\
         Alert Type: {kind}\n\
         Alert Threshold: {sign} {threshold}\n\
         {kind} Amount: {figure}\n\
         \n\
         [1] {}\n",
        casing.console()
    )
}

/// `$1,234.56`.
pub(super) fn money(amount: &BigDecimal) -> String {
    let text = amount
        .with_scale_round(2, RoundingMode::HalfUp)
        .to_plain_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    let (whole, cents) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}${grouped}.{cents}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_commas_and_two_decimals() {
        for (amount, text) in [
            ("0.2", "$0.20"),
            ("8.125", "$8.13"),
            ("1234.5", "$1,234.50"),
            ("183965812157.54", "$183,965,812,157.54"),
            ("100", "$100.00"),
            ("-5", "-$5.00"),
        ] {
            assert_eq!(money(&amount.parse().unwrap()), text);
        }
    }

    #[test]
    fn a_subject_fits_into_sns() {
        assert_eq!(
            subject("monthly"),
            "AWS Budgets: monthly has exceeded your alert threshold"
        );
        assert_eq!(subject(&"ü".repeat(100)).chars().count(), 99);
    }
}
