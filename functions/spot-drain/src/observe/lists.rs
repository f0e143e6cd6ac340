//! Which container instances ECS lists.

use domain::arn::{ClusterArn, ContainerInstanceArn};

use super::locate::PAGE;
use crate::Aws;

/// The container instances of a cluster that fit a filter; without one, all of them. A page may be
/// empty and yet not be the last.
pub(super) async fn list(
    aws: &Aws,
    cluster: &ClusterArn,
    filter: Option<String>,
) -> Result<Vec<ContainerInstanceArn>, edge::Failure> {
    let mut arns = Vec::new();
    let mut token = None;
    loop {
        let (page, more) = page(aws, cluster, filter.clone(), token).await?;
        arns.extend(page);
        if more.is_none() {
            return Ok(arns);
        }
        token = more;
    }
}

/// A page of them, and the token of the next one.
pub(super) async fn page(
    aws: &Aws,
    cluster: &ClusterArn,
    filter: Option<String>,
    token: Option<String>,
) -> Result<(Vec<ContainerInstanceArn>, Option<String>), edge::Failure> {
    aws.pace.read.take().await;
    let call = aws.edge.ecs.list_container_instances();
    let call = call.cluster(cluster.as_str()).max_results(PAGE);
    let call = call.set_filter(filter).set_next_token(token);
    let page = call.send().await;
    let page = page.map_err(edge::Failure::call("ListContainerInstances"))?;
    let arns = page.container_instance_arns.unwrap_or_default();
    let arns = arns.iter();
    let arns = arns.filter_map(|arn| ContainerInstanceArn::parse(arn).ok());
    let more = page.next_token.filter(|token| !token.is_empty());
    Ok((arns.collect(), more))
}
