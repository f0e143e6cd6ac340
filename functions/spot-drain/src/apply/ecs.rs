//! The states of container instances, and tasks that are stopped.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::ContainerInstanceStatus;
use domain::arn::ClusterArn;
use domain::drain::{InstanceId, Member, Plan, SetState, StopTask};
use futures_util::StreamExt;

use super::{AT_ONCE, Applied, Hand, Step};
use crate::Failure;
use crate::observe::Trouble;

/// The codes with which ECS refuses a whole call for one of its members.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html>.
const FOR_A_MEMBER: [&str; 2] = ["InvalidParameterException", "ClientException"];
/// What ECS says of a task that it does not know any more, under a code that has other meanings too.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html>.
const NO_TASK: &str = "task was not found";

type Refused = Vec<(InstanceId, Failure)>;

impl Hand<'_> {
    /// Sets states, in as few calls as the plan has. A cluster or an instance that refuses keeps no
    /// other back.
    pub(super) async fn states(
        &self,
        calls: &[SetState],
        status: &ContainerInstanceStatus,
        applied: &mut Applied,
    ) {
        let outcomes = futures_util::stream::iter(calls).map(async |call| {
            let setting = self.set(&call.cluster, &call.members, status);
            (call, self.gate().write(Vec::new(), setting).await)
        });
        let mut outcomes = outcomes.buffered(AT_ONCE);
        while let Some((call, refused)) = outcomes.next().await {
            let failed: BTreeSet<&InstanceId> = refused.iter().map(|(id, _)| id).collect();
            let members = call.members.iter().map(|member| &member.instance);
            let done: Vec<&str> = members
                .filter(|instance| !failed.contains(instance))
                .map(InstanceId::as_str)
                .collect();
            let (status, cluster) = (status.as_str(), call.cluster.name());
            if !done.is_empty() {
                applied.succeeded(format!("{status} in {cluster}: {}", done.join(", ")));
            }
            for (instance, failure) in refused {
                let what = format!("{status} in {cluster}: {instance}");
                applied.failed(Trouble::with(what, [&instance], failure));
            }
        }
    }

    /// Sets the state of members of a cluster; those that refuse, each with its reason. If ECS
    /// refuses them all because of one, they are taken one by one.
    async fn set(
        &self,
        cluster: &ClusterArn,
        members: &[Member],
        status: &ContainerInstanceStatus,
    ) -> Refused {
        match self.set_at_once(cluster, members, status).await {
            Ok(refused) => refused,
            Err(failure) if members.len() > 1 && is_for_a_member(&failure) => {
                let mut refused = Vec::new();
                for one in members {
                    let alone = std::slice::from_ref(one);
                    match self.set_at_once(cluster, alone, status).await {
                        Ok(also) => refused.extend(also),
                        Err(failure) => refused.push((one.instance.clone(), failure)),
                    }
                }
                refused
            }
            Err(failure) => {
                let why = shell::failure::chain(&failure);
                let mut first = Some(failure);
                let refused = members.iter().map(|member| {
                    let failure = first.take().unwrap_or_else(|| refusal(&why));
                    (member.instance.clone(), failure)
                });
                refused.collect()
            }
        }
    }

    async fn set_at_once(
        &self,
        cluster: &ClusterArn,
        members: &[Member],
        status: &ContainerInstanceStatus,
    ) -> Result<Refused, Failure> {
        if !self.aws.pace.modify.take_before(self.stop).await {
            return Err(Failure::Unfinished);
        }
        let arns = members.iter().map(|member| member.arn.as_str().to_owned());
        let call = self.aws.edge.ecs.update_container_instances_state();
        let call = call.cluster(cluster.as_str()).status(status.clone());
        let reply = call.set_container_instances(Some(arns.collect()));
        let reply = reply.send().await.map_err(edge::Failure::call(CALL))?;
        // A 200 lists what it refused; one that is MISSING has gone, and keeps nobody any more.
        // Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
        let refused = reply.failures().iter();
        let refused = refused.filter(|failure| failure.reason() != Some("MISSING"));
        let refused = refused.flat_map(|failure| {
            let id = failure.arn().and_then(|arn| arn.rsplit('/').next());
            let of = members
                .iter()
                .filter(move |member| Some(member.arn.id()) == id);
            let why = failure.reason().unwrap_or("no reason given");
            of.map(move |member| (member.instance.clone(), refusal(why)))
        });
        Ok(refused.collect())
    }

    /// Stops tasks, in the order of the plan.
    pub(super) async fn stop_tasks(
        &self,
        plan: &Plan,
        refused: &BTreeSet<InstanceId>,
        applied: &mut Applied,
    ) {
        let tasks = plan.stop_tasks.iter();
        let tasks = tasks.filter(|stop| !refused.contains(&stop.instance));
        let step = |stop: &&StopTask| Step {
            what: format!("stop {}: {}", stop.task.id(), stop.reason),
            about: vec![stop.instance.clone()],
        };
        let call = async |stop: &&StopTask| self.stop_task(stop).await;
        self.take(tasks, AT_ONCE, step, call, applied).await;
    }

    async fn stop_task(&self, stop: &StopTask) -> Result<(), Failure> {
        if !self.aws.pace.modify.take_before(self.stop).await {
            return Err(Failure::Unfinished);
        }
        let call = self.aws.edge.ecs.stop_task();
        let call = call.cluster(stop.cluster.as_str()).task(stop.task.as_str());
        let reply = call.reason(&stop.reason).send().await.map(drop);
        match reply.map_err(edge::Failure::call("StopTask")) {
            Err(failure) if says(&failure, NO_TASK) => Ok(()),
            outcome => Ok(outcome?),
        }
    }
}

const CALL: &str = "UpdateContainerInstancesState";

fn refusal(why: &str) -> Failure {
    let reason = why.to_owned();
    edge::Failure::Refused { call: CALL, reason }.into()
}

fn is_for_a_member(failure: &Failure) -> bool {
    let Failure::Edge(edge::Failure::Call { answer, .. }) = failure else {
        return false;
    };
    let code = answer.as_ref().map(|answer| answer.code.as_str());
    code.is_some_and(|code| FOR_A_MEMBER.contains(&code))
}

/// Whether AWS's answer has these words.
pub(super) fn says(failure: &edge::Failure, words: &str) -> bool {
    let edge::Failure::Call { answer, .. } = failure else {
        return false;
    };
    let message = answer.as_ref().map(|answer| answer.message.as_str());
    message.is_some_and(|message| message.contains(words))
}
