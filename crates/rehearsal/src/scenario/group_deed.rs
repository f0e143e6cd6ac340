//! What people do to Auto Scaling groups.

use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};

use super::counted;
use super::script::NotDone;
use crate::account::Account;

/// A deed that concerns a group.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum GroupDeed {
    /// Somebody sets its desired capacity.
    SetDesired {
        /// The group.
        group: String,
        /// How many instances it should have.
        desired: u32,
        /// Who.
        by: String,
    },
    /// Somebody ends its oldest instances, which are replaced, as an instance refresh does.
    Terminate {
        /// The group.
        group: String,
        /// How many.
        count: usize,
        /// Who.
        by: String,
    },
}

impl GroupDeed {
    /// Does it.
    pub(super) fn perform(&self, account: &Account) -> Result<(), NotDone> {
        let (Self::SetDesired { by, .. } | Self::Terminate { by, .. }) = self;
        for (operation, input) in self.calls(account)? {
            let called = account.by_hand(by, "autoscaling", operation, input);
            called.map_err(|cause| NotDone::Refused {
                deed: self.to_string(),
                cause,
            })?;
        }
        Ok(())
    }

    fn calls(&self, account: &Account) -> Result<Vec<(&'static str, Value)>, NotDone> {
        let (group, count) = match self {
            Self::SetDesired { group, desired, .. } => {
                let desired = desired.to_string();
                let input = json!({"AutoScalingGroupName": group, "DesiredCapacity": desired});
                return Ok(vec![("SetDesiredCapacity", input)]);
            }
            Self::Terminate { group, count, .. } => (group, *count),
        };
        let world = &account.state().world;
        let found = world.autoscaling.groups.get(group);
        let instances = found.into_iter().flat_map(|group| &group.instances);
        let serving = instances.filter(|one| one.phase.name() == "InService");
        let calls: Vec<_> = serving
            .take(count)
            .map(|one| {
                let input =
                    json!({"InstanceId": one.id, "ShouldDecrementDesiredCapacity": "false"});
                ("TerminateInstanceInAutoScalingGroup", input)
            })
            .collect();
        match calls.len() == count {
            true => Ok(calls),
            false => Err(NotDone::NoInstances(self.to_string())),
        }
    }
}

impl fmt::Display for GroupDeed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetDesired { group, desired, by } => {
                let instances = counted(*desired as usize, "instance");
                write!(out, "{by} sets {group} to {instances}")
            }
            Self::Terminate { group, count, by } => {
                let instances = counted(*count, "instance");
                write!(out, "{by} ends {instances} of {group}")
            }
        }
    }
}
