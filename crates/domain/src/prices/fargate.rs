//! What a task costs on Fargate.

use rust_decimal::Decimal;

use super::shape::Shape;
use super::table::Table;

pub(super) const FARGATE: Table = Table(include_str!("fargate.tsv"));

/// Ephemeral storage that costs nothing, in GiB.
/// Source: <https://aws.amazon.com/fargate/pricing/>.
const STORAGE_INCLUDED: u32 = 20;

/// What one task of this shape costs on Fargate in an hour, in USD, if that is known.
pub fn fargate_hour(region: &str, shape: &Shape) -> Option<Decimal> {
    let key = [region, shape.os.name(), shape.architecture.name()];
    let price = |column| FARGATE.price(&key, column);
    let vcpus = Decimal::from(shape.cpu_units) / Decimal::from(1024);
    let memory = Decimal::from(shape.memory_mib) / Decimal::from(1024);
    let storage = match shape.ephemeral_gib.saturating_sub(STORAGE_INCLUDED) {
        0 => Decimal::ZERO,
        above => Decimal::from(above) * price("storage")?,
    };
    let vcpu = price("vcpu")? + price("licence")?;
    Some(vcpus * vcpu + memory * price("gib")? + storage)
}

/// What it costs on Fargate Spot, in USD, by an estimate: its On-Demand price less so many
/// hundredths of it. Fargate Spot changes from day to day, and nobody but the installation can say
/// how much it is off; without that it is not known. Storage is taken to be off as much.
pub fn fargate_spot_hour(region: &str, shape: &Shape, percent_off: Option<u32>) -> Option<Decimal> {
    let left = 100_u32.saturating_sub(percent_off?);
    Some(fargate_hour(region, shape)? * Decimal::from(left) / Decimal::ONE_HUNDRED)
}
