//! The handler that is written first: a warning → an invocation of its own, which asks every cluster
//! for the instance and sets it DRAINING. `spot-drain` is measured beside it.

use std::time::Duration;

use aws_sdk_ecs::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_ecs::types::ContainerInstanceStatus;
use aws_sdk_ecs::{Client, Error};
use contracts::house::config;
use rehearsal::in_process::Line;
use tokio::task::JoinSet;

/// The caller of its calls.
pub const NAME: &str = "naive";

/// How long Lambda waits before each of its two retries of an event that failed.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>.
const RETRIES: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

/// Delivers the warnings of these instances, all at once.
pub async fn deliver(line: &Line, instances: &[String]) {
    let mut deliveries = JoinSet::new();
    for instance in instances {
        deliveries.spawn(delivered(line.clone(), instance.clone()));
    }
    deliveries.join_all().await;
}

/// One warning: an invocation, and those that follow where it fails.
async fn delivered(line: Line, instance: String) {
    let client = client(line, &instance);
    let mut pauses = RETRIES.into_iter();
    while handle(&client, &instance).await.is_err() {
        let Some(pause) = pauses.next() else { return };
        tokio::time::sleep(pause).await;
    }
}

/// The SDK as it comes, in an execution environment of its own: no other invocation spends what it
/// may retry.
fn client(line: Line, instance: &str) -> Client {
    let config = aws_sdk_ecs::config::Builder::from(&config(line, NAME))
        .retry_config(RetryConfig::standard())
        .retry_partition(RetryPartition::new(instance.to_owned()));
    Client::from_conf(config.build())
}

async fn handle(ecs: &Client, instance: &str) -> Result<(), Error> {
    let clusters = ecs.list_clusters().send().await?;
    for cluster in clusters.cluster_arns() {
        let found = ecs
            .list_container_instances()
            .cluster(cluster)
            .filter(format!("ec2InstanceId == {instance}"))
            .send()
            .await?;
        let arns = found.container_instance_arns();
        if !arns.is_empty() {
            ecs.update_container_instances_state()
                .cluster(cluster)
                .set_container_instances(Some(arns.to_vec()))
                .status(ContainerInstanceStatus::Draining)
                .send()
                .await?;
        }
    }
    Ok(())
}
