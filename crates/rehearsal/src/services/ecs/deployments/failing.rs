//! A deployment is given up: FAILED first, and a moment later the way back, if there is to be one.

use super::{Rollout, history, journal, news, primary_mut};
use crate::services::ecs::after;
use crate::services::ecs::agenda::Step;
use crate::services::ecs::service::ServiceId;
use crate::world::World;

/// How long after FAILED the way back begins. People see both within a millisecond; a second is a choice,
/// so that somebody who hears of FAILED at once can see it alone.
const ROLLS_BACK_AFTER_SECONDS: u32 = 1;

/// Why a deployment is given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Too many of its tasks failed.
    Breaker,
    /// These alarms are red.
    Alarms(Vec<String>),
    /// Somebody asked for it.
    Person,
    /// The hook at this stage did.
    Hook(&'static str),
}

impl Cause {
    /// `rolloutStateReason` of the deployment that is given up. That of the breaker is as seen in
    /// <https://github.com/aws/containers-roadmap/issues/1488>; the documentation says "task", and the
    /// others are choices.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Breaker => "ECS deployment circuit breaker: tasks failed to start.".to_owned(),
            Self::Alarms(_) => "ECS deployment alarms: alarm detected.".to_owned(),
            Self::Person => "ECS deployment stopped: rollback requested.".to_owned(),
            Self::Hook(stage) => format!("ECS deployment stopped: {stage} lifecycle hook failed."),
        }
    }

    /// `rolloutStateReason` of the deployment that takes over, whose id is the one that is named here.
    pub(super) fn back(&self, target: &str) -> String {
        let by = match self {
            Self::Breaker => "circuit breaker",
            Self::Alarms(_) => "alarms",
            Self::Person | Self::Hook(_) => "stopped",
        };
        format!("ECS deployment {by}: rolling back to deploymentId {target}.")
    }

    /// What the service says in its `events`: the first two as people see them.
    fn said(&self) -> &'static str {
        match self {
            Self::Breaker => "tasks failed to start",
            Self::Alarms(_) => "alarm detected",
            Self::Person => "rollback requested",
            Self::Hook(_) => "lifecycle hook failed",
        }
    }

    /// `statusReason` of the service deployment. The circuit breaker's is as seen in
    /// <https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/service_test.go>,
    /// the others are choices, the hooks' after one that somebody quotes.
    pub(super) fn status_reason(&self, ended: &str) -> String {
        let because = match self {
            Self::Breaker => "the circuit breaker threshold was exceeded".to_owned(),
            Self::Alarms(names) => format!("alarm(s) were detected: {}", names.join(", ")),
            Self::Person => "a rollback was requested".to_owned(),
            Self::Hook(stage) => format!("{stage} lifecycle hook(s) failed"),
        };
        format!("Service deployment {ended} because {because}.")
    }

    /// Whether ECS tells of it by itself: "only be sent for services that have deployment circuit breaker
    /// logic turned on"; that alarms tell too is inferred.
    fn is_told(&self) -> bool {
        matches!(self, Self::Breaker | Self::Alarms(_))
    }
}

/// Gives the PRIMARY deployment up: it starts no more tasks.
pub(super) fn fail(world: &mut World, id: &ServiceId, cause: &Cause, rollback: bool) {
    let now = world.now;
    let Some(primary) = primary_mut(world, id) else {
        return;
    };
    primary.rollout = Rollout::Failed;
    primary.updated = now;
    primary.why = Some(cause.why());
    let failed = primary.clone();
    news::deployment_failed(world, id, &failed, cause.said(), cause.is_told());
    history::triggered(world, id, cause);
    journal(world, id, &failed);
    match rollback {
        true => {
            let step = Step::RollBack {
                service: id.clone(),
                deployment: failed.id,
                cause: cause.clone(),
            };
            let at = after(now, ROLLS_BACK_AFTER_SECONDS);
            world.ecs.agenda.add(at, step);
        }
        false => history::stop(world, id, cause),
    }
}
