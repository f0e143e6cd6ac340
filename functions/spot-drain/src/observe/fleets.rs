//! How large fleets are.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::types::{AutoScalingGroup, Instance};
use domain::arn::ClusterArn;
use domain::drain::{Fleet, InstanceId, Mixed, Place, Pool, Scope, Status};
use futures_util::StreamExt;

use super::groups::{count, mixed};
use super::{Seen, Trouble, clusters, groups, instances, lists};
use crate::Aws;

/// How many fleets are asked about at once.
const AT_ONCE: usize = 8;

/// Asks how large fleets are. Of one that cannot be seen nothing is known, and neither is of
/// Fargate Spot, of which nobody says it: its tasks are counted by the sweep.
pub(super) async fn look(aws: &Aws, seen: &mut Seen, wanted: &BTreeSet<Scope>) {
    let sizes = futures_util::stream::iter(wanted).map(async |scope| {
        let fleet = match scope.fleet() {
            Scope::Provider(name) => of_provider(aws, name).await,
            Scope::Cluster(cluster) => of_cluster(aws, cluster).await.map(Some),
            Scope::Pool(..) => Ok(None),
        };
        (scope, fleet)
    });
    let mut sizes = sizes.buffered(AT_ONCE);
    while let Some((scope, fleet)) = sizes.next().await {
        let fleet = fleet.unwrap_or_else(|failure| {
            let what = format!("the size of {scope}");
            seen.unknown.push(Trouble::everywhere(what, failure));
            None
        });
        seen.observed.fleets.insert(scope.clone(), fleet);
    }
}

async fn of_provider(aws: &Aws, name: &str) -> Result<Option<Fleet>, edge::Failure> {
    let described = clusters::describe(aws, &[name.to_owned()]).await?;
    let Some(group) = described.first().and_then(clusters::group) else {
        return Ok(None);
    };
    let described = groups::describe(aws, &[group]).await?;
    Ok(described.first().map(of_group))
}

/// The fleet of a group. Its instances do not say whether they are Spot: of a group with a mixed
/// instances policy its shares say how many should be; one without that loses Spot instances asks
/// for nothing else.
fn of_group(theirs: &AutoScalingGroup) -> Fleet {
    let desired = count(theirs.desired_capacity().unwrap_or(0));
    let there: Vec<&Instance> = theirs.instances().iter().filter(in_service).collect();
    let members = there.iter().filter_map(|one| {
        let pool = Pool {
            instance_type: one.instance_type()?.to_owned(),
            zone: one.availability_zone()?.to_owned(),
        };
        Some((InstanceId::parse(one.instance_id()?).ok()?, pool))
    });
    Fleet {
        desired,
        in_service: u32::try_from(there.len()).unwrap_or(u32::MAX),
        spot: mixed(theirs).map_or(desired, |mixed| spot(desired, mixed)),
        members: members.collect(),
        group: theirs.auto_scaling_group_name().map(str::to_owned),
        counted: None,
    }
}

/// Shares of instances are rounded up on the On-Demand side.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/mixed-instances-groups-set-up-overview.html>.
fn spot(desired: u32, mixed: Mixed) -> u32 {
    let above = desired.saturating_sub(mixed.base);
    let on_demand = u64::from(above) * u64::from(mixed.percent_above.min(100));
    let on_demand = u32::try_from(on_demand.div_ceil(100)).unwrap_or(u32::MAX);
    above.saturating_sub(on_demand)
}

/// Whether an instance is there to stay.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html>.
fn in_service(instance: &&Instance) -> bool {
    let state = instance.lifecycle_state();
    state.is_some_and(|state| state.as_str() == "InService")
}

/// The instances of a cluster that are in no capacity provider. What there should be nobody says:
/// it is what there is, with what is on its way out.
async fn of_cluster(aws: &Aws, cluster: &ClusterArn) -> Result<Fleet, edge::Failure> {
    let arns = lists::list(aws, cluster, None).await?;
    let answer = instances::describe(aws, cluster, &arns).await?;
    let ours = answer.there.into_iter();
    let ours: Vec<(InstanceId, Place)> = ours.filter(|(_, one)| one.provider.is_none()).collect();
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let there = ours.iter().filter(|(_, one)| one.status == Status::Active);
    let in_service = number(there.count());
    let all = number(ours.len());
    let members = ours.into_iter();
    let members: BTreeMap<InstanceId, Pool> = members
        .filter_map(|(instance, one)| Some((instance, one.pool?)))
        .collect();
    Ok(Fleet {
        desired: all,
        in_service,
        spot: all,
        members,
        group: None,
        counted: None,
    })
}
