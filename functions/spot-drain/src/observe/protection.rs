//! Which tasks are protected from scaling in.

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::{ClusterArn, TaskArn};
use domain::drain::{InstanceId, Observed};
use edge::live::instant;
use futures_util::StreamExt;
use jiff::Timestamp;

use super::{Seen, Trouble};
use crate::Aws;

/// `GetTaskProtection` takes at most 100 tasks, all of one cluster.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html>.
const BATCH: usize = 100;
/// How many instances are asked about at once.
const AT_ONCE: usize = 16;
/// Why ECS has no answer for a task: it is not known any more, or it is none that can be protected.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html>.
const NONE: [&str; 2] = ["MISSING", "TASK_NOT_VALID"];

type Protected = Result<BTreeMap<TaskArn, Option<Timestamp>>, edge::Failure>;

/// What was read of the protection of the tasks on instances.
pub(super) struct All(Vec<(InstanceId, Protected)>);

/// Reads which tasks on these instances are protected, of those whose tasks were read.
pub(super) async fn look(aws: &Aws, observed: &Observed, wanted: &BTreeSet<InstanceId>) -> All {
    let of = futures_util::stream::iter(wanted).map(async |instance| {
        let protected = on(aws, &clusters(observed, instance)).await;
        (instance.clone(), protected)
    });
    All(of.buffered(AT_ONCE).collect().await)
}

impl All {
    pub(super) fn place(self, seen: &mut Seen) {
        for (instance, protected) in self.0 {
            let protected = protected.map_err(|failure| {
                let why = shell::failure::chain(&failure);
                let what = format!("which tasks on {instance} are protected");
                seen.unknown.push(Trouble::with(what, [&instance], failure));
                why
            });
            seen.observed.protected.insert(instance, protected);
        }
    }
}

/// The tasks on an instance that may be protected, by the cluster of their service.
fn clusters(observed: &Observed, instance: &InstanceId) -> BTreeMap<ClusterArn, Vec<TaskArn>> {
    let mut clusters: BTreeMap<ClusterArn, Vec<TaskArn>> = BTreeMap::new();
    let Some(Ok(tasks)) = observed.tasks.get(instance) else {
        return clusters;
    };
    for (arn, task) in tasks {
        if let Some(service) = task.owner.service()
            && task.may_be_protected()
        {
            let of = clusters.entry(service.cluster_arn()).or_default();
            of.push(arn.clone());
        }
    }
    clusters
}

async fn on(aws: &Aws, clusters: &BTreeMap<ClusterArn, Vec<TaskArn>>) -> Protected {
    let mut protected = BTreeMap::new();
    for (cluster, tasks) in clusters {
        for batch in tasks.chunks(BATCH) {
            protected.extend(ask(aws, cluster, batch).await?);
        }
    }
    Ok(protected)
}

async fn ask(aws: &Aws, cluster: &ClusterArn, batch: &[TaskArn]) -> Protected {
    const CALL: &str = "GetTaskProtection";
    aws.pace.protection.take().await;
    let arns = batch.iter().map(|arn| arn.as_str().to_owned()).collect();
    let call = aws.edge.ecs.get_task_protection().cluster(cluster.as_str());
    let reply = call.set_tasks(Some(arns)).send().await;
    let reply = reply.map_err(edge::Failure::call(CALL))?;
    let mut refused = reply.failures().iter();
    let none = |reason: Option<&str>| reason.is_some_and(|reason| NONE.contains(&reason));
    if let Some(refused) = refused.find(|failure| !none(failure.reason())) {
        let reason = refused.reason().unwrap_or("no reason given").to_owned();
        return Err(edge::Failure::Refused { call: CALL, reason });
    }
    let protected = reply.protected_tasks().iter();
    let protected = protected.filter(|task| task.protection_enabled());
    let protected = protected.filter_map(|task| {
        let arn = TaskArn::parse(task.task_arn()?).ok()?;
        Some((arn, task.expiration_date().and_then(instant)))
    });
    Ok(protected.collect())
}
