//! The concerns that a decision about a service can have, in words that a person can act on.

use jiff::Timestamp;

use super::concerns::Concern;
use super::observed::Service;
use crate::arn::ServiceArn;
pub(super) use crate::notice::fact;
use crate::notice::{Kind, Next, Severity};
use crate::rest::ServiceRest;
use crate::resting::{Deployment, Live, Subject};

/// It was woken a while ago and not all of its tasks run.
pub(super) fn not_steady(
    arn: &ServiceArn,
    service: &Service,
    live: &Live,
    rest: &ServiceRest,
) -> Concern {
    Concern {
        about: Subject::Service(arn.clone()).into(),
        kind: Kind::WaveNotSteady,
        severity: Severity::Page,
        title: format!("{arn} was woken and does not come up"),
        text: "not steady".to_owned(),
        facts: vec![
            fact(
                "Running tasks",
                format!("{} of {}", live.running, live.desired),
            ),
            fact("Wave", service.intent.wave),
        ],
        done: Some(format!(
            "Desired count was set back to {}; later waves no longer wait for it.",
            rest.written.desired
        )),
        next: Next {
            what: "Look at the service's events and its stopped tasks.".to_owned(),
            command: Some(describe(arn)),
        },
        since: rest.settled.unwrap_or(rest.saved.created_at),
    }
}

/// Somebody changed the count of a service at rest.
pub(super) fn changed_at_rest(
    arn: &ServiceArn,
    service: &Service,
    live: &Live,
    rest: &ServiceRest,
    now: Timestamp,
) -> Concern {
    Concern {
        about: Subject::Service(arn.clone()).into(),
        kind: Kind::CapacityChangedAtRest,
        severity: Severity::Digest,
        title: format!(
            "{arn} was changed at rest to a desired count of {}",
            live.desired
        ),
        text: live.desired.to_string(),
        facts: vec![
            fact("Desired count now", live.desired),
            fact("Desired count at rest", rest.written.desired),
            fact("Desired count before", rest.saved.desired),
            fact("Hours", service.intent.hours_text()),
        ],
        done: Some("Nothing: the change is respected until the service's next edge.".to_owned()),
        next: Next {
            what: "To let it rest again now, set the count back yourself.".to_owned(),
            command: Some(format!(
                "aws ecs update-service --cluster {} --service {} --desired-count {}",
                arn.cluster(),
                arn.name(),
                rest.written.desired
            )),
        },
        // When somebody did it is not known; this is when it is seen.
        since: now,
    }
}

/// A deployment has been in progress for so long that the service is put to rest in the middle.
pub(super) fn deployment_blocks(arn: &ServiceArn, deployment: &Deployment) -> Concern {
    Concern {
        about: Subject::Service(arn.clone()).into(),
        kind: Kind::DeploymentBlocksRest,
        severity: Severity::Digest,
        title: format!("{arn} goes to rest although a deployment has not ended"),
        text: deployment.id.clone(),
        facts: vec![fact("Deployment", &deployment.id)],
        done: Some("Waited for the deployment as long as the parameter DeploymentPatience says, then put the service to rest.".to_owned()),
        next: Next {
            what: "Find out why the deployment does not end.".to_owned(),
            command: Some(describe(arn)),
        },
        since: deployment.created_at,
    }
}

pub(super) fn describe(arn: &ServiceArn) -> String {
    format!(
        "aws ecs describe-services --cluster {} --services {}",
        arn.cluster(),
        arn.name()
    )
}
