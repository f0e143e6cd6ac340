//! Which services cannot leave an instance within the two minutes that Spot gives: known before
//! the night it matters.

use std::collections::BTreeMap;
use std::fmt;

use jiff::SignedDuration;

use crate::arn::ServiceArn;
use crate::drain::remembered::fold::NOTICE;
use crate::drain::seen::service::Service;
use crate::resting::Kind;

/// How long ECS takes to call a task healthy that has no health check.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html>.
const UNCHECKED: SignedDuration = SignedDuration::from_secs(40);

/// How long a load balancer sends to a target that leaves, unless that is set otherwise.
/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html>.
const DEREGISTRATION: SignedDuration = SignedDuration::from_secs(300);

/// How long a container may take to stop, unless that is set otherwise.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html>.
const STOP_TIMEOUT: SignedDuration = SignedDuration::from_secs(30);

/// How long it takes until another task runs: to hear of it, to place it, to pull and to start it.
/// Nothing is published about that; this is our choice.
const START: SignedDuration = SignedDuration::from_secs(30);

/// A service that cannot leave in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undrainable {
    /// Which.
    pub service: ServiceArn,
    /// Why, the worst first.
    pub why: Vec<Why>,
}

impl Undrainable {
    /// Whether it may still leave in time, because the worst of it is only assumed.
    pub(super) fn is_assumed(&self) -> bool {
        let assumed = |why: &Why| matches!(why, Why::TooLong { assumed: true, .. });
        self.why.iter().all(assumed)
    }
}

/// Why a service cannot leave in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It may neither stop a task first nor start one first.
    NeitherWay,
    /// Leaving takes longer than there is.
    TooLong {
        /// How long it takes in all, in seconds.
        seconds: i64,
        /// How much of that is for another task to start and to be healthy.
        start: i64,
        /// How much is for load balancers to stop sending to it.
        deregistration: i64,
        /// Whether that is the usual delay, taken because its target groups could not be asked,
        /// and the service could leave in time with a shorter one.
        assumed: bool,
        /// How much is for its containers to stop.
        stop: i64,
    },
    /// Its only task is stopped before there is another.
    OnlyTask,
}

impl fmt::Display for Why {
    /// For people, after the name of the service.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeitherWay => f.write_str(
                "may neither stop a task first nor start one first (minimum and maximum healthy \
                 percent)",
            ),
            Self::TooLong {
                seconds,
                start,
                deregistration,
                assumed,
                stop,
            } => {
                let unless = match assumed {
                    true => " unless its target groups are set otherwise",
                    false => "",
                };
                write!(f, "takes {seconds} s to leave{unless}:")?;
                let parts = [
                    (*start, "to start another"),
                    (*deregistration, "of deregistration delay"),
                    (*stop, "to stop"),
                ];
                let parts = parts.iter().filter(|(seconds, _)| *seconds > 0);
                for (position, (seconds, what)) in parts.enumerate() {
                    let comma = if position > 0 { "," } else { "" };
                    write!(f, "{comma} {seconds} s {what}")?;
                }
                Ok(())
            }
            Self::OnlyTask => f.write_str("has one task, which is stopped before there is another"),
        }
    }
}

/// The services that cannot leave an instance in time. Those that have no tasks, one on every
/// instance, or another scheduler than that of ECS are passed over.
pub fn drainability(services: &BTreeMap<ServiceArn, Service>) -> Vec<Undrainable> {
    services
        .iter()
        .filter(|(_, service)| service.kind == Kind::Replica && service.desired > 0)
        .map(|(arn, service)| Undrainable {
            service: arn.clone(),
            why: why(service),
        })
        .filter(|found| !found.why.is_empty())
        .collect()
}

fn why(service: &Service) -> Vec<Why> {
    let mut why = Vec::new();
    // It may stop a task first if that leaves enough, and if fewer have to run than are wanted.
    let stops_first = service.floor() < service.desired;
    let starts_first = service.ceiling() > service.desired;
    if !stops_first && !starts_first {
        return vec![Why::NeitherWay];
    }
    let spare = service.spare.unwrap_or(0) > 0;
    let start = if stops_first || spare {
        SignedDuration::ZERO
    } else {
        started(service)
    };
    let deregistration = match (service.balanced, service.deregistration) {
        (false, _) => SignedDuration::ZERO,
        (true, known) => known.unwrap_or(DEREGISTRATION),
    };
    let stop = service.stop_timeout.unwrap_or(STOP_TIMEOUT);
    let all = start + deregistration + stop;
    if all > NOTICE {
        why.push(Why::TooLong {
            seconds: all.as_secs(),
            start: start.as_secs(),
            deregistration: deregistration.as_secs(),
            assumed: service.deregistration.is_none() && start + stop <= NOTICE,
            stop: stop.as_secs(),
        });
    }
    if service.desired == 1 && stops_first {
        why.push(Why::OnlyTask);
    }
    why
}

/// How long it takes until another task runs and is taken for healthy.
fn started(service: &Service) -> SignedDuration {
    let judged = if service.checked || service.balanced {
        service.grace
    } else {
        UNCHECKED
    };
    START + judged
}
