//! The tallies of budgets and the samples of the meter.

use domain::budget::BudgetName;
use domain::budget::counted::Rate;
use domain::budget::meter::Sample;
use domain::budget::period::Period;
use domain::budget::state::{Again, State, Stop, Treatment};
use domain::budget::tally::{Cause, Seen, Tally};
use domain::rest::Version;
use jiff::SignedDuration;

use crate::tables::everywhere;
use crate::{assert_overtaken, at, service};

/// A name with everything that a name may have.
fn name() -> BudgetName {
    BudgetName::parse("tëam #7's 80 % \"budget\" / $10").unwrap()
}

fn tally(version: i64) -> Tally {
    let amount = |text: &str| text.parse().unwrap();
    let again = Again {
        times: 3,
        treatment: Treatment::LeftAlone,
        at: at("2026-11-19T16:00:00Z"),
    };
    let stop = Stop {
        since: at("2026-11-19T12:00:00Z"),
        period_end: at("2026-12-01T00:00:00Z"),
        spend: amount("10.0000000000000000000000000001"),
        picked: Some([service("api"), service("web")].into()),
        again: [(service("api"), again)].into(),
    };
    let seen = |day: &str, spend: &str| Seen {
        at: at(&format!("2026-11-{day}T12:00:00Z")),
        spend: amount(spend),
        forecast: None,
        limit: amount("10.00"),
        edited: None,
    };
    Tally {
        period: Period {
            start: at("2026-11-01T00:00:00Z"),
            end: at("2026-12-01T00:00:00Z"),
        },
        state: State::Stopped(stop),
        readings: vec![
            seen("18", "9.20"),
            seen("19", "79228162514264337593543950335"),
        ],
        before: None,
        doubted: None,
        blind: None,
        warned: [Cause::Actual, Cause::Metered].into(),
        grace: None,
        veto: None,
        allowed: None,
        limit: amount("10.00"),
        limit_change: None,
        version: Version(version),
    }
}

#[tokio::test]
async fn a_tally_stands_as_it_was_written() {
    everywhere(async |table| {
        table
            .ledger
            .record_budget(&name(), &tally(1), None)
            .await
            .unwrap();
        let standing = table.ledger.standing().await.unwrap();
        assert_eq!(standing.unreadable, []);
        assert_eq!(standing.budgets, [(name(), tally(1))].into());
    })
    .await;
}

#[tokio::test]
async fn of_two_runs_that_read_the_same_tally_one_writes() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        ledger
            .record_budget(&name(), &tally(1), None)
            .await
            .unwrap();
        let mut theirs = tally(2);
        theirs.state = State::Armed;
        let read = Some(Version(1));
        ledger
            .record_budget(&name(), &tally(2), read)
            .await
            .unwrap();
        ledger
            .record_budget(&name(), &tally(2), read)
            .await
            .unwrap();
        assert_overtaken(ledger.record_budget(&name(), &theirs, read).await);
        assert_overtaken(ledger.record_budget(&name(), &theirs, None).await);
        assert_eq!(ledger.standing().await.unwrap().budgets[&name()], tally(2));
    })
    .await;
}

#[tokio::test]
async fn a_tally_is_closed_in_the_version_that_was_read() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        ledger
            .record_budget(&name(), &tally(5), None)
            .await
            .unwrap();
        assert_overtaken(ledger.close_budget(&name(), Version(4)).await);
        for _ in 0..2 {
            ledger.close_budget(&name(), Version(5)).await.unwrap();
            assert!(ledger.standing().await.unwrap().budgets.is_empty());
        }
    })
    .await;
}

fn sample(time: &str, upper: &str) -> Sample {
    Sample {
        at: at(&format!("2026-11-19T{time}Z")),
        rate: Rate {
            lower: "0.049370".parse().unwrap(),
            upper: upper.parse().unwrap(),
        },
        unpriced: Vec::new(),
    }
}

#[tokio::test]
async fn samples_are_read_whole_and_the_first_of_a_minute_stays() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let first = sample("12:00:07.5", "4.04937");
        for sample in [&first, &sample("12:00:59", "9"), &sample("13:00:07", "0.1")] {
            ledger.sample(sample).await.unwrap();
        }
        let read = ledger.samples().await.unwrap();
        assert_eq!(read.unreadable, []);
        assert_eq!(read.samples, [first, sample("13:00:07", "0.1")]);
        assert!(ledger.standing().await.unwrap().unreadable.is_empty());
    })
    .await;
}

/// A page of a query ends at a megabyte.
#[tokio::test]
async fn a_month_of_hours_is_read_whole() {
    everywhere(async |table| {
        let begin = at("2026-11-01T00:00:00Z");
        for hour in 0..720 {
            let mut sample = sample("12:00:00", "1");
            sample.at = begin + SignedDuration::from_hours(hour);
            table.ledger.sample(&sample).await.unwrap();
        }
        assert_eq!(table.ledger.samples().await.unwrap().samples.len(), 720);
    })
    .await;
}
