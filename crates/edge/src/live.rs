//! A service as ECS describes it → a service as the decision sees it.

use aws_sdk_ecs::types::{
    DeploymentControllerType, DeploymentRolloutState, LaunchType, SchedulingStrategy, Service,
};
use aws_smithy_types::DateTime;
use domain::resting::{Deployment, Kind, Live};
use jiff::Timestamp;

use crate::Failure;

/// Reads a service. One without a creation time is refused: without it a service that was created
/// anew cannot be told from the one that was put to rest.
pub fn live(service: &Service) -> Result<Live, Failure> {
    let created_at = service
        .created_at()
        .and_then(instant)
        .ok_or_else(|| Failure::Refused {
            call: "DescribeServices",
            reason: "it gave no creation time".to_owned(),
        })?;
    Ok(Live {
        active: service.status() == Some("ACTIVE"),
        kind: kind(service),
        desired: count(service.desired_count),
        running: count(service.running_count),
        created_at,
        bounds: None,
        deployment: deployment(service),
        task_definition: service.task_definition().unwrap_or_default().to_owned(),
        fargate_spot_percent: fargate_spot_percent(service),
    })
}

fn kind(service: &Service) -> Kind {
    let controller = service
        .deployment_controller()
        .map(|controller| controller.r#type());
    match (service.scheduling_strategy(), controller) {
        (Some(SchedulingStrategy::Daemon), _) => Kind::Daemon,
        (_, Some(DeploymentControllerType::CodeDeploy)) => Kind::CodeDeploy,
        (_, Some(DeploymentControllerType::External)) => Kind::External,
        _ => Kind::Replica,
    }
}

/// The newest deployment. It is in progress while ECS says so, or, where ECS gives no rollout
/// state, while an older one still has tasks.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html>.
fn deployment(service: &Service) -> Option<Deployment> {
    let primary = service
        .deployments()
        .iter()
        .find(|deployment| deployment.status() == Some("PRIMARY"))?;
    let in_progress = match primary.rollout_state() {
        Some(state) => *state == DeploymentRolloutState::InProgress,
        None => service.deployments().len() > 1,
    };
    Some(Deployment {
        id: primary.id()?.to_owned(),
        created_at: instant(primary.created_at()?)?,
        in_progress,
    })
}

/// The share of Fargate Spot by the weights of the capacity-provider strategy; none where a task
/// may run on EC2.
fn fargate_spot_percent(service: &Service) -> Option<u32> {
    let strategy = service.capacity_provider_strategy();
    if strategy.is_empty() {
        return (service.launch_type() == Some(&LaunchType::Fargate)).then_some(0);
    }
    let weight = |name: &str| -> u32 {
        let items = strategy
            .iter()
            .filter(|item| item.capacity_provider() == name);
        items.map(|item| count(item.weight())).sum()
    };
    let (spot, on_demand) = (weight("FARGATE_SPOT"), weight("FARGATE"));
    let all: u32 = strategy.iter().map(|item| count(item.weight())).sum();
    (all > 0 && spot + on_demand == all).then(|| spot * 100 / all)
}

/// ECS never gives a negative count.
fn count(count: i32) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

/// An instant as an SDK has it; none if there is no such instant.
pub fn instant(at: &DateTime) -> Option<Timestamp> {
    Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::Deployment as Described;

    use super::*;

    /// Whether a service with these deployments, as status and rollout state, has one in progress.
    fn in_progress(deployments: &[(&str, Option<DeploymentRolloutState>)]) -> Option<bool> {
        let deployments = deployments.iter().map(|(status, state)| {
            Described::builder()
                .id("ecs-svc/1")
                .status(*status)
                .created_at(DateTime::from_secs(0))
                .set_rollout_state(state.clone())
                .build()
        });
        let service = Service::builder()
            .set_deployments(Some(deployments.collect()))
            .build();
        deployment(&service).map(|deployment| deployment.in_progress)
    }

    #[test]
    fn a_deployment_is_in_progress_while_ecs_says_so() {
        use DeploymentRolloutState::{Completed, Failed, InProgress};
        let primary = |state| in_progress(&[("PRIMARY", Some(state)), ("ACTIVE", Some(Completed))]);
        assert_eq!(primary(InProgress), Some(true));
        assert_eq!(primary(Completed), Some(false));
        assert_eq!(primary(Failed), Some(false));
    }

    #[test]
    fn without_a_rollout_state_it_is_in_progress_while_an_older_one_has_tasks() {
        assert_eq!(in_progress(&[("PRIMARY", None)]), Some(false));
        assert_eq!(
            in_progress(&[("PRIMARY", None), ("ACTIVE", None)]),
            Some(true)
        );
        assert_eq!(in_progress(&[]), None);
    }
}
