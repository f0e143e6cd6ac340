//! What a rest saved: time at rest × what was away × its price, without the tail in which what was
//! stopped still costs. What has no price is unknown, never zero.

use std::fmt;

use jiff::SignedDuration;
use rust_decimal::Decimal;

use crate::instances::Instances;
use crate::prices::{Shape, fargate_hour, fargate_spot_hour, instance_hour};

/// What was at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rested {
    /// Tasks on Fargate.
    Fargate {
        /// The Region, such as `us-east-1`.
        region: String,
        /// The size of one task.
        shape: Shape,
        /// How many.
        tasks: u32,
        /// The part of the tasks that runs on Fargate Spot, in hundredths.
        spot_percent: u32,
        /// What Fargate Spot is taken to be off On-Demand, in hundredths, if somebody said so.
        spot_percent_off: Option<u32>,
    },
    /// Instances of an Auto Scaling group.
    Instances {
        /// The Region.
        region: String,
        /// What the group had before.
        before: Instances,
        /// What it had at the end of its rest, and is taken to have had all the time.
        stayed: Instances,
        /// Whether some of them may be Spot instances.
        spot: bool,
    },
}

/// What a rest saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    /// So much.
    Known {
        /// In USD, to the millionth.
        usd: Decimal,
        /// What Fargate Spot is taken to be off On-Demand, in hundredths, if the sum rests on that
        /// and is an estimate.
        estimate: Option<u32>,
    },
    /// Nobody can say.
    Unknown {
        /// Because of this.
        why: Unpriced,
    },
}

/// Why the price of what was at rest is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unpriced {
    /// No price for Fargate in this Region, for this architecture and operating system.
    Fargate {
        /// The Region.
        region: String,
    },
    /// No price for Fargate Spot.
    FargateSpot,
    /// The size of the tasks has not been learnt.
    SizeNotKnown,
    /// The task definition leaves the size to its containers.
    NoSize,
    /// The tasks run on instances, which cost as much without them.
    OnInstances,
    /// No price for an instance type.
    Instance {
        /// The Region.
        region: String,
        /// The type.
        instance_type: String,
    },
    /// Some instances may be Spot instances, whose price changes.
    SpotInstances,
    /// The record of the rest does not say which instances the group had.
    NotRecorded,
}

impl fmt::Display for Unpriced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fargate { region } => {
                write!(f, "no price for such a task on Fargate in {region}")
            }
            Self::FargateSpot => f.write_str("no price for Fargate Spot"),
            Self::SizeNotKnown => f.write_str("the size of its tasks is not known yet"),
            Self::NoSize => f.write_str("its task definition states no size"),
            Self::OnInstances => {
                f.write_str("its tasks run on instances; what these save is their group's")
            }
            Self::Instance {
                region,
                instance_type,
            } => write!(f, "no price for {instance_type} in {region}"),
            Self::SpotInstances => f.write_str("some of its instances may be Spot instances"),
            Self::NotRecorded => f.write_str("which instances it had was not written down"),
        }
    }
}

/// What was saved in the time `off`, of which the `tail` still cost.
pub fn saving(rested: &Rested, off: SignedDuration, tail: SignedDuration) -> Saving {
    match rested.hour() {
        Ok((hour, estimate)) => Saving::Known {
            usd: hour
                .saturating_mul(hours(off, tail))
                .round_dp(6)
                .normalize(),
            estimate,
        },
        Err(why) => Saving::Unknown { why },
    }
}

/// The hours of a rest that save something: the time `off` without its `tail`.
pub fn hours(off: SignedDuration, tail: SignedDuration) -> Decimal {
    let seconds = off.saturating_sub(tail).as_secs().max(0);
    Decimal::from(seconds) / Decimal::from(3600)
}

/// A task still costs after its service went to rest: until its targets are deregistered, by
/// default after five minutes, and it has stopped.
/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html>.
pub const TAIL_OF_TASKS: SignedDuration = SignedDuration::from_mins(5);

/// How long instances still cost after their group went to rest: until the last task has stopped;
/// then managed scaling waits for 15 one-minute readings, and then about halves what is there every
/// minute. Inferred from
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>.
pub fn tail_of_instances(instances: u32) -> SignedDuration {
    let halvings = u32::BITS - instances.leading_zeros();
    SignedDuration::from_mins(15 + i64::from(halvings)).saturating_add(TAIL_OF_TASKS)
}

impl Rested {
    /// What all of it costs in an hour, and whether that rests on a discount that was only said.
    fn hour(&self) -> Result<(Decimal, Option<u32>), Unpriced> {
        match self {
            Self::Fargate {
                region,
                shape,
                tasks,
                spot_percent,
                spot_percent_off,
            } => {
                let unpriced = Unpriced::Fargate {
                    region: region.clone(),
                };
                let (all, off) = (fargate_hour(region, shape), *spot_percent_off);
                let spot = (*spot_percent).min(100);
                // Where there is no price On-Demand, there is none to take a discount off.
                let unspotted = match all {
                    Some(_) => Unpriced::FargateSpot,
                    None => unpriced.clone(),
                };
                let on_demand = part(100 - spot, all, unpriced)?;
                let on_spot = part(spot, fargate_spot_hour(region, shape, off), unspotted)?;
                let hour = on_demand.saturating_add(on_spot);
                let estimate = off.filter(|_| spot > 0);
                Ok((hour.saturating_mul(Decimal::from(*tasks)), estimate))
            }
            Self::Instances { spot: true, .. } => Err(Unpriced::SpotInstances),
            Self::Instances {
                region,
                before,
                stayed,
                ..
            } => before
                .cost_above(stayed, |kind| instance_hour(region, kind))
                .map(|hour| (hour, None))
                .map_err(|instance_type| Unpriced::Instance {
                    region: region.clone(),
                    instance_type,
                }),
        }
    }
}

/// So many hundredths of a price; a price of which nothing is needed need not be known.
fn part(percent: u32, hour: Option<Decimal>, unpriced: Unpriced) -> Result<Decimal, Unpriced> {
    if percent == 0 {
        return Ok(Decimal::ZERO);
    }
    let hour = hour.ok_or(unpriced)?;
    Ok(hour.saturating_mul(Decimal::from(percent)) / Decimal::ONE_HUNDRED)
}
