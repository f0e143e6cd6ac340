//! A week with forty services of every shape, and the same night under ticks of every length.

use std::sync::Arc;

use contracts::House;
use domain::hours::holidays::Holidays;
use domain::hours::schedule::Schedule;
use domain::hours::zone::Zone;
use domain::hours::{Hours, State};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// Hours of every shape; the zones are spread over the day.
const HOURS: [&str; 8] = [
    "Mon-Fri 08:00-20:00 Europe/Berlin",
    "Mon-Fri 09:00-17:30 Asia/Kolkata",
    "Sun-Thu 07:00-19:00 Asia/Amman",
    "Mon-Fri 22:00-04:00 + Sat 10:00-14:00 America/New_York",
    "Fri 18:00-Mon 06:00 Australia/Lord_Howe",
    "Mon/Wed/Fri 00:00-24:00 Pacific/Auckland",
    "always",
    "never",
];

/// One service of the week.
struct Service {
    name: String,
    hours: &'static str,
    desired: u64,
    floor: u64,
    scaled: bool,
}

/// Forty services: every kind of hours with every mixture of count, floor, wave and target.
fn services() -> Vec<Service> {
    (0..40)
        .map(|number: u64| Service {
            name: format!("service-{number:02}"),
            hours: HOURS[usize::try_from(number).unwrap() % HOURS.len()],
            desired: number % 5,
            floor: u64::from(number.is_multiple_of(3)),
            scaled: number % 4 == 1,
        })
        .collect()
}

fn stack(services: &[Service]) -> String {
    let mut stack = "clusters:\n".to_owned();
    for (cluster, services) in services.chunks(20).enumerate() {
        stack.push_str(&format!("  - name: cluster-{cluster}\n    services:\n"));
        for (number, one) in services.iter().enumerate() {
            let scaling = if one.scaled {
                format!("scaling: {{min: {}, max: 9}}, ", one.desired.min(1))
            } else {
                String::new()
            };
            stack.push_str(&format!(
                "      - {{name: {}, desired: {}, {scaling}tags: {{\"caretaker:hours\": \"{}\", \"caretaker:floor\": \"{}\", \"caretaker:wave\": \"{}\"}}}}\n",
                one.name,
                one.desired,
                one.hours,
                one.floor,
                number % 9 + 1,
            ));
        }
    }
    stack
}

/// Whether the hours want a service awake, and have wanted so for long enough that its wave has
/// had its turn.
fn wanted(hours: &str, now: Timestamp) -> Option<State> {
    let none = Arc::new(Holidays::parse("").unwrap());
    let schedule = Schedule::new(&Hours::parse(hours).unwrap(), none, &Zone::UTC);
    let before = now - SignedDuration::from_hours(3);
    let state = schedule.state_at(now);
    (schedule.edges(before, now).len() == 1).then_some(state)
}

#[tokio::test(start_paused = true)]
async fn a_week_of_forty_services_ends_every_hour_as_their_hours_say() {
    let services = services();
    let house = House::new("2026-11-15T22:50:00Z", &stack(&services));
    let mut compared = 0;
    for hour in 0..7 * 24 {
        for _ in 0..4 {
            house.pass(SignedDuration::from_mins(15)).await;
            house.tick().await.report();
        }
        for (number, one) in services.iter().enumerate() {
            let Some(state) = wanted(one.hours, house.now()) else {
                continue;
            };
            let expected = if state == State::Awake {
                one.desired
            } else {
                one.floor.min(one.desired)
            };
            let service = format!("cluster-{}/{}", number / 20, one.name);
            assert_eq!(
                house.desired(&service),
                expected,
                "{service} ({}) at hour {hour}: {}",
                one.hours,
                house.now()
            );
            compared += 1;
        }
    }
    assert!(compared > 5_000, "{compared}");
}

const NIGHT: &str = r#"
clusters:
  - name: prod
    tags: {"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}
    services:
      - {name: a, desired: 3, scaling: {min: 2, max: 10}, tags: {"caretaker:wave": "1"}}
      - {name: b, desired: 1, tags: {"caretaker:wave": "2", "caretaker:floor": "1"}}
      - {name: c, desired: 2, tags: {"caretaker:hours": "Mon-Fri 06:00-23:00"}}
"#;

/// What there is at midnight and at noon under ticks of this many minutes, the first after `phase`.
async fn night_under(minutes: i64, phase: i64) -> Vec<Value> {
    let house = House::new("2026-11-19T17:00:00Z", NIGHT);
    house.pass(SignedDuration::from_mins(phase)).await;
    let mut seen = Vec::new();
    for end in ["2026-11-19T23:00:00Z", "2026-11-20T11:00:00Z"] {
        let end: Timestamp = end.parse().unwrap();
        while house.now() <= end {
            house.tick().await.report();
            house.pass(SignedDuration::from_mins(minutes)).await;
        }
        for service in ["prod/a", "prod/b", "prod/c"] {
            seen.push(house.service(service)["desiredCount"].clone());
        }
        seen.push(house.target("prod/a"));
    }
    seen
}

#[tokio::test(start_paused = true)]
async fn ticks_of_every_length_and_phase_end_the_same() {
    let expected = night_under(5, 0).await;
    assert_eq!(expected[..3], [0, 1, 0].map(Value::from));
    for (minutes, phase) in [
        (1, 0),
        (5, 2),
        (5, 4),
        (15, 0),
        (15, 7),
        (60, 0),
        (60, 13),
        (60, 59),
    ] {
        assert_eq!(
            night_under(minutes, phase).await,
            expected,
            "every {minutes} minutes from {phase} on"
        );
    }
}
