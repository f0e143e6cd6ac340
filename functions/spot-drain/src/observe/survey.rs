//! Every service of every cluster, for the report on which of them cannot leave in time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_ecs::types::TaskDefinition;
use domain::arn::{ClusterArn, ServiceArn};
use domain::drain::Service;
use edge::tagged::services_in;
use futures_util::StreamExt;
use jiff::SignedDuration;
use tokio::time::{Instant, timeout_at};

use super::services::{self, Known};
use super::targets::{self, Delays};
use super::{Seen, Trouble, locate};
use crate::{Aws, Settings};

/// How many task definitions are asked for at once.
const AT_ONCE: usize = 8;
/// How much of a run's 30 seconds the services may take: a choice. It is enough for some 2,000 of them
/// in 40 clusters, and a sweep that reads them for longer does nothing else.
const SERVICES: Duration = Duration::from_secs(10);
/// How much of a run's 30 seconds the task definitions and the target groups may take: a choice. What
/// is not known then is taken to be as AWS has it by default.
const TIME: Duration = Duration::from_secs(8);

/// How long the containers of a task may take to stop, and whether all that must run are checked.
#[derive(Clone, Copy, Debug, Default)]
struct Containers {
    stop_timeout: Option<SignedDuration>,
    checked: bool,
}

/// Reads every service of every cluster that the permissions reach. A cluster that cannot be read
/// whole is left out of the report, and hinders no other.
pub(crate) async fn look(aws: &Aws, settings: &Settings, seen: &mut Seen) {
    let clusters = match locate::clusters(aws, settings).await {
        Ok(clusters) => clusters,
        Err(failure) => {
            seen.unknown
                .push(Trouble::everywhere("the clusters", failure));
            return;
        }
    };
    let mut found = Vec::new();
    let stop = Instant::now() + SERVICES;
    for cluster in clusters {
        let known = timeout_at(stop, read(aws, &cluster)).await;
        let known = known.map_err(|_| crate::Failure::Unfinished);
        match known.and_then(|known| Ok(known?)) {
            Ok(known) => found.push((cluster, known)),
            Err(failure) => {
                let what = format!("the services of {}", cluster.name());
                seen.unknown.push(Trouble::everywhere(what, failure));
            }
        }
    }
    let definitions = found.iter().flat_map(|(_, known)| known.values());
    let definitions = definitions.filter_map(|(theirs, _)| theirs.task_definition());
    let definitions: BTreeSet<String> = definitions.map(str::to_owned).collect();
    let theirs = found.iter().flat_map(|(_, known)| known.values());
    let theirs = theirs.map(|(theirs, _)| theirs);
    let stop = Instant::now() + TIME;
    let (containers, delays) = tokio::join!(
        containers(aws, definitions, stop),
        targets::look(aws, theirs, stop)
    );
    for (cluster, known) in found {
        let services = known.into_iter();
        let services = services.map(|(arn, known)| (arn, with(known, &containers, &delays)));
        seen.observed.surveys.insert(cluster, services.collect());
    }
}

async fn read(
    aws: &Aws,
    cluster: &ClusterArn,
) -> Result<BTreeMap<ServiceArn, Known>, edge::Failure> {
    let services = services_in(&aws.edge, cluster).await?;
    services::all(aws, &services).await
}

fn with(
    (theirs, service): Known,
    containers: &BTreeMap<String, Containers>,
    delays: &Delays,
) -> Service {
    let of = theirs.task_definition().and_then(|arn| containers.get(arn));
    let of = of.copied().unwrap_or_default();
    Service {
        deregistration: delays.of(&theirs),
        stop_timeout: of.stop_timeout,
        checked: of.checked,
        ..service
    }
}

/// What these task definitions say, as far as there is time to ask.
async fn containers(
    aws: &Aws,
    definitions: BTreeSet<String>,
    stop: Instant,
) -> BTreeMap<String, Containers> {
    let asked = futures_util::stream::iter(definitions).map(async |arn| {
        let containers = timeout_at(stop, ask(aws, &arn)).await;
        (arn, containers)
    });
    let mut asked = asked.buffered(AT_ONCE);
    let mut known = BTreeMap::new();
    while let Some((arn, containers)) = asked.next().await {
        match containers {
            Ok(Ok(containers)) => {
                known.insert(arn, containers);
            }
            Ok(Err(failure)) => {
                let cause = shell::failure::chain(&failure);
                tracing::warn!(arn, cause, "how long it takes to stop is not known");
            }
            Err(_) => tracing::warn!(arn, "there was no time to ask how long it takes to stop"),
        }
    }
    known
}

async fn ask(aws: &Aws, arn: &str) -> Result<Containers, edge::Failure> {
    aws.edge.pace.task_definition_read.take().await;
    let call = aws.edge.ecs.describe_task_definition();
    let reply = call.task_definition(arn).send().await;
    let reply = reply.map_err(edge::Failure::call("DescribeTaskDefinition"))?;
    Ok(reply.task_definition().map(of).unwrap_or_default())
}

/// The slowest container decides how long it takes to stop; without one that says anything, ECS
/// does. Only an essential container's health is its task's.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html>.
fn of(definition: &TaskDefinition) -> Containers {
    let containers = definition.container_definitions();
    let timeouts = containers.iter().filter_map(|one| one.stop_timeout());
    let slowest = timeouts.max();
    let mut essential = containers
        .iter()
        .filter(|one| one.essential().unwrap_or(true));
    Containers {
        stop_timeout: slowest.map(|seconds| SignedDuration::from_secs(i64::from(seconds))),
        checked: essential.any(|one| one.health_check().is_some()),
    }
}
