//! What ECS says of container instances.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::ContainerInstance;
use domain::arn::{ClusterArn, ContainerInstanceArn};
use domain::drain::{InstanceId, Place, Source, Status};

use crate::Aws;
use crate::event::pool;

/// `DescribeContainerInstances` takes at most 100.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html>.
pub(super) const BATCH: usize = 100;

/// What ECS says of the container instances of a batch.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) there: Vec<(InstanceId, Place)>,
    /// Those that it does not know any more.
    pub(super) gone: BTreeSet<ContainerInstanceArn>,
}

/// What ECS says of some container instances of a cluster.
pub(super) async fn describe(
    aws: &Aws,
    cluster: &ClusterArn,
    arns: &[ContainerInstanceArn],
) -> Result<Answer, edge::Failure> {
    const CALL: &str = "DescribeContainerInstances";
    let mut answer = Answer::default();
    for batch in arns.chunks(BATCH) {
        aws.pace.read.take().await;
        let names = batch.iter().map(|arn| arn.as_str().to_owned()).collect();
        let call = aws.edge.ecs.describe_container_instances();
        let call = call.cluster(cluster.as_str());
        let reply = call.set_container_instances(Some(names)).send().await;
        let reply = match reply.map_err(edge::Failure::call(CALL)) {
            // A cluster can be deleted only when its container instances are gone.
            // Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
            Err(failure) if failure.code() == Some("ClusterNotFoundException") => {
                answer.gone.extend(batch.iter().cloned());
                continue;
            }
            reply => reply?,
        };
        // A 200 lists what it could not describe; one that is MISSING has gone.
        // Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
        for failure in reply.failures() {
            if failure.reason() != Some("MISSING") {
                let reason = failure.reason().unwrap_or("no reason given").to_owned();
                return Err(edge::Failure::Refused { call: CALL, reason });
            }
            let id = failure.arn().and_then(|arn| arn.rsplit('/').next());
            let gone = batch.iter().filter(|arn| Some(arn.id()) == id);
            answer.gone.extend(gone.cloned());
        }
        let described = reply.container_instances.unwrap_or_default();
        let there = described.iter().filter_map(|one| place(cluster, one));
        answer.there.extend(there);
    }
    Ok(answer)
}

/// What is made of one. A machine of ECS Anywhere, or a status that nobody knew of, is none.
fn place(cluster: &ClusterArn, one: &ContainerInstance) -> Option<(InstanceId, Place)> {
    let attributes = one.attributes().iter();
    let attributes = attributes.filter_map(|one| Some((one.name(), one.value()?)));
    let place = Place {
        cluster: cluster.clone(),
        arn: ContainerInstanceArn::parse(one.container_instance_arn()?).ok()?,
        status: Status::from_name(one.status()?)?,
        version: one.version(),
        agent_connected: one.agent_connected(),
        provider: one.capacity_provider_name().map(str::to_owned),
        pool: pool(attributes),
        source: Source::Asked,
    };
    Some((InstanceId::parse(one.ec2_instance_id()?).ok()?, place))
}
