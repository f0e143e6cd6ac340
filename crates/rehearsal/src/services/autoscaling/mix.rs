//! Mixed instances: how many of a group are On-Demand, and of which types and zones the rest are.
//!
//! Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::group::Group;
use super::instance::Purchase;
use super::invalid;
use crate::call::ApiError;
use crate::services::ec2::Pool;

/// The shares of a group, as a stack file has them and as its policy says.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mix {
    /// The types that its instances may have, the first ones first.
    #[serde(default)]
    pub types: Vec<String>,
    /// How many are On-Demand before any is Spot.
    #[serde(default)]
    pub on_demand_base: u32,
    /// How much of the rest is On-Demand, in percent.
    #[serde(default = "all")]
    pub on_demand_percentage: u32,
}

fn all() -> u32 {
    100
}

/// What a new instance is to be.
pub(super) struct Blank {
    pub(super) zone: String,
    pub(super) instance_type: String,
    pub(super) purchase: Purchase,
}

impl Mix {
    /// Reads a MixedInstancesPolicy.
    fn read(policy: &Value) -> Result<Self, ApiError> {
        let overrides = policy["LaunchTemplate"]["Overrides"].as_array();
        let types = overrides.into_iter().flatten();
        let types = types.filter_map(|one| one["InstanceType"].as_str());
        let distribution = &policy["InstancesDistribution"];
        let number = |member: &str, default: u32| match &distribution[member] {
            Value::String(text) => text.parse().ok(),
            Value::Null => Some(default),
            number => number.as_u64().and_then(|number| number.try_into().ok()),
        };
        let percentage = "OnDemandPercentageAboveBaseCapacity";
        let read = || {
            Some(Self {
                types: types.map(str::to_owned).collect(),
                on_demand_base: number("OnDemandBaseCapacity", 0)?,
                on_demand_percentage: number(percentage, 100).filter(|share| *share <= 100)?,
            })
        };
        read().ok_or_else(|| {
            invalid(format!(
                "InstancesDistribution is not valid: {distribution}"
            ))
        })
    }

    /// The policy that says so.
    pub(super) fn policy(&self, template: &str) -> Value {
        let overrides = self.types.iter();
        let overrides: Vec<Value> = overrides
            .map(|name| json!({ "InstanceType": name }))
            .collect();
        json!({
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {
                    "LaunchTemplateName": template,
                    "Version": "$Latest",
                },
                "Overrides": overrides,
            },
            "InstancesDistribution": {
                "OnDemandAllocationStrategy": "prioritized",
                "OnDemandBaseCapacity": self.on_demand_base,
                "OnDemandPercentageAboveBaseCapacity": self.on_demand_percentage,
                "SpotAllocationStrategy": "price-capacity-optimized",
            },
        })
    }

    /// How many of so many are On-Demand; a fraction is rounded in their favour.
    fn on_demand(&self, desired: u32) -> u32 {
        let above = desired.saturating_sub(self.on_demand_base);
        let share = (above * self.on_demand_percentage).div_ceil(100);
        self.on_demand_base.min(desired) + share
    }
}

/// Checks a policy before it is kept.
pub(super) fn check(policy: &Value) -> Result<(), ApiError> {
    Mix::read(policy).map(drop)
}

impl Group {
    /// Its shares, if it has a policy.
    pub fn mix(&self) -> Option<Mix> {
        let policy = &self.template["MixedInstancesPolicy"];
        Mix::read(policy).ok().filter(|_| !policy.is_null())
    }

    /// Changes what of the policy is given; the rest stays.
    pub(super) fn change_mix(&mut self, given: &Value) -> Result<(), ApiError> {
        let mut policy = self.template["MixedInstancesPolicy"].clone();
        let parts = given.as_object().into_iter().flatten();
        for (part, members) in parts {
            for (member, value) in members.as_object().into_iter().flatten() {
                policy[part][member] = value.clone();
            }
        }
        check(&policy)?;
        self.template = json!({ "MixedInstancesPolicy": policy });
        Ok(())
    }

    /// What the next instance is to be; none if no pool has capacity for it.
    pub(super) fn blank(&self, dry: &BTreeSet<Pool>) -> Option<Blank> {
        let turn = self.instances.len();
        let zones = self.zones.len().max(1);
        let zone = |step: usize| self.zones.get((turn + step) % zones).cloned();
        let on_demand = |instance_type: String| Blank {
            zone: zone(0).unwrap_or_default(),
            instance_type,
            purchase: Purchase::OnDemand,
        };
        let Some(mix) = self.mix() else {
            return Some(on_demand(self.instance_type.clone()));
        };
        let types = match mix.types.as_slice() {
            [] => std::slice::from_ref(&self.instance_type),
            types => types,
        };
        let owned = self.count(|one| one.phase.stays() && one.purchase == Purchase::OnDemand);
        if owned < mix.on_demand(self.desired) {
            return types.first().cloned().map(on_demand);
        }
        let pools = (0..types.len()).flat_map(|more| (0..zones).map(move |step| (more, step)));
        let mut pools = pools.filter_map(|(more, step)| {
            let instance_type = types.get((turn / zones + more) % types.len())?.clone();
            Some(Pool {
                instance_type,
                zone: zone(step)?,
            })
        });
        let pool = pools.find(|pool| !dry.contains(pool))?;
        Some(Blank {
            zone: pool.zone,
            instance_type: pool.instance_type,
            purchase: Purchase::Spot,
        })
    }
}
