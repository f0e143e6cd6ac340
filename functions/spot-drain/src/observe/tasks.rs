//! The tasks on instances that go.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{DesiredStatus, Task as Theirs, TaskField};
use domain::arn::{ClusterArn, ServiceArn, TaskArn};
use domain::drain::{Berth, InstanceId, Observed, Owner, Task, Whereabouts, standalone};
use edge::live::instant;
use edge::tagged::ours;
use futures_util::StreamExt;

use super::{Seen, Trouble};
use crate::Aws;

/// `ListTasks` returns at most 100 in a page, and `DescribeTasks` takes at most 100.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>.
pub(super) const PAGE: usize = 100;
/// How many instances are looked at at once.
const AT_ONCE: usize = 16;

/// How the group of a task begins that belongs to a service.
const OF_A_SERVICE: &str = "service:";

type Tasks = Result<BTreeMap<TaskArn, Task>, edge::Failure>;

/// What was read of the tasks on instances.
pub(super) struct All(Vec<(InstanceId, Tasks)>);

/// Reads every task on these instances: those that are wanted and those that are not, because a
/// task that is not wanted any more may still serve. What the record says was there is asked for by
/// name, because ECS does not list the tasks of an instance that is gone.
pub(super) async fn look(aws: &Aws, observed: &Observed, wanted: &BTreeSet<InstanceId>) -> All {
    let of = futures_util::stream::iter(wanted).map(async |instance| {
        let known = observed.drains.get(instance);
        let known = known.map(|drain| drain.tasks.keys().cloned().collect());
        let tasks = on(aws, &berths(observed, instance), known.unwrap_or_default()).await;
        (instance.clone(), tasks)
    });
    All(of.buffered(AT_ONCE).collect().await)
}

impl All {
    pub(super) fn place(self, seen: &mut Seen) {
        for (instance, tasks) in self.0 {
            let tasks = tasks.map_err(|failure| {
                let why = shell::failure::chain(&failure);
                let what = format!("the tasks on {instance}");
                seen.unseen.push(Trouble::with(what, [&instance], failure));
                why
            });
            seen.observed.tasks.insert(instance, tasks);
        }
    }
}

/// Where an instance is, or was when it was last seen.
fn berths(observed: &Observed, instance: &InstanceId) -> BTreeSet<Berth> {
    let known = observed.drains.get(instance);
    let known = known.into_iter().flat_map(|drain| drain.places.clone());
    let seen = match observed.instances.get(instance) {
        Some(Whereabouts::At(places)) => places.as_slice(),
        _ => &[],
    };
    let seen = seen.iter().map(|place| Berth {
        cluster: place.cluster.clone(),
        arn: place.arn.clone(),
    });
    known.chain(seen).collect()
}

async fn on(aws: &Aws, berths: &BTreeSet<Berth>, known: BTreeSet<TaskArn>) -> Tasks {
    let mut tasks = BTreeMap::new();
    let mut clusters: BTreeMap<&ClusterArn, BTreeSet<TaskArn>> = BTreeMap::new();
    for berth in berths {
        let arns = clusters
            .entry(&berth.cluster)
            .or_insert_with(|| known.clone());
        for wanted in [DesiredStatus::Running, DesiredStatus::Stopped] {
            arns.extend(list(aws, berth, wanted).await?);
        }
    }
    for (cluster, arns) in clusters {
        let arns: Vec<TaskArn> = arns.into_iter().collect();
        for batch in arns.chunks(PAGE) {
            tasks.extend(describe(aws, cluster, batch).await?);
        }
    }
    Ok(tasks)
}

async fn list(
    aws: &Aws,
    berth: &Berth,
    wanted: DesiredStatus,
) -> Result<Vec<TaskArn>, edge::Failure> {
    let mut arns = Vec::new();
    let mut token = None;
    loop {
        aws.pace.read.take().await;
        let call = aws.edge.ecs.list_tasks();
        let call = call.cluster(berth.cluster.as_str());
        let call = call.container_instance(berth.arn.as_str());
        let call = call.desired_status(wanted.clone()).set_next_token(token);
        let page = call.send().await.map_err(edge::Failure::call("ListTasks"));
        let page = match page {
            // ECS does not know the container instance any more.
            Err(failure) if is_gone(&failure) => return Ok(arns),
            page => page?,
        };
        let listed = page.task_arns.unwrap_or_default();
        arns.extend(listed.iter().filter_map(|arn| TaskArn::parse(arn).ok()));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(arns);
        }
    }
}

/// The codes with which ECS answers for a container instance or a cluster that it does not know.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html>.
fn is_gone(failure: &edge::Failure) -> bool {
    let edge::Failure::Call { answer, .. } = failure else {
        return false;
    };
    let code = answer.as_ref().map(|answer| answer.code.as_str());
    matches!(
        code,
        Some("InvalidParameterException" | "ClusterNotFoundException")
    )
}

/// What ECS says of tasks. One of which it knows nothing any more is left out: it stopped more than
/// an hour ago.
async fn describe(
    aws: &Aws,
    cluster: &ClusterArn,
    batch: &[TaskArn],
) -> Result<BTreeMap<TaskArn, Task>, edge::Failure> {
    const CALL: &str = "DescribeTasks";
    aws.pace.read.take().await;
    let arns = batch.iter().map(|arn| arn.as_str().to_owned()).collect();
    let call = aws.edge.ecs.describe_tasks().cluster(cluster.as_str());
    let call = call.set_tasks(Some(arns)).include(TaskField::Tags);
    let reply = call.send().await.map_err(edge::Failure::call(CALL))?;
    let mut refused = reply.failures().iter();
    if let Some(refused) = refused.find(|failure| failure.reason() != Some("MISSING")) {
        let reason = refused.reason().unwrap_or("no reason given").to_owned();
        return Err(edge::Failure::Refused { call: CALL, reason });
    }
    let tasks = reply.tasks.unwrap_or_default().into_iter();
    let tasks = tasks.filter_map(|theirs| {
        let arn = TaskArn::parse(theirs.task_arn()?).ok()?;
        Some((arn, task(cluster, theirs)))
    });
    Ok(tasks.collect())
}

fn task(cluster: &ClusterArn, theirs: Theirs) -> Task {
    let codes = theirs.containers().iter();
    let exit_codes = codes
        .filter_map(|container| container.exit_code())
        .collect();
    let tags = theirs.tags().iter();
    let tags = tags.filter_map(|tag| {
        let value = tag.value().unwrap_or_default();
        Some((tag.key()?.to_owned(), value.to_owned()))
    });
    Task {
        owner: owner(cluster, theirs.group().unwrap_or_default()),
        wanted: theirs.desired_status() != Some("STOPPED"),
        standalone: standalone(&ours(tags)),
        // Whether protection keeps a task on an instance that drains is nowhere documented.
        protected: false,
        stopped_at: theirs.stopped_at().and_then(instant),
        exit_codes,
        last_status: theirs.last_status.unwrap_or_default(),
    }
}

fn owner(cluster: &ClusterArn, group: &str) -> Owner {
    let service = group.strip_prefix(OF_A_SERVICE);
    let service = service.and_then(|name| ServiceArn::within(cluster, name).ok());
    service.map_or_else(|| Owner::Nobody(group.to_owned()), Owner::Service)
}
