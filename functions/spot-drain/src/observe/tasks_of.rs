//! The tasks on instances that go: read instance by instance, or a whole cluster at once where that
//! takes fewer calls, and in any case only until a moment.

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::{ClusterArn, ContainerInstanceArn, TaskArn};
use domain::drain::{Berth, InstanceId, Observed, Task, Whereabouts, ends_at};
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use tokio::time::Instant;

use super::tasks::{Calls, PAGE, Pages, Placed};
use super::{Seen, Trouble};
use crate::{Aws, Failure};

/// How many clusters, and how many instances or batches of each, are looked at at once.
const AT_ONCE: usize = 16;

/// How many pages a whole cluster may have. It is read whole or not at all, and with our share of the
/// bucket twice as many calls as pages take 8 s of the 13 that there are: our choice. A larger one is
/// read instance by instance, so that those that go first are read in any case.
const MOST: usize = 100;

type Tasks = BTreeMap<TaskArn, Task>;

/// What was read of the tasks on instances.
pub(super) struct All {
    of: BTreeSet<InstanceId>,
    reads: Vec<Read>,
}

/// What one step of reading came to.
struct Read {
    /// What was read, in words.
    what: String,
    /// The instances whose tasks they are.
    of: BTreeSet<InstanceId>,
    tasks: Result<BTreeMap<InstanceId, Tasks>, Failure>,
}

/// An instance in one of its clusters, and the tasks that its record has.
struct One {
    instance: InstanceId,
    arn: ContainerInstanceArn,
    known: BTreeSet<TaskArn>,
}

/// Reads every task on these instances: those that are wanted and those that are not, because a
/// task that is not wanted any more may still serve. What the record says was there is asked for by
/// name, because ECS does not list the tasks of an instance that is gone.
///
/// Who goes first is looked at first; what cannot be read before `until` is not read.
pub(super) async fn look(
    aws: &Aws,
    observed: &Observed,
    wanted: &BTreeSet<InstanceId>,
    until: Instant,
) -> All {
    let calls = Calls { aws, until };
    let clusters = by_cluster(observed, wanted);
    let reads = futures_util::stream::iter(&clusters);
    let reads = reads.map(async |(cluster, ones)| calls.of(cluster, ones).await);
    let reads: Vec<Vec<Read>> = reads.buffered(AT_ONCE).collect().await;
    All {
        of: wanted.clone(),
        reads: reads.into_iter().flatten().collect(),
    }
}

impl All {
    pub(super) fn place(self, seen: &mut Seen) {
        // Where one was never seen, it has no tasks.
        let none = self
            .of
            .into_iter()
            .map(|instance| (instance, Ok(Tasks::new())));
        seen.observed.tasks.extend(none);
        for read in self.reads {
            match read.tasks {
                Ok(tasks) => tasks.into_iter().for_each(|(instance, tasks)| {
                    // Of one in two clusters, both have to be read.
                    if let Some(Ok(there)) = seen.observed.tasks.get_mut(&instance) {
                        there.extend(tasks);
                    }
                }),
                Err(failure) => {
                    let why = shell::failure::chain(&failure);
                    let none = read.of.iter();
                    let none = none.map(|instance| (instance.clone(), Err(why.clone())));
                    seen.observed.tasks.extend(none);
                    seen.unseen
                        .push(Trouble::with(read.what, &read.of, failure));
                }
            }
        }
    }
}

/// The instances by cluster: who goes first comes first, and the cluster of whoever does.
fn by_cluster<'o>(
    observed: &'o Observed,
    wanted: &BTreeSet<InstanceId>,
) -> Vec<(&'o ClusterArn, Vec<One>)> {
    let mut instances: Vec<&InstanceId> = wanted.iter().collect();
    instances.sort_by_key(|instance| {
        let drain = observed.drains.get(*instance);
        drain.and_then(ends_at).unwrap_or(Timestamp::MAX)
    });
    let mut clusters: Vec<(&ClusterArn, Vec<One>)> = Vec::new();
    for instance in instances {
        let drain = observed.drains.get(instance);
        let known = drain.map(|drain| drain.tasks.keys().cloned().collect());
        let known: BTreeSet<TaskArn> = known.unwrap_or_default();
        for (cluster, arn) in berths(observed, instance) {
            let one = One {
                instance: instance.clone(),
                arn: arn.clone(),
                known: known.clone(),
            };
            match clusters.iter_mut().find(|(other, _)| *other == cluster) {
                Some((_, ones)) => ones.push(one),
                None => clusters.push((cluster, vec![one])),
            }
        }
    }
    clusters
}

/// Where an instance is, or was when it was last seen.
fn berths<'o>(
    observed: &'o Observed,
    instance: &InstanceId,
) -> BTreeSet<(&'o ClusterArn, &'o ContainerInstanceArn)> {
    let known = observed.drains.get(instance);
    let known = known.into_iter().flat_map(|drain| &drain.places);
    let known = known.map(|Berth { cluster, arn }| (cluster, arn));
    let seen = match observed.instances.get(instance) {
        Some(Whereabouts::At(places)) => places.as_slice(),
        _ => &[],
    };
    let seen = seen.iter().map(|place| (&place.cluster, &place.arn));
    known.chain(seen).collect()
}

impl Calls<'_> {
    /// Reads the tasks on these instances of a cluster.
    ///
    /// Instance by instance that takes three calls for each. The whole cluster takes two for a page:
    /// one that lists it and one that says whose tasks they are. So as long as it has no more pages
    /// than there are instances it is the cheaper way, and one that turns out to have more was listed
    /// in vain with a third of the calls that its instances take. Nothing says beforehand how many
    /// pages there are: ECS counts no tasks that have stopped.
    async fn of(&self, cluster: &ClusterArn, ones: &[One]) -> Vec<Read> {
        match self.whole(cluster, ones).await.transpose() {
            None => self.each(cluster, ones).await,
            Some(tasks) => vec![Read {
                what: format!("the tasks in {}", cluster.name()),
                of: ones.iter().map(|one| one.instance.clone()).collect(),
                tasks,
            }],
        }
    }

    /// Reads the tasks of a whole cluster; none if it has more pages than these instances.
    async fn whole(
        &self,
        cluster: &ClusterArn,
        ones: &[One],
    ) -> Result<Option<BTreeMap<InstanceId, Tasks>>, Failure> {
        // It has two at least: what is wanted is listed apart from what is not.
        if ones.len() < 2 {
            return Ok(None);
        }
        let pages = Pages::at_most(ones.len().min(MOST));
        let Some(mut arns) = self.list(cluster, None, &pages).await? else {
            return Ok(None);
        };
        arns.extend(ones.iter().flat_map(|one| one.known.iter().cloned()));
        let described = self.describe(cluster, arns).await?;
        Ok(Some(shared_out(described, ones)))
    }

    /// Reads the tasks of each of these instances.
    async fn each(&self, cluster: &ClusterArn, ones: &[One]) -> Vec<Read> {
        let reads = futures_util::stream::iter(ones).map(async |one| {
            let tasks = self.on(cluster, one).await;
            Read {
                what: format!("the tasks on {}", one.instance),
                of: [one.instance.clone()].into(),
                tasks: tasks.map(|tasks| [(one.instance.clone(), tasks)].into()),
            }
        });
        reads.buffered(AT_ONCE).collect().await
    }

    /// The tasks on one instance.
    async fn on(&self, cluster: &ClusterArn, one: &One) -> Result<Tasks, Failure> {
        let listed = self.list(cluster, Some(&one.arn), &Pages::all()).await?;
        let mut arns = listed.unwrap_or_default();
        arns.extend(one.known.iter().cloned());
        Ok(without_place(self.describe(cluster, arns).await?))
    }

    /// What ECS says of tasks, a hundred in a call.
    async fn describe(
        &self,
        cluster: &ClusterArn,
        arns: BTreeSet<TaskArn>,
    ) -> Result<BTreeMap<TaskArn, Placed>, Failure> {
        let arns: Vec<TaskArn> = arns.into_iter().collect();
        let batches = futures_util::stream::iter(arns.chunks(PAGE));
        let batches = batches.map(|batch| self.describe_batch(cluster, batch));
        let batches: Vec<_> = batches.buffered(AT_ONCE).try_collect().await?;
        Ok(batches.into_iter().flatten().collect())
    }
}

fn without_place(tasks: impl IntoIterator<Item = (TaskArn, Placed)>) -> Tasks {
    let tasks = tasks.into_iter();
    tasks.map(|(arn, (_, task))| (arn, task)).collect()
}

/// The tasks of each of these instances: those that are on it, and those that its record has.
fn shared_out(described: BTreeMap<TaskArn, Placed>, ones: &[One]) -> BTreeMap<InstanceId, Tasks> {
    let at = ones.iter().map(|one| (one.arn.id(), &one.instance));
    let at: BTreeMap<&str, &InstanceId> = at.collect();
    let known = ones.iter();
    let known = known.flat_map(|one| one.known.iter().map(move |arn| (arn, &one.instance)));
    let known: BTreeMap<&TaskArn, &InstanceId> = known.collect();
    let none = ones.iter().map(|one| (one.instance.clone(), Tasks::new()));
    let mut tasks: BTreeMap<InstanceId, Tasks> = none.collect();
    for (arn, (on, task)) in described {
        let there = on.as_ref().and_then(|on| at.get(on.id()));
        if let Some(instance) = there.or_else(|| known.get(&arn)).copied() {
            tasks.entry(instance.clone()).or_default().insert(arn, task);
        }
    }
    tasks
}
