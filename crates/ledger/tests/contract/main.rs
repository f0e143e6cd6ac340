//! What the ledger promises, held against the simulated DynamoDB and against one that others wrote.
//!
//! Every test runs in the simulated account, and on the DynamoDB at `LEDGER_ENDPOINT` too if that is
//! set: `tests/fidelity/test_moto.py` sets it to moto.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop where it finds nonsense"
)]

mod budgets;
mod journal;
mod releases;
mod rests;
mod spot;
mod standing;
mod tables;

use domain::arn::{GroupArn, ServiceArn};
use domain::capacity::{Bounds, GroupCapacity, ServiceCapacity, Suspended};
use domain::hold::{Hold, Holder, Holds};
use domain::rest::{Claim, GroupRest, Phase, Rest, ServiceRest, Version};
use jiff::Timestamp;
use ledger::LedgerError;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn service(name: &str) -> ServiceArn {
    let arn = format!("arn:aws:ecs:eu-central-1:123456789012:service/prod/{name}");
    ServiceArn::parse(&arn).unwrap()
}

fn group() -> GroupArn {
    let arn = "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:\
               c2a1e7c6-2f7e-4c1b-9a52-0c0a4a1f5b1e:autoScalingGroupName/workers";
    GroupArn::parse(arn).unwrap()
}

/// A record with everything that a record can have.
fn full_rest(version: i64) -> ServiceRest {
    let capacity = |desired| ServiceCapacity {
        desired,
        bounds: Some(Bounds {
            min: desired,
            max: 10,
            suspended: Suspended {
                scaling_in: true,
                scaling_out: false,
                scheduled: true,
            },
        }),
        created_at: at("2026-11-01T06:30:00.123456789Z"),
    };
    Rest {
        holds: holds(),
        saved: capacity(4),
        written: capacity(0),
        phase: Phase::Waking {
            since: at("2026-11-23T07:00:00Z"),
        },
        settled: Some(at("2026-11-22T19:00:31Z")),
        claim: Some(Claim {
            run: "request-1".to_owned(),
            until: at("2026-11-23T07:05:00Z"),
        }),
        deployment: Some("ecs-svc/0123456789".to_owned()),
        version: Version(version),
    }
}

/// A record with nothing that it can do without.
fn bare_rest(version: i64) -> GroupRest {
    Rest {
        holds: Holds::none(),
        saved: GroupCapacity {
            min: 3,
            instances: Some([("m6i.large", 2), ("t3.medium", 1)].into_iter().collect()),
        },
        written: GroupCapacity::AT_REST,
        phase: Phase::Resting,
        settled: None,
        claim: None,
        deployment: None,
        version: Version(version),
    }
}

fn holds() -> Holds {
    let hold = |by: &str, until| Hold {
        by: by.to_owned(),
        why: "night, \"quiet\" & <dark>: ünïcödé ✓".to_owned(),
        since: at("2026-11-22T19:00:00Z"),
        until,
    };
    Holds::none()
        .with(
            Holder::OffHours,
            hold("off-hours", Some(at("2026-11-23T07:00:00Z"))),
        )
        .with(Holder::Operator, hold("ada", None))
}

fn assert_overtaken(result: Result<(), LedgerError>) {
    assert!(matches!(result, Err(LedgerError::Overtaken)), "{result:?}");
}
