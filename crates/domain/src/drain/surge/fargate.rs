//! How large the fleet of Fargate Spot is: nobody says, so its tasks are counted every hour, cluster by
//! cluster, and the numbers are remembered.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::counting::FARGATE_SPOT;
use crate::arn::{ClusterArn, ServiceArn};
use crate::drain::plan::IndexWrite;
use crate::drain::seen::surge::{Loss, Scope};
use crate::drain::seen::world::{Fleet, Observed};

/// How long a count is good for. They are an hour apart, so that two may fail: our choice.
pub const COUNT_KEPT: SignedDuration = SignedDuration::from_hours(3);

/// How many tasks of a cluster ran on Fargate Spot when they were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The tasks.
    pub tasks: u32,
    /// When they were counted.
    pub at: Timestamp,
}

/// The fleet of Fargate Spot, which is one for all clusters, as far as its tasks were counted not too
/// long ago; none if they were counted in no cluster.
pub fn fargate_fleet(sizes: &BTreeMap<ClusterArn, Size>, now: Timestamp) -> Option<(Scope, Fleet)> {
    let good = |size: &&Size| size.at + COUNT_KEPT > now;
    let good: Vec<&Size> = sizes.values().filter(good).collect();
    let counted = good.iter().map(|size| size.at).min()?;
    let tasks = good
        .iter()
        .fold(0u32, |all, size| all.saturating_add(size.tasks));
    let fleet = Fleet {
        desired: tasks,
        in_service: tasks,
        spot: tasks,
        counted: Some(counted),
        ..Fleet::default()
    };
    Some((Scope::Provider(FARGATE_SPOT.to_owned()), fleet))
}

/// Whether what is lost is part of what was counted, as far as that is told: the tasks of a cluster that
/// could not be counted are none of the fleet.
pub(super) fn is_counted(lost: &Loss, observed: &Observed, now: Timestamp) -> bool {
    let Loss::Task { task, service } = lost else {
        return true;
    };
    let of = service.as_ref().map(ServiceArn::cluster);
    let Some(cluster) = of.or_else(|| task.cluster()) else {
        return true;
    };
    let mut sizes = observed.sizes.iter();
    sizes.any(|(counted, size)| counted.name() == cluster && size.at + COUNT_KEPT > now)
}

/// What is remembered of what was counted in this round. Of a cluster without such tasks, of which
/// nothing is remembered, there is nothing to write.
pub(in crate::drain) fn remembered(observed: &Observed) -> Vec<IndexWrite> {
    let known = |cluster| observed.sizes.contains_key(cluster);
    let counted = observed.counted.iter();
    let counted = counted.filter(|(cluster, tasks)| **tasks > 0 || known(*cluster));
    counted
        .map(|(cluster, tasks)| IndexWrite::FargateSpot {
            cluster: cluster.clone(),
            tasks: *tasks,
        })
        .collect()
}
