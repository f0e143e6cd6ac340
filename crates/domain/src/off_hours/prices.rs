//! The price table: what Fargate costs, where we know it.
//!
//! The numbers are those of March 2026, as published for us-east-1; a Region, an architecture or
//! a Spot price that is not here is unknown, not guessed. Fargate Spot changes from day to day, so
//! it has no number here at all.
//! Sources: <https://aws.amazon.com/fargate/pricing/> for how it is charged, and
//! <https://www.vantage.sh/blog/fargate-pricing> and
//! <https://www.wring.co/blog/aws-fargate-pricing-guide> for the numbers.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::savings::{Architecture, OperatingSystem, Shape};

/// When the numbers were last compared with their sources.
pub const AS_OF: Date = jiff::civil::date(2026, 3, 1);

/// Ephemeral storage that costs nothing, in GiB.
const STORAGE_INCLUDED: u32 = 20;

/// What Fargate charges for an hour, in USD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FargatePrice {
    region: &'static str,
    os: OperatingSystem,
    architecture: Architecture,
    vcpu: Decimal,
    gib: Decimal,
    /// The licence of the operating system, per vCPU.
    licence: Decimal,
    /// A GiB of ephemeral storage above what is included, where it can be had.
    storage: Option<Decimal>,
}

const FARGATE: [FargatePrice; 3] = [
    FargatePrice {
        region: "us-east-1",
        os: OperatingSystem::Linux,
        architecture: Architecture::X86,
        vcpu: usd(4_048, 5),
        gib: usd(4_445, 6),
        licence: Decimal::ZERO,
        storage: Some(usd(111, 6)),
    },
    FargatePrice {
        region: "us-east-1",
        os: OperatingSystem::Linux,
        architecture: Architecture::Arm,
        vcpu: usd(3_238, 5),
        gib: usd(356, 5),
        licence: Decimal::ZERO,
        storage: Some(usd(111, 6)),
    },
    FargatePrice {
        region: "us-east-1",
        os: OperatingSystem::Windows,
        architecture: Architecture::X86,
        vcpu: usd(9_148, 5),
        gib: usd(1_005, 5),
        licence: usd(46, 3),
        storage: None,
    },
];

/// `digits` with that many of them behind the point.
const fn usd(digits: u32, behind: u32) -> Decimal {
    Decimal::from_parts(digits, 0, 0, false, behind)
}

/// What one task of this shape costs on Fargate in an hour, if that is known.
pub fn fargate_hour(region: &str, shape: &Shape) -> Option<Decimal> {
    let price = FARGATE.iter().find(|price| {
        price.region == region && price.os == shape.os && price.architecture == shape.architecture
    })?;
    let vcpus = Decimal::from(shape.cpu_units) / Decimal::from(1024);
    let memory = Decimal::from(shape.memory_mib) / Decimal::from(1024);
    let storage = match shape.ephemeral_gib.saturating_sub(STORAGE_INCLUDED) {
        0 => Decimal::ZERO,
        above => Decimal::from(above) * price.storage?,
    };
    Some(vcpus * (price.vcpu + price.licence) + memory * price.gib + storage)
}
