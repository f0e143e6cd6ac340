//! What a rest saved: time at rest × tasks × price, without the tail in which what was stopped
//! still costs. What has no price is unknown, never zero.

use std::fmt;

use jiff::SignedDuration;
use rust_decimal::Decimal;

use super::prices::fargate_hour;

/// The size of a Fargate task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// CPU units; 1024 are a vCPU.
    pub cpu_units: u32,
    /// Memory in MiB.
    pub memory_mib: u32,
    /// Ephemeral storage in GiB; 20 unless the task definition says otherwise.
    pub ephemeral_gib: u32,
    /// Its processor.
    pub architecture: Architecture,
    /// Its operating system.
    pub os: OperatingSystem,
}

/// The processor of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// `X86_64`.
    X86,
    /// `ARM64`.
    Arm,
}

/// The operating system of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatingSystem {
    /// `LINUX`.
    Linux,
    /// One of the `WINDOWS_SERVER_…` families.
    Windows,
}

/// What was at rest, and what each of it would have cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rested {
    /// Tasks on Fargate.
    Fargate {
        /// The Region, such as `us-east-1`.
        region: String,
        /// The size of one task.
        shape: Shape,
        /// The part of the tasks that runs on Fargate Spot, in hundredths.
        spot_percent: u32,
        /// What such a task costs on Fargate Spot in an hour, in USD, if that was looked up.
        spot_hour: Option<Decimal>,
    },
    /// EC2 instances that went away.
    Instances {
        /// What one of them costs in an hour, in USD, if that is known.
        hour: Option<Decimal>,
    },
}

/// What a rest saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    /// So much.
    Known {
        /// In USD, to the millionth.
        usd: Decimal,
    },
    /// Nobody can say.
    Unknown {
        /// Because of this.
        why: Unpriced,
    },
}

/// A price that we do not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unpriced {
    /// Fargate in this Region, for this architecture and operating system.
    Fargate {
        /// The Region.
        region: String,
    },
    /// Fargate Spot.
    FargateSpot,
    /// The instance type.
    Instance,
}

impl fmt::Display for Unpriced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fargate { region } => {
                write!(f, "no price for such a task on Fargate in {region}")
            }
            Self::FargateSpot => f.write_str("no price for Fargate Spot"),
            Self::Instance => f.write_str("no price for the instance type"),
        }
    }
}

/// What `count` tasks or instances saved in the time `off`, of which the `tail` still cost.
pub fn saving(rested: &Rested, count: u32, off: SignedDuration, tail: SignedDuration) -> Saving {
    let hour = match rested.hour() {
        Ok(hour) => hour,
        Err(why) => return Saving::Unknown { why },
    };
    let seconds = off.saturating_sub(tail).as_secs().max(0);
    let hours = Decimal::from(seconds) / Decimal::from(3600);
    let usd = hour
        .saturating_mul(Decimal::from(count))
        .saturating_mul(hours);
    Saving::Known {
        usd: usd.round_dp(6).normalize(),
    }
}

/// How long instances still cost once their last task has stopped: managed scaling waits for 15
/// one-minute readings, and then about halves what is there every minute. Inferred from
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>.
pub fn tail_of_instances(instances: u32) -> SignedDuration {
    let halvings = u32::BITS - instances.leading_zeros();
    SignedDuration::from_mins(15 + i64::from(halvings))
}

impl Rested {
    /// What one of it costs in an hour.
    fn hour(&self) -> Result<Decimal, Unpriced> {
        match self {
            Self::Instances { hour } => hour.ok_or(Unpriced::Instance),
            Self::Fargate {
                region,
                shape,
                spot_percent,
                spot_hour,
            } => {
                let unpriced = Unpriced::Fargate {
                    region: region.clone(),
                };
                let spot = (*spot_percent).min(100);
                let on_demand = part(100 - spot, fargate_hour(region, shape), unpriced)?;
                let spot = part(spot, *spot_hour, Unpriced::FargateSpot)?;
                Ok(on_demand.saturating_add(spot))
            }
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
