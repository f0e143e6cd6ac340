//! What AWS says, as strings, and what can be decided about.

use domain::budget::blind::Blind;
use domain::budget::described::{Described, Spend};
use domain::budget::prose::AlertType;
use domain::budget::reading::{Reading, Rung, Threshold};

use crate::made::{described, on, usd};

fn read(described: Described) -> Result<Reading, Blind> {
    described.read(on("11-19 10:00"))
}

#[test]
fn a_budget_in_good_health_is_read() {
    let reading = read(described("10.0", "9.123")).unwrap();
    assert_eq!(
        (reading.limit, reading.actual),
        (usd("10"), Some(usd("9.123")))
    );
    assert_eq!(reading.forecast, None);
    assert_eq!(reading.shown(), "9.12 of 10.00 USD (91 %)");
}

#[test]
fn thirty_decimals_are_an_amount_like_any_other() {
    let reading = read(described("10", "9.999999999999999999999999999999")).unwrap();
    assert_eq!(reading.actual, Some(usd("10")));
}

#[test]
fn what_is_absent_is_absent_and_not_zero() {
    let reading = read(Described {
        actual: None,
        ..described("10", "0")
    });
    assert_eq!(reading.unwrap().actual, None);
}

#[test]
fn a_budget_that_cannot_be_decided_about_says_why() {
    let other = Spend {
        amount: "1".to_owned(),
        unit: "GB".to_owned(),
    };
    let unhealthy = (
        "UNHEALTHY".to_owned(),
        Some("BILLING_VIEW_UNHEALTHY".to_owned()),
    );
    let base = || described("10", "1");
    for (described, name) in [
        (
            Described {
                health: Some(unhealthy),
                ..base()
            },
            "unhealthy",
        ),
        (
            Described {
                limit: Some(other.clone()),
                ..base()
            },
            "other-unit",
        ),
        (
            Described {
                actual: Some(other),
                ..base()
            },
            "other-unit",
        ),
        (
            Described {
                unit: "WEEKLY".to_owned(),
                ..base()
            },
            "unreadable",
        ),
        (
            Described {
                limit: None,
                ..base()
            },
            "unreadable",
        ),
        (
            Described {
                ends: Some(on("11-18 00:00")),
                ..base()
            },
            "ended",
        ),
        (
            Described {
                ends: Some(on("10-18 00:00")),
                ..base()
            },
            "unreadable",
        ),
        (
            Described {
                starts: Some(on("12-01 00:00")),
                ..base()
            },
            "not-begun",
        ),
        (described("ten", "1"), "unreadable"),
    ] {
        assert_eq!(
            read(described.clone()).unwrap_err().name(),
            name,
            "{described:?}"
        );
    }
}

#[test]
fn a_planned_limit_is_that_of_its_month_and_the_last_one_stays() {
    let limit = |amount: &str| Spend {
        amount: amount.to_owned(),
        unit: "USD".to_owned(),
    };
    let start = |at: &str| on(at).as_second().to_string();
    let planned = [
        (start("10-01 00:00"), limit("5")),
        (start("11-01 00:00"), limit("7")),
        (start("12-01 00:00"), limit("9")),
    ];
    let planned = Described {
        planned: planned.into(),
        ..described("7", "1")
    };
    assert_eq!(
        planned.clone().read(on("11-19 10:00")).unwrap().limit,
        usd("7")
    );
    assert_eq!(
        planned.clone().read(on("12-01 00:00")).unwrap().limit,
        usd("9")
    );
    assert_eq!(planned.read(on("01-15 00:00")).unwrap().limit, usd("9"));
}

#[test]
fn eighty_percent_of_ten_and_eight_dollars_are_the_same_threshold() {
    let percent = Threshold::Percent(usd("80"));
    assert_eq!(percent.amount(usd("10")), usd("8"));
    assert_eq!(Threshold::Amount(usd("8")).amount(usd("10")), usd("8"));
    let rung = Rung {
        alert: AlertType::parse("ACTUAL").unwrap(),
        threshold: percent,
        in_alarm: true,
    };
    let rungs = vec![rung.clone()];
    assert_eq!(
        read(Described {
            rungs,
            ..described("10", "8")
        })
        .unwrap()
        .rungs,
        [rung]
    );
}
