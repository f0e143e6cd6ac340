//! What AWS charges, where we know it, in USD.
//!
//! The numbers stand in the tables beside this file, each with its source and its date. A number
//! that is not there is unknown, never guessed and never zero. They are list prices: what an
//! account agreed with AWS, Savings Plans, credits and taxes are not in them.

mod fargate;
mod residual;
mod shape;
mod table;
#[cfg(test)]
mod tests;

pub use fargate::{fargate_hour, fargate_spot_hour};
pub use residual::{ebs_gib_month, load_balancer_hour, nat_gateway_hour, public_ipv4_hour};
pub use shape::{Architecture, OperatingSystem, Shape};

use rust_decimal::Decimal;

use table::Table;

const INSTANCES: Table = Table(include_str!("instances.tsv"));

/// What one EC2 instance of this type, such as `m6i.large`, costs in an hour On-Demand with Linux,
/// in USD, if that is known.
pub fn instance_hour(region: &str, instance_type: &str) -> Option<Decimal> {
    INSTANCES.price(&[instance_type], region)
}
