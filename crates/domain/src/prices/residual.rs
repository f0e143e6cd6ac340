//! What still costs when no task runs, in USD.

use rust_decimal::Decimal;

use super::table::Table;

pub(super) const RESIDUAL: Table = Table(include_str!("residual.tsv"));

/// Stands for every Region.
const EVERYWHERE: &str = "*";

/// What an Application Load Balancer costs in an hour for being there, if that is known. The
/// capacity units that it uses come on top.
pub fn load_balancer_hour(region: &str) -> Option<Decimal> {
    price(region, "application-load-balancer-hour")
}

/// What a NAT gateway costs in an hour for being there, if that is known. The bytes that it
/// processes come on top.
pub fn nat_gateway_hour(region: &str) -> Option<Decimal> {
    price(region, "nat-gateway-hour")
}

/// What a public IPv4 address costs in an hour, in use or not, the same in every Region.
pub fn public_ipv4_hour() -> Option<Decimal> {
    price(EVERYWHERE, "public-ipv4-hour")
}

/// What a GiB of an EBS volume of this type, such as `gp3`, costs in a month, if that is known.
/// What is provisioned beyond the baseline (operations, throughput) comes on top.
pub fn ebs_gib_month(region: &str, volume_type: &str) -> Option<Decimal> {
    price(region, &format!("ebs-{volume_type}-gib-month"))
}

fn price(region: &str, what: &str) -> Option<Decimal> {
    RESIDUAL.price(&[region, what], "price")
}
