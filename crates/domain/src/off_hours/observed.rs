//! What the function has looked at, in the words of the decision.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::intent::Intent;
use crate::arn::{GroupArn, ServiceArn};
use crate::capacity::{Bounds, GroupCapacity, ServiceCapacity};
use crate::instances::Instances;
use crate::order::{Asked, Order};
use crate::rest::{GroupRest, ServiceRest};

/// The world as far as this run looked at it.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// Every service in scope: tagged, in a tagged cluster, or remembered.
    pub services: BTreeMap<ServiceArn, Service>,
    /// Every Auto Scaling group in scope: tagged or remembered.
    pub groups: BTreeMap<GroupArn, Group>,
    /// What was announced to people and has not been withdrawn.
    pub announced: BTreeMap<super::ConcernKey, super::Told>,
    /// The suite is about to be deleted: everything we hold is to be woken.
    pub closing: bool,
    /// Only one service was looked at, because an event named it, and not its neighbours: whether
    /// its wave may wake cannot be said.
    pub alone: bool,
}

/// One service.
#[derive(Clone, Debug)]
pub struct Service {
    /// What its tags and its cluster's ask for.
    pub intent: Intent,
    /// What a person ordered for it, which beats its tags.
    pub order: Option<Order>,
    /// What a person asks for at this moment.
    pub asked: Option<Asked>,
    /// What the ledger remembers of it.
    pub rest: Option<ServiceRest>,
    /// What ECS says of it.
    pub sight: Sight,
}

/// What ECS says of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It was not asked, because nothing could follow from the answer.
    NotLookedAt,
    /// It does not exist, or only as an INACTIVE remainder.
    Missing,
    /// It exists.
    Live(Live),
}

/// A service that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// ACTIVE; false is DRAINING.
    pub active: bool,
    /// Who decides about its tasks.
    pub kind: Kind,
    /// Desired count.
    pub desired: u32,
    /// Running tasks.
    pub running: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// The scalable target, once it was asked for.
    pub bounds: Option<Bounds>,
    /// Its newest deployment.
    pub deployment: Option<Deployment>,
    /// Its task definition's ARN, for the price of what it saves.
    pub task_definition: String,
    /// The part of its tasks that runs on Fargate Spot, in hundredths; none where a task may run
    /// elsewhere than on Fargate.
    pub fargate_spot_percent: Option<u32>,
}

/// Who decides about a service's tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its desired count does: ours to change.
    Replica,
    /// One task per instance; there is no count to change.
    Daemon,
    /// AWS CodeDeploy does, through task sets.
    CodeDeploy,
    /// An external controller does, through task sets.
    External,
}

/// A deployment of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Its id, such as `ecs-svc/1234`.
    pub id: String,
    /// When it began.
    pub created_at: Timestamp,
    /// Whether it has not ended yet.
    pub in_progress: bool,
}

/// One Auto Scaling group.
#[derive(Clone, Debug)]
pub struct Group {
    /// What its tags ask for.
    pub intent: Intent,
    /// What the ledger remembers of it.
    pub rest: Option<GroupRest>,
    /// Its size, or none if it does not exist.
    pub live: Option<GroupLive>,
}

/// A group that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLive {
    /// Minimum size.
    pub min: u32,
    /// Maximum size.
    pub max: u32,
    /// Desired capacity.
    pub desired: u32,
    /// Its instances, without those that are on their way out.
    pub instances: Instances,
    /// Whether it may launch Spot instances.
    pub spot: bool,
}

impl Live {
    /// Its capacity now.
    pub fn capacity(&self) -> ServiceCapacity {
        ServiceCapacity {
            desired: self.desired,
            bounds: self.bounds,
            created_at: self.created_at,
        }
    }

    /// The id of its newest deployment.
    pub fn deployment_id(&self) -> Option<String> {
        let deployment = self.deployment.as_ref();
        deployment.map(|deployment| deployment.id.clone())
    }

    /// Whether as many tasks run as are wanted.
    pub fn steady(&self) -> bool {
        self.running >= self.desired
    }
}

impl GroupLive {
    /// Its capacity now.
    pub fn capacity(&self) -> GroupCapacity {
        GroupCapacity {
            min: self.min,
            instances: Some(self.instances.clone()),
        }
    }
}

impl Service {
    /// Whether ECS has to be asked about it: it may have to rest, or it is remembered. A service
    /// that should be awake and of which nothing is remembered costs no call.
    pub fn worth_a_look(&self, now: Timestamp) -> bool {
        self.rest.is_some() || self.asked.is_some() || self.intent.rests(self.order.as_ref(), now)
    }
}
