//! Tasks that no budget stops: standalone ones, such as a schedule starts, and those of services
//! that are not in scope.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{LaunchType, Task};
use domain::arn::ClusterArn;
use domain::budget::counted::{Counted, Kind};
use edge::tagged::Tagged;
use rust_decimal::Decimal;

use super::{Seen, prices};
use crate::{Aws, Settings};

/// `ListTasks` returns at most 100 in a page, and `DescribeTasks` takes at most 100.
/// Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html>,
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>.
const PAGE: i32 = 100;

/// The capacity provider whose tasks have no price that stays.
const SPOT: &str = "FARGATE_SPOT";

/// Counts them in every cluster in which more runs than the services in scope have. What runs on an
/// instance costs nothing by itself: the instance is counted.
pub(super) async fn look(aws: &Aws, settings: &Settings, seen: &mut Seen, tagged: &Tagged) {
    for (cluster, runs) in &tagged.runs {
        let services = seen.observed.services.iter();
        let services = services.filter(|(arn, _)| arn.cluster_arn() == *cluster);
        let (names, counts): (BTreeSet<String>, Vec<u32>) = services
            .map(|(arn, service)| (arn.name().to_owned(), service.running))
            .unzip();
        let theirs = counts.into_iter().fold(0, u32::saturating_add);
        let others = runs.tasks.saturating_sub(theirs);
        if others == 0 {
            continue;
        }
        match all(aws, cluster).await {
            Ok(tasks) => {
                let tasks = tasks.into_iter().filter(|task| !is_of(task, &names));
                let counted = counted(aws, settings, cluster, tasks.collect()).await;
                seen.observed.beside.extend(counted);
            }
            Err(failure) => {
                let what = format!("what else runs in {}", cluster.name());
                seen.observed.beside.push(Counted {
                    kind: Kind::Task,
                    name: what.clone(),
                    count: others,
                    hour: None,
                });
                seen.unknown.push((what, failure.into()));
            }
        }
    }
}

async fn all(aws: &Aws, cluster: &ClusterArn) -> Result<Vec<Task>, edge::Failure> {
    const CALL: &str = "DescribeTasks";
    let call = aws.edge.ecs.list_tasks().cluster(cluster.as_str());
    let mut pages = call.max_results(PAGE).into_paginator().send();
    let mut tasks = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(edge::Failure::call("ListTasks"))?;
        let arns = page.task_arns.unwrap_or_default();
        if arns.is_empty() {
            continue;
        }
        let call = aws.edge.ecs.describe_tasks().cluster(cluster.as_str());
        let reply = call.set_tasks(Some(arns)).send().await;
        let reply = reply.map_err(edge::Failure::call(CALL))?;
        // A 200 lists what it could not describe; a task that is MISSING has stopped meanwhile.
        let mut refused = reply.failures().iter();
        if let Some(refused) = refused.find(|failure| failure.reason() != Some("MISSING")) {
            let reason = refused.reason().unwrap_or("no reason given").to_owned();
            return Err(edge::Failure::Refused { call: CALL, reason });
        }
        tasks.extend(reply.tasks.unwrap_or_default());
    }
    Ok(tasks)
}

/// The service that a task is of, by its group; none for a standalone one.
/// Source: `group` in <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>.
fn service(task: &Task) -> Option<&str> {
    task.group()?.strip_prefix("service:")
}

fn is_of(task: &Task, services: &BTreeSet<String>) -> bool {
    service(task).is_some_and(|service| services.contains(service))
}

/// By what they are of and what they cost; the sizes are those of their task definitions.
async fn counted(
    aws: &Aws,
    settings: &Settings,
    cluster: &ClusterArn,
    tasks: Vec<Task>,
) -> Vec<Counted> {
    let fargate = |task: &Task| task.launch_type() == Some(&LaunchType::Fargate);
    let tasks: Vec<Task> = tasks.into_iter().filter(fargate).collect();
    let sized = tasks.iter().filter_map(Task::task_definition_arn);
    edge::sizes::ask(&aws.edge, sized).await;
    let mut counts: BTreeMap<(String, Option<Decimal>), u32> = BTreeMap::new();
    for task in &tasks {
        let hour = match task.capacity_provider_name() {
            Some(SPOT) => None,
            _ => prices::fargate_hour(aws, settings, task.task_definition_arn()),
        };
        *counts.entry((named(task, cluster), hour)).or_default() += 1;
    }
    let counted = counts.into_iter().map(|((name, hour), count)| Counted {
        kind: Kind::Task,
        name,
        count,
        hour,
    });
    counted.collect()
}

fn named(task: &Task, cluster: &ClusterArn) -> String {
    match service(task) {
        Some(service) => format!("tasks of {}/{service}", cluster.name()),
        None => format!("standalone tasks in {}", cluster.name()),
    }
}
