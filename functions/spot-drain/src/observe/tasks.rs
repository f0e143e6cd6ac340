//! The calls that read tasks, each made only if it can begin and end before a moment.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{DesiredStatus, Task as Theirs, TaskField};
use domain::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};
use domain::drain::{Owner, Task, standalone};
use edge::live::instant;
use edge::tagged::ours;
use tokio::time::{Instant, timeout_at};

use crate::{Aws, Failure};

/// `ListTasks` returns at most 100 in a page, and `DescribeTasks` takes at most 100.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>.
pub(super) const PAGE: usize = 100;

/// How the group of a task begins that belongs to a service.
const OF_A_SERVICE: &str = "service:";

/// A task, and the container instance that it is on.
pub(super) type Placed = (Option<ContainerInstanceArn>, Task);

/// The way to ECS, and until when it may be taken.
pub(super) struct Calls<'a> {
    pub(super) aws: &'a Aws,
    pub(super) until: Instant,
}

/// How many pages may be listed yet.
pub(super) struct Pages(Cell<usize>);

impl Pages {
    pub(super) fn all() -> Self {
        Self::at_most(usize::MAX)
    }

    pub(super) fn at_most(pages: usize) -> Self {
        Self(Cell::new(pages))
    }

    /// Whether there is one more.
    fn next(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }
}

impl Calls<'_> {
    /// The tasks on a container instance, or in all of a cluster, of both desired statuses; none if
    /// that takes more pages.
    pub(super) async fn list(
        &self,
        cluster: &ClusterArn,
        on: Option<&ContainerInstanceArn>,
        pages: &Pages,
    ) -> Result<Option<BTreeSet<TaskArn>>, Failure> {
        let (running, stopped) = tokio::try_join!(
            self.list_of(cluster, on, DesiredStatus::Running, pages),
            self.list_of(cluster, on, DesiredStatus::Stopped, pages),
        )?;
        Ok(running
            .zip(stopped)
            .map(|(running, stopped)| &running | &stopped))
    }

    async fn list_of(
        &self,
        cluster: &ClusterArn,
        on: Option<&ContainerInstanceArn>,
        wanted: DesiredStatus,
        pages: &Pages,
    ) -> Result<Option<BTreeSet<TaskArn>>, Failure> {
        let mut arns = BTreeSet::new();
        let mut token = None;
        while pages.next() {
            let call = self.aws.edge.ecs.list_tasks().cluster(cluster.as_str());
            let call = call.set_container_instance(on.map(|on| on.as_str().to_owned()));
            let call = call.desired_status(wanted.clone()).set_next_token(token);
            let page = async { call.send().await.map_err(edge::Failure::call("ListTasks")) };
            let page = match self.in_time(page).await {
                // ECS does not know the container instance any more.
                Err(Failure::Edge(failure)) if is_gone(&failure) => return Ok(Some(arns)),
                page => page?,
            };
            let listed = page.task_arns.unwrap_or_default();
            arns.extend(listed.iter().filter_map(|arn| TaskArn::parse(arn).ok()));
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(Some(arns));
            }
        }
        Ok(None)
    }

    /// What ECS says of tasks. One of which it knows nothing any more is left out: it stopped more
    /// than an hour ago.
    pub(super) async fn describe_batch(
        &self,
        cluster: &ClusterArn,
        batch: &[TaskArn],
    ) -> Result<BTreeMap<TaskArn, Placed>, Failure> {
        const CALL: &str = "DescribeTasks";
        let arns = batch.iter().map(|arn| arn.as_str().to_owned()).collect();
        let call = self.aws.edge.ecs.describe_tasks().cluster(cluster.as_str());
        let call = call.set_tasks(Some(arns)).include(TaskField::Tags);
        let reply = async { call.send().await.map_err(edge::Failure::call(CALL)) };
        let reply = self.in_time(reply).await?;
        let mut refused = reply.failures().iter();
        if let Some(refused) = refused.find(|failure| failure.reason() != Some("MISSING")) {
            let reason = refused.reason().unwrap_or("no reason given").to_owned();
            return Err(edge::Failure::Refused { call: CALL, reason }.into());
        }
        let tasks = reply.tasks.unwrap_or_default().into_iter();
        let tasks = tasks.filter_map(|theirs| {
            let arn = TaskArn::parse(theirs.task_arn()?).ok()?;
            let on = theirs
                .container_instance_arn()
                .map(ContainerInstanceArn::parse);
            Some((arn, (on.and_then(Result::ok), task(cluster, theirs))))
        });
        Ok(tasks.collect())
    }

    /// What a call answers, if there is time for it.
    async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<T, edge::Failure>>,
    ) -> Result<T, Failure> {
        if !self.aws.pace.read.take_before(self.until).await {
            return Err(Failure::Unfinished);
        }
        match timeout_at(self.until, call).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(Failure::Unfinished),
        }
    }
}

/// The codes with which ECS answers for a container instance or a cluster that it does not know.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html>.
fn is_gone(failure: &edge::Failure) -> bool {
    matches!(
        failure.code(),
        Some("InvalidParameterException" | "ClusterNotFoundException")
    )
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
