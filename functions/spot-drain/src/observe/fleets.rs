//! How large fleets are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_autoscaling::types::{AutoScalingGroup, Instance};
use domain::arn::ClusterArn;
use domain::drain::{Fleet, InstanceId, Mixed, Place, Pool, Scope, Status};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};

use super::groups::{count, mixed};
use super::{Seen, Trouble, clusters, groups, instances, lists};
use crate::Aws;

/// How many fleets are asked about at once.
const AT_ONCE: usize = 8;

/// How long it is remembered how large a cluster without a capacity provider is: less than the minute
/// after which the tick asks again whether a surge is over. All of it has to be read for that, and a
/// surge comes in many batches.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(50);

/// How large clusters were when this process last read them.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<BTreeMap<ClusterArn, (Timestamp, Fleet)>>);

impl Memory {
    fn known(&self, cluster: &ClusterArn, now: Timestamp) -> Option<Fleet> {
        let known = self.lock();
        let (at, fleet) = known.get(cluster)?;
        (now.duration_since(*at) < REMEMBERED).then(|| fleet.clone())
    }

    fn remember(&self, cluster: &ClusterArn, now: Timestamp, fleet: &Fleet) {
        self.lock().insert(cluster.clone(), (now, fleet.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ClusterArn, (Timestamp, Fleet)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks how large fleets are. Of one that cannot be seen nothing is known, and neither is of
/// Fargate Spot, of which nobody says it: its tasks are counted by the sweep.
pub(super) async fn look(aws: &Aws, seen: &mut Seen, wanted: &BTreeSet<Scope>, now: Timestamp) {
    of_providers(aws, seen, wanted).await;
    let clusters = wanted.iter().filter_map(|scope| match scope {
        Scope::Cluster(cluster) => Some(cluster),
        Scope::Provider(_) | Scope::Pool(..) => None,
    });
    let sizes = futures_util::stream::iter(clusters);
    let sizes = sizes.map(async |cluster| (cluster, of_cluster(aws, cluster, now).await));
    let mut sizes = sizes.buffered(AT_ONCE);
    while let Some((cluster, fleet)) = sizes.next().await {
        let fleet = fleet.map_err(|failure| {
            let what = format!("the size of cluster {}", cluster.name());
            seen.unknown.push(Trouble::everywhere(what, failure));
        });
        let scope = Scope::Cluster(cluster.clone());
        seen.observed.fleets.insert(scope, fleet.ok());
    }
}

/// The fleets of capacity providers: which groups those have, and then how large the groups are, each
/// in as few calls as there can be, and in none where that was read before.
async fn of_providers(aws: &Aws, seen: &mut Seen, wanted: &BTreeSet<Scope>) {
    let names = wanted.iter().filter_map(|scope| match scope {
        Scope::Provider(name) => Some(name.clone()),
        Scope::Cluster(_) | Scope::Pool(..) => None,
    });
    let names: BTreeSet<String> = names.collect();
    let known = &seen.observed.providers;
    let unread = names.iter().filter(|name| !known.contains_key(*name));
    let unread: BTreeSet<String> = unread.cloned().collect();
    clusters::providers(aws, &unread).await.place(seen);
    let group = |seen: &Seen, name: &String| {
        let provider = seen.observed.providers.get(name)?.as_ref().ok()?;
        provider.group.clone()
    };
    let groups = names.iter().filter_map(|name| group(seen, name));
    let groups = groups.filter(|group| !seen.sizes.contains_key(group));
    let groups: BTreeSet<String> = groups.collect();
    measured(aws, seen, groups.into_iter().collect()).await;
    for name in names {
        let size = group(seen, &name).and_then(|group| seen.sizes.get(&group).cloned());
        seen.observed.fleets.insert(Scope::Provider(name), size);
    }
}

/// Asks how large groups are.
async fn measured(aws: &Aws, seen: &mut Seen, groups: Vec<String>) {
    for batch in groups.chunks(groups::BATCH) {
        match groups::describe(aws, batch).await {
            Ok(described) => seen.sizes.extend(described.iter().filter_map(|theirs| {
                Some((
                    theirs.auto_scaling_group_name()?.to_owned(),
                    of_group(theirs),
                ))
            })),
            Err(failure) => {
                let what = format!("the size of {}", batch.join(", "));
                seen.unknown.push(Trouble::everywhere(what, failure));
            }
        }
    }
}

/// The fleet of a group. Its instances do not say whether they are Spot: of a group with a mixed
/// instances policy its shares say how many should be; one without that loses Spot instances asks
/// for nothing else.
pub(super) fn of_group(theirs: &AutoScalingGroup) -> Fleet {
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
async fn of_cluster(
    aws: &Aws,
    cluster: &ClusterArn,
    now: Timestamp,
) -> Result<Fleet, edge::Failure> {
    if let Some(fleet) = aws.clusters.known(cluster, now) {
        return Ok(fleet);
    }
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
    let fleet = Fleet {
        desired: all,
        in_service,
        spot: all,
        members,
        group: None,
        counted: None,
    };
    aws.clusters.remember(cluster, now, &fleet);
    Ok(fleet)
}
