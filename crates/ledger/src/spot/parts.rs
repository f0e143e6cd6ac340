//! Reading what the items of Spot have in common.

use domain::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};
use domain::drain::Pool;

use crate::fields::{Draft, Fields, Unreadable};

/// A text of an item in a type that cannot be wrong.
fn parsed<T, E>(
    fields: &Fields<'_>,
    name: &str,
    parse: impl Fn(&str) -> Result<T, E>,
    expected: &'static str,
) -> Result<T, Unreadable> {
    let text = fields.text(name)?;
    parse(&text).map_err(|_| fields.unreadable(name, expected))
}

pub(super) fn cluster(fields: &Fields<'_>) -> Result<ClusterArn, Unreadable> {
    parsed(fields, "cluster", ClusterArn::parse, "the ARN of a cluster")
}

pub(super) fn place(fields: &Fields<'_>) -> Result<ContainerInstanceArn, Unreadable> {
    const EXPECTED: &str = "the ARN of a container instance";
    parsed(fields, "arn", ContainerInstanceArn::parse, EXPECTED)
}

pub(super) fn task(fields: &Fields<'_>) -> Result<TaskArn, Unreadable> {
    parsed(fields, "task", TaskArn::parse, "the ARN of a task")
}

pub(super) fn service(fields: &Fields<'_>) -> Result<Option<ServiceArn>, Unreadable> {
    let Some(text) = fields.optional_text("service")? else {
        return Ok(None);
    };
    let service = ServiceArn::parse(&text);
    let service = service.map_err(|_| fields.unreadable("service", "the ARN of a service"))?;
    Ok(Some(service))
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
