//! What a wake could not give back, in words that a person can act on.
//!
//! What somebody changed at rest is theirs, and nothing of that is told here: only what was to come
//! back and could not.

use jiff::Timestamp;

use super::concerns::Concern;
use super::trouble::fact;
use crate::arn::{GroupArn, ServiceArn};
use crate::capacity::{Bounds, GroupCapacity, ServiceCapacity};
use crate::notice::{Fact, Kind, Next, Severity};
use crate::resting::Subject;

/// What a service that had `saved` did not get back when it was woken with `woken`.
pub(super) fn of_service(
    arn: &ServiceArn,
    saved: &ServiceCapacity,
    woken: &ServiceCapacity,
    now: Timestamp,
) -> Option<Concern> {
    match (saved.bounds, woken.bounds) {
        (Some(bounds), None) => Some(target_gone(arn, bounds, woken, now)),
        (_, Some(bounds)) => not_restored(arn, saved, woken, bounds, now),
        (None, None) => None,
    }
}

/// What a group that had `saved` does not get back under a maximum of `max`.
pub(super) fn of_group(
    arn: &GroupArn,
    saved: &GroupCapacity,
    max: u32,
    now: Timestamp,
) -> Option<Concern> {
    (saved.min > max).then(|| Concern {
        about: Subject::Group(arn.clone()).into(),
        kind: Kind::NotRestored,
        severity: severity(max),
        title: format!("{arn} was woken with a minimum of {max} instead of {}", saved.min),
        text: format!("minimum {max} of {}", saved.min),
        facts: vec![
            fact("Minimum", format!("{max} of {}", saved.min)),
            fact("Maximum now", max),
        ],
        done: Some("The minimum was set to the maximum that is there now.".to_owned()),
        next: Next {
            what: "If the maximum was not lowered on purpose, raise it and the minimum.".to_owned(),
            command: Some(format!(
                "aws autoscaling update-auto-scaling-group --auto-scaling-group-name {} --min-size {} --max-size {}",
                arn.name(),
                saved.min,
                saved.min
            )),
        },
        since: now,
    })
}

/// The scalable target that was saved was deleted while the service was at rest.
fn target_gone(
    arn: &ServiceArn,
    bounds: Bounds,
    woken: &ServiceCapacity,
    now: Timestamp,
) -> Concern {
    let Bounds { min, max, .. } = bounds;
    Concern {
        about: Subject::Service(arn.clone()).into(),
        kind: Kind::TargetGone,
        severity: Severity::Digest,
        title: format!("{arn} lost its scalable target while it was at rest"),
        text: format!("{min}-{max}"),
        facts: vec![
            fact("Minimum before", min),
            fact("Maximum before", max),
            fact("Desired count now", woken.desired),
        ],
        done: Some(format!(
            "Desired count was set to {}; the target was not made again.",
            woken.desired
        )),
        next: Next {
            what: "If it was not deleted on purpose, register it again, and then its policies, which went with it."
                .to_owned(),
            command: Some(format!("{} --min-capacity {min} --max-capacity {max}", register(arn))),
        },
        since: now,
    }
}

/// The target's maximum was lowered below what the service had, or one was made that is lower.
fn not_restored(
    arn: &ServiceArn,
    saved: &ServiceCapacity,
    woken: &ServiceCapacity,
    bounds: Bounds,
    now: Timestamp,
) -> Option<Concern> {
    let min = saved.bounds.map_or(0, |saved| saved.min);
    let count = lost("Desired count", saved.desired, woken.desired);
    let minimum = lost("Minimum", min, bounds.min.max(min.min(bounds.max)));
    let mut facts: Vec<Fact> = count.into_iter().chain(minimum).collect();
    let text: Vec<String> = facts
        .iter()
        .map(|fact| format!("{} {}", fact.label, fact.value))
        .collect();
    let before = saved.bounds.map(|saved| fact("Maximum before", saved.max));
    facts.extend(before);
    facts.push(fact("Maximum now", bounds.max));
    let enough = saved.desired.max(saved.bounds.map_or(0, |saved| saved.max));
    (!text.is_empty()).then(|| Concern {
        about: Subject::Service(arn.clone()).into(),
        kind: Kind::NotRestored,
        severity: severity(woken.desired),
        title: format!("{arn} was woken with less than it had, because its maximum is lower now"),
        text: text.join(", "),
        facts,
        done: Some("What the maximum allows was given back.".to_owned()),
        next: Next {
            what:
                "If the maximum was not lowered on purpose, raise it, and then the desired count."
                    .to_owned(),
            command: Some(format!("{} --max-capacity {enough}", register(arn))),
        },
        since: now,
    })
}

/// A service or group that has nothing at all cannot wait for the digest.
fn severity(has: u32) -> Severity {
    if has == 0 {
        Severity::Page
    } else {
        Severity::Digest
    }
}

fn lost(label: &str, had: u32, has: u32) -> Option<Fact> {
    (has < had).then(|| fact(label, format!("{has} of {had}")))
}

fn register(arn: &ServiceArn) -> String {
    format!(
        "aws application-autoscaling register-scalable-target --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id {}",
        arn.scalable_resource()
    )
}
