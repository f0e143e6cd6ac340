//! How many tasks run on Fargate Spot: ECS has no number for it, so the sweep counts them.

use std::time::Duration;

use aws_sdk_ecs::types::LaunchType;
use domain::arn::{ClusterArn, TaskArn};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use super::tasks::PAGE;
use super::{Seen, Trouble};
use crate::Aws;

/// How many clusters are counted at once.
const AT_ONCE: usize = 8;
/// How much of a run's 30 seconds the count may take: a choice. It is enough for some 8,000 tasks, for
/// each hundred of which there are two reads. A cluster that is not counted then keeps the number that
/// is remembered of it.
const TIME: Duration = Duration::from_secs(5);
/// The name of Fargate's capacity provider for Spot; its tasks have the launch type FARGATE.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>.
const FARGATE_SPOT: &str = "FARGATE_SPOT";

/// Counts the tasks of the clusters whose services were read, as far as there is time.
pub(super) async fn count(aws: &Aws, seen: &mut Seen) {
    let stop = Instant::now() + TIME;
    let clusters: Vec<ClusterArn> = seen.observed.surveys.keys().cloned().collect();
    let counts = futures_util::stream::iter(clusters).map(async |cluster| {
        let tasks = timeout_at(stop, of(aws, &cluster)).await;
        (cluster, tasks)
    });
    let mut counts = counts.buffered(AT_ONCE);
    while let Some((cluster, tasks)) = counts.next().await {
        match tasks {
            Ok(Ok(tasks)) => {
                seen.observed.counted.insert(cluster, tasks);
            }
            Ok(Err(failure)) => {
                let what = format!("the tasks of {} on Fargate Spot", cluster.name());
                seen.unknown.push(Trouble::everywhere(what, failure));
            }
            Err(_) => {
                let cluster = cluster.name();
                tracing::warn!(cluster, "there was no time to count tasks on Fargate Spot");
            }
        }
    }
}

/// How many tasks of a cluster run on Fargate Spot, or are to: those that are on their way out are not
/// listed.
async fn of(aws: &Aws, cluster: &ClusterArn) -> Result<u32, edge::Failure> {
    let mut on_spot = 0;
    let mut token = None;
    loop {
        aws.pace.read.take().await;
        let call = aws.edge.ecs.list_tasks().cluster(cluster.as_str());
        let call = call.launch_type(LaunchType::Fargate).set_next_token(token);
        let page = call
            .send()
            .await
            .map_err(edge::Failure::call("ListTasks"))?;
        let listed = page.task_arns.unwrap_or_default();
        let listed: Vec<TaskArn> = listed
            .iter()
            .filter_map(|arn| TaskArn::parse(arn).ok())
            .collect();
        for batch in listed.chunks(PAGE) {
            on_spot += described(aws, cluster, batch).await?;
        }
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(u32::try_from(on_spot).unwrap_or(u32::MAX));
        }
    }
}

/// How many of these tasks are on Fargate Spot. One that ECS does not know any more has stopped.
async fn described(
    aws: &Aws,
    cluster: &ClusterArn,
    batch: &[TaskArn],
) -> Result<usize, edge::Failure> {
    const CALL: &str = "DescribeTasks";
    aws.pace.read.take().await;
    let arns = batch.iter().map(|arn| arn.as_str().to_owned()).collect();
    let call = aws.edge.ecs.describe_tasks().cluster(cluster.as_str());
    let reply = call.set_tasks(Some(arns)).send().await;
    let reply = reply.map_err(edge::Failure::call(CALL))?;
    let mut refused = reply.failures().iter();
    if let Some(refused) = refused.find(|failure| failure.reason() != Some("MISSING")) {
        let reason = refused.reason().unwrap_or("no reason given").to_owned();
        return Err(edge::Failure::Refused { call: CALL, reason });
    }
    let on_spot = reply.tasks().iter();
    let on_spot = on_spot.filter(|task| task.capacity_provider_name() == Some(FARGATE_SPOT));
    Ok(on_spot.count())
}
