//! ARNs, written and read.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids>.

use super::service::ServiceId;
use crate::world::Identity;

fn ecs(identity: &Identity, resource: &str) -> String {
    format!(
        "arn:aws:ecs:{}:{}:{resource}",
        identity.region, identity.account_id
    )
}

pub(super) fn cluster(identity: &Identity, name: &str) -> String {
    ecs(identity, &format!("cluster/{name}"))
}

pub(super) fn service(identity: &Identity, cluster: &str, name: &str) -> String {
    ecs(identity, &format!("service/{cluster}/{name}"))
}

/// The format without the cluster, which accounts had before 2018 and which cannot be tagged.
pub(super) fn short_service(identity: &Identity, name: &str) -> String {
    ecs(identity, &format!("service/{name}"))
}

pub(super) fn task(identity: &Identity, cluster: &str, id: &str) -> String {
    ecs(identity, &format!("task/{cluster}/{id}"))
}

pub(super) fn task_definition(identity: &Identity, family: &str, revision: usize) -> String {
    ecs(identity, &format!("task-definition/{family}:{revision}"))
}

pub(super) fn service_deployment(identity: &Identity, service: &ServiceId, id: &str) -> String {
    ecs(identity, &format!("service-deployment/{service}/{id}"))
}

pub(super) fn service_revision(identity: &Identity, service: &ServiceId, id: &str) -> String {
    ecs(identity, &format!("service-revision/{service}/{id}"))
}

pub(super) fn capacity_provider(identity: &Identity, name: &str) -> String {
    ecs(identity, &format!("capacity-provider/{name}"))
}

pub(super) fn container_instance(identity: &Identity, cluster: &str, id: &str) -> String {
    ecs(identity, &format!("container-instance/{cluster}/{id}"))
}

/// The name in `name` or in an ARN that ends with it.
pub(super) fn name_in(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// What follows the account in an ARN: `service/prod/api`.
pub(super) fn resource(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:aws:ecs:")?.splitn(3, ':').nth(2)
}
