//! Reading what the items of Spot have in common.

use domain::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};
use domain::drain::Pool;

use crate::fields::{Draft, Fields, Unreadable};

pub(super) fn cluster(fields: &Fields<'_>) -> Result<ClusterArn, Unreadable> {
    fields.parsed("cluster", ClusterArn::parse, "the ARN of a cluster")
}

pub(super) fn place(fields: &Fields<'_>) -> Result<ContainerInstanceArn, Unreadable> {
    const EXPECTED: &str = "the ARN of a container instance";
    fields.parsed("arn", ContainerInstanceArn::parse, EXPECTED)
}

pub(super) fn task(fields: &Fields<'_>) -> Result<TaskArn, Unreadable> {
    fields.parsed("task", TaskArn::parse, "the ARN of a task")
}

pub(super) fn service(fields: &Fields<'_>) -> Result<Option<ServiceArn>, Unreadable> {
    fields.optional_parsed("service", ServiceArn::parse, "the ARN of a service")
}

pub(super) fn pool(fields: &Fields<'_>) -> Result<Option<Pool>, Unreadable> {
    let Some(pool) = fields.optional_map("pool")? else {
        return Ok(None);
    };
    Ok(Some(Pool {
        instance_type: pool.text("type")?,
        zone: pool.text("zone")?,
    }))
}

pub(super) fn write_pool(draft: Draft, pool: Option<&Pool>) -> Draft {
    draft.some(pool, |draft, pool| {
        let map = Draft::default().text("type", &pool.instance_type);
        draft.map("pool", map.text("zone", &pool.zone))
    })
}
