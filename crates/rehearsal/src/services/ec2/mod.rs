//! EC2 as far as Spot goes: pools and whether they have capacity, interruptions, and what EC2
//! puts on the event bus. It has no API here.

mod events;
mod interruption;
mod taking;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::call::ApiError;
use crate::modules::Module;
use crate::wire::Protocol;
use crate::world::World;

pub(crate) use events::state;
pub use interruption::{Behaviour, Interruption, interrupt, recommend};

/// EC2.
pub const MODULE: Module = Module {
    service: "ec2",
    protocol: Protocol::Query {
        version: "2016-11-15",
        namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
    },
    operations: &[],
    call: |_, call| Err(ApiError::not_modelled(call)),
    due,
    advance: taking::advance,
};

/// What the account holds of EC2.
#[derive(Debug, Default)]
pub struct Ec2 {
    /// The pools that have no Spot capacity.
    pub dry: BTreeSet<Pool>,
    /// The instances that EC2 is about to take, until it does.
    pub doomed: BTreeSet<String>,
    /// What happens by itself, in order.
    agenda: BTreeMap<(Timestamp, u64), taking::Step>,
    written: u64,
}

/// Where Spot capacity comes from: "a set of unused EC2 instances with the same instance type and
/// Availability Zone",
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-instances.html>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pool {
    /// The instance type, such as `m6i.large`.
    pub instance_type: String,
    /// The Availability Zone.
    pub zone: String,
}

impl fmt::Display for Pool {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.instance_type, self.zone)
    }
}

impl FromStr for Pool {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let (instance_type, zone) =
            parts.ok_or_else(|| format!("a pool is written as type/zone, not {text}"))?;
        Ok(Self {
            instance_type: instance_type.to_owned(),
            zone: zone.to_owned(),
        })
    }
}

impl Ec2 {
    /// Writes down what happens at `at`.
    fn plan(&mut self, at: Timestamp, step: taking::Step) {
        self.written += 1;
        self.agenda.insert((at, self.written), step);
    }
}

fn due(world: &World) -> Option<Timestamp> {
    world.ec2.agenda.first_key_value().map(|((at, _), _)| *at)
}

#[cfg(test)]
mod tests;
