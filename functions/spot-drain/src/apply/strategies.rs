//! Services that get another capacity provider strategy.

use aws_sdk_ecs::types::CapacityProviderStrategyItem;
use domain::drain::{StrategyStep, Weight};

use super::{AT_ONCE, Applied, Hand, Step};
use crate::Failure;

const CALL: &str = "UpdateService";
/// The codes with which ECS answers for a service that is gone: nobody lacks anything there.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>.
const GONE: [&str; 2] = ["ServiceNotFoundException", "ServiceNotActiveException"];

impl Hand<'_> {
    /// Gives services other strategies.
    pub(super) async fn strategies(&self, steps: &[&StrategyStep], applied: &mut Applied) {
        let step = |one: &&StrategyStep| Step {
            what: format!(
                "{}: {} instead of {}",
                one.service,
                shown(&one.to),
                shown(&one.from)
            ),
            about: Vec::new(),
        };
        let call = async |one: &&StrategyStep| self.give(one).await;
        let steps = steps.iter().copied();
        self.take(steps, AT_ONCE, step, call, applied).await;
    }

    /// ECS takes another strategy only with a new deployment, which has to be asked for: "When
    /// switching from launch type to capacity provider strategy on an existing service, or making a
    /// change to a capacity provider strategy on a service that is already using one, you must force a
    /// new deployment."
    /// Seen in <https://github.com/reproio/ecs_deploy/pull/74> and, of December 2025, in
    /// <https://github.com/pipe-cd/pipecd/pull/6385>; AWS documents that the strategy by itself starts
    /// none (`capacityProviderStrategy` of `UpdateService` in botocore's `ecs/2014-11-13/service-2.json`).
    async fn give(&self, step: &StrategyStep) -> Result<(), Failure> {
        if !self
            .aws
            .edge
            .pace
            .service_modify
            .take_before(self.stop)
            .await
        {
            return Err(Failure::Unfinished);
        }
        let strategy: Vec<_> = step.to.iter().map(item).collect::<Result<_, _>>()?;
        let cluster = step.service.cluster_arn();
        let call = self.aws.edge.ecs.update_service();
        let call = call
            .cluster(cluster.as_str())
            .service(step.service.as_str());
        let call = call.set_capacity_provider_strategy(Some(strategy));
        let reply = call.force_new_deployment(true).send().await.map(drop);
        match reply.map_err(edge::Failure::call(CALL)) {
            Err(failure) if is_gone(&failure) => Ok(()),
            outcome => Ok(outcome?),
        }
    }
}

fn item(entry: &Weight) -> Result<CapacityProviderStrategyItem, edge::Failure> {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let item = CapacityProviderStrategyItem::builder()
        .capacity_provider(&entry.provider)
        .base(number(entry.base))
        .weight(number(entry.weight))
        .build();
    item.map_err(|cause| edge::Failure::Call {
        call: CALL,
        answer: None,
        cause: cause.into(),
    })
}

fn is_gone(failure: &edge::Failure) -> bool {
    let edge::Failure::Call { answer, .. } = failure else {
        return false;
    };
    let code = answer.as_ref().map(|answer| answer.code.as_str());
    code.is_some_and(|code| GONE.contains(&code))
}

/// A strategy for people: `FARGATE 3+1, FARGATE_SPOT 0+4`, each with its base and its weight.
fn shown(strategy: &[Weight]) -> String {
    let entries = strategy.iter();
    let entries =
        entries.map(|entry| format!("{} {}+{}", entry.provider, entry.base, entry.weight));
    entries.collect::<Vec<_>>().join(", ")
}
