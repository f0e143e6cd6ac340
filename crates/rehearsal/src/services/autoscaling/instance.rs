//! An instance of a group: what it is, and where it is in its life.

use jiff::Timestamp;

use super::hooks::Action;

/// An instance of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// Its Availability Zone.
    pub zone: String,
    /// What it is, such as `m6i.large`.
    pub instance_type: String,
    /// How it is paid for.
    pub purchase: Purchase,
    /// Where it is in its life.
    pub phase: Phase,
    /// Whether EC2 recommended to replace it.
    pub at_risk: bool,
    /// Whether its machine is gone, whatever the group still has to do about it.
    pub gone: bool,
    /// What its end waits for.
    pub actions: Vec<Action>,
}

/// How an instance is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purchase {
    /// By the hour, for as long as one likes.
    OnDemand,
    /// Spare capacity that EC2 may take back.
    Spot,
}

/// The part of an instance's life that Auto Scaling shows.
///
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It starts.
    Pending {
        /// When it will be in service.
        until: Timestamp,
    },
    /// It is in service.
    InService {
        /// When the ECS agent has registered it.
        registered: Timestamp,
    },
    /// It runs on until its lifecycle actions are completed or time out.
    Waiting,
    /// It ends.
    Terminating {
        /// When it will be gone.
        until: Timestamp,
    },
    /// It ends after its lifecycle actions.
    Proceeding {
        /// When it will be gone.
        until: Timestamp,
    },
}

impl Phase {
    /// The lifecycle state's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending { .. } => "Pending",
            Self::InService { .. } => "InService",
            Self::Waiting => "Terminating:Wait",
            Self::Terminating { .. } => "Terminating",
            Self::Proceeding { .. } => "Terminating:Proceed",
        }
    }

    /// Whether the instance counts towards the desired capacity.
    pub(super) fn stays(self) -> bool {
        matches!(self, Self::Pending { .. } | Self::InService { .. })
    }

    /// Whether the instance is in service.
    pub(super) fn serves(self) -> bool {
        matches!(self, Self::InService { .. })
    }
}

impl Instance {
    /// When something next happens to it by itself.
    pub(super) fn next_change(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Pending { until }
            | Phase::Terminating { until }
            | Phase::Proceeding { until } => Some(until),
            Phase::InService { registered } => Some(registered),
            Phase::Waiting => self.actions.iter().map(|action| action.until).min(),
        }
    }
}
