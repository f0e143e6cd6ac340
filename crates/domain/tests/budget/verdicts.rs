//! Reading × previous readings × period × meter → verdict.

use domain::budget::counted::{Counted, Kind};
use domain::budget::meter::{Meter, Sample};
use domain::budget::reading::Reading;
use domain::budget::tally::{Allowed, Before, Seen, Tally};
use domain::budget::{Policy, Verdict, judge};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::made::{on, reading, usd};

/// The meter with so many tasks of five cents an hour, every hour of a span.
fn metered(tasks: u32, from: &str, to: Timestamp) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut at = on(from);
    while at <= to {
        let counted = Counted {
            kind: Kind::Task,
            name: "tasks".to_owned(),
            count: tasks,
            hour: Some(usd("0.05")),
        };
        samples.push(Sample::of(&[counted], at));
        at += SignedDuration::from_hours(1);
    }
    samples
}

/// One row of the table, with what is not named as it usually is: two tasks all month, noon of
/// the 19th, 1 USD seen the day before.
struct Row {
    reading: Reading,
    tally: Tally,
    meter: Meter,
    now: Timestamp,
}

fn row(actual: &str) -> Row {
    let now = on("11-19 12:00");
    let reading = reading(Some(actual));
    let mut tally = Tally::first(&reading, now);
    tally.readings = vec![seen("11-18 20:00", "1")];
    Row {
        tally,
        reading,
        meter: Meter::of(metered(2, "11-01 00:00", now)),
        now,
    }
}

fn seen(at: &str, spend: &str) -> Seen {
    Seen {
        at: on(at),
        spend: usd(spend),
        forecast: None,
        limit: usd("10"),
        edited: None,
    }
}

impl Row {
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn at(self, now: &str, tasks: u32) -> Self {
        let now = on(now);
        self.with(|row| {
            row.now = now;
            row.meter = Meter::of(metered(tasks, "11-01 00:00", now));
        })
    }

    fn first_ever(self) -> Self {
        self.with(|row| row.tally.readings.clear())
    }

    /// The last that was believed, on the evening before.
    fn believed(self, spend: &str, limit: &str) -> Self {
        let seen = Seen {
            limit: usd(limit),
            ..seen("11-18 20:00", spend)
        };
        self.with(|row| row.tally.readings = vec![seen])
    }

    fn edited(self, at: &str) -> Self {
        self.with(|row| row.reading.edited = Some(on(at)))
    }

    fn unmetered(self) -> Self {
        self.with(|row| row.meter = Meter::default())
    }

    /// In December, after an old period that ended at so much.
    fn december(self, now: &str, before: &str) -> Self {
        self.at(now, 2).first_ever().with(|row| {
            row.reading.period.start = on("12-01 00:00");
            row.reading.period.end = on("01-01 00:00");
            row.tally.period = row.reading.period;
            row.tally.before = Some(Before {
                at: on("11-30 20:00"),
                spend: usd(before),
            });
        })
    }

    fn verdict(&self) -> Verdict {
        judge(
            &self.reading,
            &self.tally,
            &self.meter,
            &Policy::default(),
            self.now,
        )
    }

    /// The verdict in a word or two.
    fn says(&self) -> String {
        match self.verdict() {
            Verdict::Warn(causes) => {
                let causes: Vec<&str> = causes.iter().map(|cause| cause.name()).collect();
                format!("warn {}", causes.join("+"))
            }
            Verdict::Blind(blind) => format!("blind {}", blind.name()),
            Verdict::Over { whole: false } => "over, not whole".to_owned(),
            verdict => verdict.name().to_owned(),
        }
    }
}

#[test]
fn the_table() {
    let forecast = |usd_: &'static str| move |row: &mut Row| row.reading.forecast = Some(usd(usd_));
    let nothing = |row: &mut Row| row.reading.actual = None;
    let rows: Vec<(&str, Row, &str)> = vec![
        ("little spent", row("1.20"), "under"),
        ("the day before as now", row("1"), "under"),
        ("a credit", row("-3"), "under"),
        ("a refund", row("0.90"), "under"),
        ("79.99 %", row("7.999"), "under"),
        ("80 %", row("8"), "warn actual"),
        (
            "a forecast at the limit",
            row("2").with(forecast("10")),
            "warn forecast",
        ),
        (
            "a forecast below it",
            row("2").with(forecast("9.99")),
            "under",
        ),
        (
            "both",
            row("8.5").with(forecast("14")),
            "warn actual+forecast",
        ),
        ("99.99 %", row("9.999"), "warn actual"),
        ("100 %", row("10"), "over"),
        ("over", row("10.40"), "over"),
        // Billing is wrong by nine orders of magnitude.
        ("times a billion", row("1000000000"), "implausible"),
        (
            "more than the type holds",
            row(&"9".repeat(28)),
            "implausible",
        ),
        (
            "times a billion at first",
            row("1000000000").first_ever(),
            "implausible",
        ),
        (
            "times a billion, nobody metered",
            row("1000000000").unmetered(),
            "implausible",
        ),
        ("times twenty with two tasks", row("37"), "implausible"),
        // A runaway is no error of billing.
        (
            "times twenty with 200 tasks in 12 h",
            row("121").at("11-19 12:00", 200),
            "over",
        ),
        ("once the limit, by what is not metered", row("11"), "over"),
        ("times nine, nobody metered", row("99").unmetered(), "over"),
        (
            "times a hundred, nobody metered",
            row("1001").unmetered(),
            "implausible",
        ),
        // The first reading ever: the limit gives the scale.
        ("first, under", row("3").first_ever(), "under"),
        ("first, over", row("12").first_ever(), "over"),
        (
            "first, and the guard was just installed",
            row("90").first_ever().unmetered(),
            "over",
        ),
        // An edit sets the spend to zero.
        (
            "zero after an edit",
            row("0").edited("11-19 10:00"),
            "blind edited",
        ),
        (
            "absent after an edit",
            row("0").edited("11-19 10:00").with(nothing),
            "blind edited",
        ),
        (
            "zero a day after an edit",
            row("0").edited("11-18 21:00"),
            "blind edited",
        ),
        (
            "zero two days after an edit",
            row("0").edited("11-18 21:00").at("11-20 23:00", 2),
            "blind no-spend",
        ),
        ("zero without an edit", row("0"), "blind no-spend"),
        (
            "absent without an edit",
            row("0").with(nothing),
            "blind no-spend",
        ),
        (
            "zero after an edit of what is over",
            row("0").edited("11-19 10:00").believed("10.5", "10"),
            "over",
        ),
        (
            "zero after an edit that puts the limit above it",
            row("0")
                .edited("11-19 10:00")
                .believed("10.5", "10")
                .with(|row| row.reading.limit = usd("20")),
            "blind edited",
        ),
        (
            "zero after an edit that puts the limit below it",
            row("0")
                .edited("11-19 10:00")
                .believed("6", "10")
                .with(|row| row.reading.limit = usd("5")),
            "blind edited",
        ),
        (
            "zero after an edit, blind for a day before it",
            row("0")
                .edited("11-19 10:00")
                .with(|row| row.tally.blind = Some(on("11-18 10:00"))),
            "blind unread",
        ),
        (
            "data after an edit",
            row("9").edited("11-19 10:00"),
            "warn actual",
        ),
        (
            "an edit that counts more than before",
            row("60").edited("11-19 10:00"),
            "over",
        ),
        (
            "an edit that counts a billion",
            row("60000000000").edited("11-19 10:00"),
            "implausible",
        ),
        // No spend at all.
        ("never any spend", row("0").first_ever(), "blind no-spend"),
        (
            "never any spend, and nothing runs",
            row("0").first_ever().at("11-19 12:00", 0),
            "under",
        ),
        (
            "created an hour ago",
            row("0").first_ever().edited("11-19 11:00"),
            "blind edited",
        ),
        // A limit that changed.
        (
            "limit raised",
            row("10.40").with(|row| row.reading.limit = usd("20")),
            "under",
        ),
        (
            "limit lowered below the spend",
            row("1.20").with(|row| row.reading.limit = usd("1")),
            "over",
        ),
        (
            "limit lowered to a hundredth of what was believed",
            row("60.1")
                .edited("11-19 10:00")
                .believed("60", "100")
                .with(|row| row.reading.limit = usd("1")),
            "over",
        ),
        (
            "limit lowered, and more spent that nobody metered",
            row("90")
                .believed("60", "100")
                .with(|row| row.reading.limit = usd("1")),
            "over",
        ),
        (
            "limit lowered, times a billion",
            row("60000000000")
                .edited("11-19 10:00")
                .believed("60", "100")
                .with(|row| row.reading.limit = usd("1")),
            "implausible",
        ),
        (
            "a limit of nothing, nothing spent",
            row("0")
                .at("11-19 12:00", 0)
                .first_ever()
                .with(|row| row.reading.limit = usd("0")),
            "under",
        ),
        (
            "a limit of nothing, a cent spent",
            row("0.01")
                .first_ever()
                .with(|row| row.reading.limit = usd("0")),
            "over",
        ),
        // No change for too long.
        (
            "the same for 27 hours",
            row("1").at("11-19 23:00", 2),
            "blind stale",
        ),
        (
            "the same for 25 hours",
            row("1").at("11-19 21:00", 2),
            "under",
        ),
        (
            "the same for 27 hours, and nothing runs",
            row("1").at("11-19 23:00", 0),
            "under",
        ),
        (
            "the same for 27 hours, nobody metered",
            row("1").at("11-19 23:00", 2).unmetered(),
            "blind stale",
        ),
        (
            "over and the same for a week",
            row("10.5")
                .at("11-26 12:00", 2)
                .with(|row| row.tally.readings = vec![seen("11-19 12:00", "10.5")]),
            "over",
        ),
        // Our own meter knows before billing does.
        (
            "200 tasks, not reported yet",
            row("1").at("11-18 22:00", 200),
            "warn metered",
        ),
        // A new period.
        (
            "new, not fallen yet",
            row("9.5").december("12-01 03:00", "9.5"),
            "blind new-period",
        ),
        (
            "new, late charges of the old one",
            row("9.7").december("12-01 03:00", "9.5"),
            "blind new-period",
        ),
        (
            "new, not fallen, over",
            row("10.4").december("12-01 03:00", "10.2"),
            "blind new-period",
        ),
        (
            "new, the old one's less a refund",
            row("9.4").december("12-01 03:00", "9.5"),
            "blind new-period",
        ),
        (
            "new, fallen by more than a tenth",
            row("8.5").december("12-01 03:00", "9.5"),
            "warn actual",
        ),
        (
            "new, the old one's after two days in which nothing else was seen",
            row("9.4")
                .december("12-02 03:00", "9.5")
                .with(|row| row.tally.blind = Some(on("12-01 00:00"))),
            "blind stale",
        ),
        (
            "new, the old one's after two days in which nobody looked",
            row("9.4").december("12-02 03:00", "9.5"),
            "warn actual",
        ),
        (
            "new, far above the old one on the first day",
            row("30").december("12-01 20:00", "0.2"),
            "over",
        ),
        (
            "new, fallen",
            row("0.2").december("12-01 12:00", "9.5"),
            "under",
        ),
        (
            "new, zero",
            row("0").december("12-01 03:00", "9.5"),
            "under",
        ),
        (
            "new, absent",
            row("0").december("12-01 03:00", "9.5").with(nothing),
            "blind new-period",
        ),
        (
            "new, zero, edited after the last data",
            row("0")
                .december("12-01 03:00", "9.5")
                .edited("11-30 22:00"),
            "blind edited",
        ),
        (
            "new, more than the old one after two days",
            row("0.7").december("12-02 03:00", "0.5"),
            "under",
        ),
        (
            "new, zero after two days",
            row("0").december("12-02 03:00", "9.5"),
            "blind no-spend",
        ),
        (
            "new, a billion",
            row("1000000000").december("12-02 03:00", "9.5"),
            "implausible",
        ),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(_, row, expected)| row.says() != *expected)
        .map(|(name, row, expected)| format!("{name}: {} instead of {expected}", row.says()))
        .collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn what_a_person_allowed_counts_until_it_is_spent() {
    let allowed = |actual| {
        row(actual).with(|row| {
            row.tally.allowed = Some(Allowed {
                up_to: usd("13.40"),
                by: "ana".to_owned(),
                why: "demo".to_owned(),
            });
        })
    };
    assert_eq!(allowed("10.40").says(), "warn actual");
    assert_eq!(allowed("13.39").says(), "warn actual");
    assert_eq!(allowed("13.40").says(), "over");
}

#[test]
fn a_stop_before_the_limit_is_not_the_whole() {
    let policy = Policy {
        stop_percent: usd("95"),
        ..Policy::default()
    };
    let verdict = |actual: &str| {
        let row = row(actual);
        judge(&row.reading, &row.tally, &row.meter, &policy, row.now)
    };
    assert_eq!(verdict("9.50"), Verdict::Over { whole: false });
    assert_eq!(verdict("10"), Verdict::Over { whole: true });
}

#[test]
fn what_is_unpriced_explains_a_lot_but_not_everything() {
    let unpriced = |actual: &str| {
        row(actual).with(|row| {
            let samples = metered(0, "11-01 00:00", row.now).into_iter();
            let counted = Counted {
                kind: Kind::Task,
                name: "tasks".to_owned(),
                count: 2,
                hour: None,
            };
            let samples =
                samples.map(|sample| Sample::of(std::slice::from_ref(&counted), sample.at));
            row.meter = Meter::of(samples.collect());
        })
    };
    assert_eq!(unpriced("300").says(), "over");
    assert_eq!(unpriced("1000000000").says(), "implausible");
}

#[test]
fn a_daily_budget_settles_in_half_a_day() {
    let daily = |now: &str| {
        row("5").december(now, "5").with(|row| {
            row.reading.period.end = on("12-02 00:00");
            row.tally.period = row.reading.period;
        })
    };
    assert_eq!(daily("12-01 11:00").says(), "blind new-period");
    assert_eq!(daily("12-01 13:00").says(), "under");
}

proptest! {
    #[test]
    fn a_verdict_there_always_is(
        actual in prop::option::of(any::<i64>()),
        scale in 0u32..10,
        limit in 0u32..1_000,
        edited in prop::option::of(0i64..700),
        hour in 0i64..720,
        tasks in 0u32..300,
    ) {
        let start = on("11-01 00:00");
        let at = |hour| start + SignedDuration::from_hours(hour);
        let mut row = row("1").at("11-19 12:00", tasks);
        row.reading.actual = actual.map(|digits| Decimal::new(digits, scale));
        row.reading.limit = Decimal::from(limit);
        row.reading.edited = edited.map(at);
        row.now = at(hour);
        row.verdict();
    }

    /// Whatever is reported, a stop never follows from more than what ran and the limit explain.
    #[test]
    fn over_is_never_beyond_what_can_be_explained(spend in 1u64..u64::MAX, tasks in 0u32..300) {
        let mut row = row("1").at("11-19 12:00", tasks);
        row.reading.actual = Some(Decimal::from(spend));
        let ran = row.meter.between(on("11-17 18:00"), row.now).upper;
        if let Verdict::Over { .. } = row.verdict() {
            prop_assert!(Decimal::from(spend) <= Decimal::ONE + Decimal::TEN + ran * Decimal::from(5));
        }
    }
}
