//! What stands beside the services and goes on costing money, as far as it is tagged: the tagging
//! API knows of nothing else.
//! Source: <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>.

use std::collections::{BTreeMap, BTreeSet};

use domain::budget::counted::{Counted, Kind};
use rust_decimal::Decimal;

use super::{Seen, prices};
use crate::{Aws, Settings};

/// The types that are counted.
/// Source: <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html>.
const TYPES: [&str; 5] = [
    "elasticloadbalancing:loadbalancer",
    "ec2:natgateway",
    "ec2:elastic-ip",
    "ec2:volume",
    "ec2:instance",
];

/// `GetResources` returns at most 100 resources in a page.
const PAGE: i32 = 100;

/// Counts what stands beside, without the instances that were counted as hosts. If that cannot be
/// looked at, it is one thing without a price.
pub(super) async fn look(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    hosts: &BTreeSet<String>,
) {
    match all(aws).await {
        Ok(arns) => {
            let counted = counted(settings, &arns, hosts);
            seen.observed.beside.extend(counted);
        }
        Err(failure) => {
            const WHAT: &str = "what stands beside the services";
            seen.observed.beside.push(Counted {
                kind: Kind::Other,
                name: WHAT.to_owned(),
                count: 1,
                hour: None,
            });
            seen.unknown.push((WHAT.to_owned(), failure.into()));
        }
    }
}

async fn all(aws: &Aws) -> Result<Vec<String>, edge::Failure> {
    let call = aws
        .edge
        .tagging
        .get_resources()
        .set_resource_type_filters(Some(TYPES.map(str::to_owned).to_vec()))
        .resources_per_page(PAGE);
    let mut pages = call.into_paginator().items().send();
    let mut arns = Vec::new();
    while let Some(resource) = pages.next().await {
        let resource = resource.map_err(edge::Failure::call("GetResources"))?;
        arns.extend(resource.resource_arn);
    }
    Ok(arns)
}

/// By what they are and what they cost.
fn counted(settings: &Settings, arns: &[String], hosts: &BTreeSet<String>) -> Vec<Counted> {
    let mut counts: BTreeMap<(Kind, &str, Option<Decimal>), u32> = BTreeMap::new();
    for arn in arns {
        let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
        if hosts.contains(rest) {
            continue;
        }
        let hour = prices::beside_hour(settings, kind, rest);
        let (kind, name) = named(kind, rest);
        *counts.entry((kind, name, hour)).or_default() += 1;
    }
    let counted = counts
        .into_iter()
        .map(|((kind, name, hour), count)| Counted {
            kind,
            name: name.to_owned(),
            count,
            hour,
        });
    counted.collect()
}

fn named(kind: &str, rest: &str) -> (Kind, &'static str) {
    match (kind, rest.split('/').next()) {
        ("loadbalancer", Some("app")) => (Kind::LoadBalancer, "Application Load Balancers"),
        ("loadbalancer", Some("net")) => (Kind::LoadBalancer, "Network Load Balancers"),
        ("loadbalancer", Some("gwy")) => (Kind::LoadBalancer, "Gateway Load Balancers"),
        ("loadbalancer", _) => (Kind::LoadBalancer, "Classic Load Balancers"),
        ("natgateway", _) => (Kind::NatGateway, Kind::NatGateway.name()),
        ("elastic-ip", _) => (Kind::PublicAddress, "Elastic IP addresses"),
        ("volume", _) => (Kind::Volume, Kind::Volume.name()),
        ("instance", _) => (Kind::Instance, "instances outside the clusters"),
        _ => (Kind::Other, Kind::Other.name()),
    }
}
