//! What the function has looked at, in the words of the decision.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::intent::Intent;
use crate::announcement::{ConcernKey, Told};
use crate::arn::{ClusterArn, GroupArn, ServiceArn};
use crate::order::{Asked, Order};
use crate::rest::{GroupRest, ServiceRest};
use crate::resting::{GroupLive, Sight, Subject};

/// The world as far as this run looked at it.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// Every service in scope: tagged, in a tagged cluster, or remembered.
    pub services: BTreeMap<ServiceArn, Service>,
    /// Every Auto Scaling group in scope: tagged or remembered.
    pub groups: BTreeMap<GroupArn, Group>,
    /// What was announced to people and has not been withdrawn.
    pub announced: BTreeMap<ConcernKey, Told>,
    /// The suite is about to be deleted: everything we hold is to be woken.
    pub closing: bool,
    /// How much of the world that is.
    pub extent: Extent,
    /// The clusters of which not everything could be looked at.
    pub partly: BTreeSet<ClusterArn>,
}

/// How much of the world a run looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Everything that is tagged or remembered.
    #[default]
    Everything,
    /// Everything that is remembered. Of the tags, only those of what ECS was asked about.
    Remembered,
    /// One service, because an event named it, and not its neighbours: whether its wave may wake
    /// cannot be said.
    Alone,
    /// One service, because a person named it.
    Asked,
}

/// One service.
#[derive(Clone, Debug)]
pub struct Service {
    /// What its tags and its cluster's ask for.
    pub intent: Intent,
    /// What a person ordered for it before, which beats its tags.
    pub order: Option<Order>,
    /// What a person asks for at this moment.
    pub asked: Option<Asked>,
    /// What the ledger remembers of it.
    pub rest: Option<ServiceRest>,
    /// What ECS says of it.
    pub sight: Sight,
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

impl Observed {
    /// Whether the tags of this service or group were read.
    pub(super) fn read_tags_of(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Service(arn) if self.extent == Extent::Remembered => {
                let service = self.services.get(arn);
                service.is_some_and(|service| service.sight != Sight::NotLookedAt)
            }
            Subject::Service(_) | Subject::Group(_) => true,
        }
    }

    /// Whether every service that depends on the tags of this cluster was looked at.
    pub(super) fn sees_all_of(&self, cluster: &ClusterArn) -> bool {
        self.extent == Extent::Everything && !self.partly.contains(cluster)
    }
}

impl Service {
    /// Whether it is at rest, and not merely on its way up.
    pub fn at_rest(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| !rest.handed_back())
    }

    /// Whether ECS has to be asked about it: it may have to rest, or it is remembered. A service
    /// that should be awake and of which nothing is remembered costs no call.
    pub fn worth_a_look(&self, now: Timestamp) -> bool {
        let order = self.order.as_ref();
        let ordered = order.is_some_and(|order| order.hold().is_some());
        let remembered = self.rest.is_some() || ordered;
        remembered || self.asked.is_some() || self.intent.rests(order, now)
    }
}

impl Group {
    /// Whether it is at rest, and not merely on its way up.
    pub fn at_rest(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| !rest.handed_back())
    }
}
