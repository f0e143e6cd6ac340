//! What ECS and EC2 Auto Scaling say of what can be at rest.

use jiff::Timestamp;

use crate::capacity::{Bounds, GroupCapacity, ServiceCapacity};
use crate::instances::Instances;

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
