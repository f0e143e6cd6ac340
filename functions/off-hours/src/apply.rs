//! Does what was decided: one arm, one call.

use std::time::Duration;

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace, SuspendedState};
use domain::capacity::Bounds;
use domain::off_hours::{Action, Errand, Plan};
use futures_util::StreamExt;
use jiff::SignedDuration;
use ledger::LedgerError;
use tokio::time::Instant;

use crate::{Aws, Failure, Invocation};

/// How many errands are under way at once: enough to hide the way to the Region's endpoint, few
/// enough to be stopped.
const AT_ONCE: usize = 8;

/// What is kept of the invocation's time for the notices, the journal and the report.
const RESERVE: SignedDuration = SignedDuration::from_secs(20);

/// How an errand ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// Every step was taken.
    Done,
    /// Dry run: no step was taken.
    Shown,
    /// Another run was first; it does what is to be done.
    Overtaken,
    /// There was no time; the next tick goes on.
    Left,
    /// A step failed, and those after it were not taken.
    Failed(Failure),
}

/// Takes every errand, most urgent first, and returns how each ended, in the plan's order.
/// Nothing is begun that cannot be ended before `stop`.
pub(crate) async fn apply(aws: &Aws, plan: &Plan, stop: Instant) -> Vec<Ending> {
    let endings = futures_util::stream::iter(&plan.errands).map(async |errand| {
        let ending = take(aws, errand, stop).await;
        log(errand, &ending);
        ending
    });
    endings.buffered(AT_ONCE).collect().await
}

/// Dry run: how each errand ends when none is taken.
pub(crate) fn shown(plan: &Plan) -> Vec<Ending> {
    plan.errands.iter().map(|_| Ending::Shown).collect()
}

/// When the invocation that begins now must have acted. Asked before the first look at the world,
/// which takes its time where there is much to see.
pub(crate) fn stop(invocation: &Invocation) -> Instant {
    let left = invocation.deadline.duration_since(invocation.now) - RESERVE;
    // Negative when an invocation has less time than the reserve: then nothing is begun.
    Instant::now() + Duration::try_from(left).unwrap_or(Duration::ZERO)
}

async fn take(aws: &Aws, errand: &Errand, stop: Instant) -> Ending {
    // An errand is begun only if it can be ended: its claim is no use to a run that was killed.
    let updates = errand
        .actions
        .iter()
        .any(|action| matches!(action, Action::UpdateService { .. }));
    let wait = if updates {
        aws.pace.service_modify.wait(Instant::now())
    } else {
        Duration::ZERO
    };
    if Instant::now() + wait >= stop {
        return Ending::Left;
    }
    for action in &errand.actions {
        match perform(aws, action).await {
            Ok(()) => {}
            Err(Failure::Ledger(LedgerError::Overtaken)) => return Ending::Overtaken,
            Err(failure) => return Ending::Failed(failure),
        }
    }
    Ending::Done
}

async fn perform(aws: &Aws, action: &Action) -> Result<(), Failure> {
    match action {
        Action::RecordService {
            service,
            rest,
            replaces,
        } => {
            aws.ledger.record_service(service, rest, *replaces).await?;
        }
        Action::CloseService { service, version } => {
            aws.ledger.close_service(service, *version).await?
        }
        Action::RecordGroup {
            group,
            rest,
            replaces,
        } => aws.ledger.record_group(group, rest, *replaces).await?,
        Action::CloseGroup { group, version } => aws.ledger.close_group(group, *version).await?,
        Action::Order { service, order } => aws.ledger.order(service, order).await?,
        Action::WithdrawOrder { service, order } => {
            aws.ledger.withdraw_order(service, order).await?
        }
        Action::RegisterScalableTarget { service, bounds } => {
            let call = aws
                .scaling
                .register_scalable_target()
                .service_namespace(ServiceNamespace::Ecs)
                .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
                .resource_id(service.scalable_resource())
                .min_capacity(signed(bounds.min))
                .suspended_state(suspended(bounds));
            call.send()
                .await
                .map_err(Failure::call("RegisterScalableTarget"))?;
        }
        Action::UpdateService { service, desired } => {
            aws.pace.service_modify.take().await;
            let call = aws
                .ecs
                .update_service()
                .cluster(service.cluster_arn().as_str())
                .service(service.as_str());
            call.desired_count(signed(*desired))
                .send()
                .await
                .map_err(Failure::call("UpdateService"))?;
        }
        Action::UpdateAutoScalingGroup { group, min } => {
            let call = aws
                .autoscaling
                .update_auto_scaling_group()
                .auto_scaling_group_name(group.name());
            call.min_size(signed(*min))
                .send()
                .await
                .map_err(Failure::call("UpdateAutoScalingGroup"))?;
        }
    }
    Ok(())
}

fn suspended(bounds: &Bounds) -> SuspendedState {
    SuspendedState::builder()
        .dynamic_scaling_in_suspended(bounds.suspended.scaling_in)
        .dynamic_scaling_out_suspended(bounds.suspended.scaling_out)
        .scheduled_scaling_suspended(bounds.suspended.scheduled)
        .build()
}

/// Counts come from AWS, which gives and takes them as `i32`.
fn signed(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn log(errand: &Errand, ending: &Ending) {
    let subject = errand.subject.to_string();
    let reason = errand.reason.name();
    match ending {
        Ending::Failed(failure) => {
            let cause = shell::failure::chain(failure);
            tracing::error!(subject, reason, cause, "not applied");
        }
        ending => tracing::info!(subject, reason, actions = ?errand.actions, ?ending, "applied"),
    }
}
