//! How long a decision takes: every service of an evening goes to rest. Prints JSON for `run.py`.

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::arn::ServiceArn;
use domain::capacity::{Bounds, Suspended};
use domain::hours::holidays::Holidays;
use domain::hours::zone::Zone;
use domain::off_hours::{FLOOR, HOURS, Intent, Moment, Observed, Policy, Service, WAVE, decide};
use domain::rest::Claim;
use domain::resting::{Deployment, Kind, Live, Sight};
use domain::tag::Tags;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A median of this many.
const ROUNDS: usize = 9;

/// Services in one cluster.
const CLUSTER: usize = 250;

/// What people write; the last is the cluster's, for services without hours of their own.
const HOURS_SEEN: [&str; 5] = [
    "Mon-Fri 08:00-20:00 Europe/Berlin",
    "Mon-Fri 07:30-19:00 + Sat 10:00-14:00 Europe/London",
    "Sun 22:00-Fri 06:00 Asia/Kolkata",
    "Mon-Thu 09:00-18:00 + Fri 09:00-15:00",
    "",
];

type Tagged = Vec<(ServiceArn, Tags)>;

fn main() -> Result<(), Box<dyn Error>> {
    let sizes = [1_000, 10_000, 100_000];
    let rows: Result<Vec<Value>, _> = sizes.into_iter().map(row).collect();
    println!("{}", Value::from(rows?));
    Ok(())
}

fn row(services: usize) -> Result<Value, Box<dyn Error>> {
    let policy = policy()?;
    // Saturday, one o'clock at night in Berlin: nobody's hours.
    let now: Timestamp = "2026-11-21T00:00:00Z".parse()?;
    let claim = Claim {
        run: "bench".to_owned(),
        until: now + SignedDuration::from_mins(5),
    };
    let moment = Moment {
        policy: &policy,
        claim: &claim,
        closing: false,
        now,
    };
    let tagged = (0..services).map(tagged).collect::<Result<Tagged, _>>()?;
    let observed = observe(&tagged, &policy, now);
    let planned = decide(&observed, moment).errands.len();
    if planned != services {
        return Err(format!("{planned} of {services} go to rest").into());
    }
    Ok(json!({
        "services": services,
        "decide": each(services, || decide(&observed, moment)),
        "parse_and_decide": each(services, || {
            let observed = observe(&tagged, &policy, now);
            let plan = decide(&observed, moment);
            (observed, plan)
        }),
    }))
}

/// Microseconds for each service, the median of some rounds. What is dropped is not counted.
fn each<Made>(services: usize, run: impl Fn() -> Made) -> f64 {
    let mut rounds: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            let made = black_box(run());
            let took = began.elapsed();
            drop(made);
            took
        })
        .collect();
    rounds.sort_unstable();
    rounds[ROUNDS / 2].as_secs_f64() * 1e6 / services as f64
}

fn policy() -> Result<Policy, Box<dyn Error>> {
    Ok(Policy {
        default_zone: Zone::parse("Europe/Berlin")?,
        holidays: Arc::new(Holidays::parse("12-25 12-26 01-01 2026-04-03")?),
        night_grace: SignedDuration::from_mins(30),
        deployment_patience: SignedDuration::from_mins(60),
        wave_timeout: SignedDuration::from_mins(15),
        watches_budgets: true,
    })
}

fn tagged(number: usize) -> Result<(ServiceArn, Tags), Box<dyn Error>> {
    let cluster = number / CLUSTER;
    let arn =
        format!("arn:aws:ecs:eu-central-1:123456789012:service/team-{cluster}/service-{number:06}");
    let hours = HOURS_SEEN[number % HOURS_SEEN.len()];
    let mut tags = Tags::new();
    if !hours.is_empty() {
        tags.insert(HOURS.to_owned(), hours.to_owned());
    }
    if number.is_multiple_of(3) {
        tags.insert(WAVE.to_owned(), (number % 9 + 1).to_string());
    }
    if number.is_multiple_of(7) {
        tags.insert(FLOOR.to_owned(), "1".to_owned());
    }
    Ok((ServiceArn::parse(&arn)?, tags))
}

/// What follows from the tags, as `off-hours` reads them, and services as ECS shows them.
fn observe(tagged: &Tagged, policy: &Policy, now: Timestamp) -> Observed {
    let default = HOURS_SEEN[0].to_owned();
    let cluster = Tags::from([(HOURS.to_owned(), default)]);
    let services = tagged.iter().enumerate().map(|(number, (arn, tags))| {
        let service = Service {
            intent: Intent::of(tags, &cluster, policy),
            order: None,
            asked: None,
            rest: None,
            sight: Sight::Live(live(number, now)),
        };
        (arn.clone(), service)
    });
    Observed {
        services: services.collect(),
        ..Observed::default()
    }
}

fn live(number: usize, now: Timestamp) -> Live {
    let created_at = now - SignedDuration::from_hours(24 * 30);
    let running = Suspended {
        scaling_in: false,
        scaling_out: false,
        scheduled: false,
    };
    Live {
        active: true,
        kind: Kind::Replica,
        desired: 3,
        running: 3,
        created_at,
        bounds: number.is_multiple_of(2).then_some(Bounds {
            min: 2,
            max: 10,
            suspended: running,
        }),
        deployment: Some(Deployment {
            id: "ecs-svc/1".to_owned(),
            created_at,
            in_progress: false,
        }),
        task_definition: "arn:aws:ecs:eu-central-1:123456789012:task-definition/api:1".to_owned(),
        fargate_spot_percent: Some(0),
    }
}
