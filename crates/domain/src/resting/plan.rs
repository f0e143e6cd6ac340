//! Errands: what a run does for one service or group, with nothing left to choose.

use super::reason::Reason;
use crate::arn::{GroupArn, ServiceArn};
use crate::capacity::Bounds;
use crate::order::Order;
use crate::rest::{GroupRest, ServiceRest, Version};

/// One service or group and the steps that it takes. A step is taken only if the one before
/// succeeded.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    /// What it is about.
    pub subject: Subject,
    /// The reason, as in its verdict.
    pub reason: Reason,
    /// The steps.
    pub actions: Vec<Action>,
}

/// What can be at rest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An Auto Scaling group. Before services: tasks need somewhere to run.
    Group(GroupArn),
    /// An ECS service.
    Service(ServiceArn),
}

impl std::fmt::Display for Subject {
    /// For people: `CLUSTER/NAME`, or the group's name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Group(arn) => arn.fmt(f),
            Self::Service(arn) => arn.fmt(f),
        }
    }
}

impl Subject {
    /// The ARN.
    pub fn arn(&self) -> &str {
        match self {
            Self::Group(arn) => arn.as_str(),
            Self::Service(arn) => arn.as_str(),
        }
    }
}

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Write a service's record, if the one there has this version (none: if there is none).
    RecordService {
        /// Whose record.
        service: ServiceArn,
        /// The record.
        rest: Box<ServiceRest>,
        /// The version that has to be there.
        replaces: Option<Version>,
    },
    /// Close a service's record, if it has this version.
    CloseService {
        /// Whose record.
        service: ServiceArn,
        /// The version that has to be there.
        version: Version,
    },
    /// Set a scalable target's minimum and suspended flags in one call.
    RegisterScalableTarget {
        /// Whose target.
        service: ServiceArn,
        /// The bounds; the maximum is the one that is there and is not sent.
        bounds: Bounds,
    },
    /// Set a service's desired count.
    UpdateService {
        /// Which service.
        service: ServiceArn,
        /// Desired count.
        desired: u32,
    },
    /// Write a group's record, if the one there has this version (none: if there is none).
    RecordGroup {
        /// Whose record.
        group: GroupArn,
        /// The record.
        rest: Box<GroupRest>,
        /// The version that has to be there.
        replaces: Option<Version>,
    },
    /// Close a group's record, if it has this version.
    CloseGroup {
        /// Whose record.
        group: GroupArn,
        /// The version that has to be there.
        version: Version,
    },
    /// Write down what a person ordered.
    Order {
        /// For which service.
        service: ServiceArn,
        /// The order.
        order: Order,
    },
    /// Withdraw an order that has ended, that another one ends, or that has become a hold.
    WithdrawOrder {
        /// For which service.
        service: ServiceArn,
        /// The order.
        order: Order,
    },
    /// Set a group's minimum size.
    UpdateAutoScalingGroup {
        /// Which group.
        group: GroupArn,
        /// Minimum size.
        min: u32,
    },
}

impl Errand {
    /// What it changes of the team's stack, in words.
    pub fn changes(&self) -> Vec<String> {
        self.actions.iter().filter_map(Action::change).collect()
    }
}

impl Action {
    /// The step that gives up the claim which this one wrote, if it wrote one.
    pub fn release(&self) -> Option<Self> {
        match self {
            Self::RecordService { service, rest, .. } if rest.claim.is_some() => {
                Some(Self::RecordService {
                    service: service.clone(),
                    rest: Box::new(rest.released()),
                    replaces: Some(rest.version),
                })
            }
            Self::RecordGroup { group, rest, .. } if rest.claim.is_some() => {
                Some(Self::RecordGroup {
                    group: group.clone(),
                    rest: Box::new(rest.released()),
                    replaces: Some(rest.version),
                })
            }
            _ => None,
        }
    }

    /// What it changes of the team's stack, in words; none if it only writes our records of it.
    pub(crate) fn change(&self) -> Option<String> {
        match self {
            Self::UpdateService { desired, .. } => Some(format!("desired count {desired}")),
            Self::RegisterScalableTarget { bounds, .. } => Some(format!(
                "scalable target minimum {}, {} of 3 suspended",
                bounds.min,
                bounds.suspended.count()
            )),
            Self::UpdateAutoScalingGroup { min, .. } => Some(format!("group minimum {min}")),
            Self::RecordService { .. }
            | Self::CloseService { .. }
            | Self::RecordGroup { .. }
            | Self::CloseGroup { .. }
            | Self::Order { .. }
            | Self::WithdrawOrder { .. } => None,
        }
    }
}
