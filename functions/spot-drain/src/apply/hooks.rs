//! Lifecycle hooks, and the On-Demand side of groups.

use std::collections::BTreeSet;

use aws_sdk_autoscaling::types::{InstancesDistribution, MixedInstancesPolicy};
use domain::drain::{FallbackStep, HookCallback, HookStep, InstanceId, Plan};

use super::ecs::says;
use super::{AT_ONCE, Applied, Hand, Step};
use crate::Failure;

/// What EC2 Auto Scaling says of a wait that is over: somebody completed it, or it timed out. AWS
/// documents neither the text nor its code, `ValidationError`; others have met both
/// (<https://github.com/spacelift-io/terraform-aws-spacelift-workerpool-on-ec2/pull/197>,
/// <https://github.com/convox/rack/issues/2432>).
const OVER: &str = "No active Lifecycle Action found";
/// How a hook lets an instance go. Never `ABANDON`, which would end the hooks of others too.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html>.
const CONTINUE: &str = "CONTINUE";

impl Hand<'_> {
    /// Keeps hooks open or lets them go; the instances that could not be let go. One whose wait is over
    /// is let go already.
    pub(super) async fn hooks(&self, plan: &Plan, applied: &mut Applied) -> BTreeSet<InstanceId> {
        let step = |hook: &&HookStep| {
            let word = match hook.what {
                HookCallback::Heartbeat => "heartbeat of",
                HookCallback::Complete => "completion of",
            };
            Step {
                what: format!("{word} {} for {}", hook.hook, hook.instance),
                about: vec![hook.instance.clone()],
            }
        };
        let call = async |hook: &&HookStep| match self.call_back(hook).await {
            Err(failure) if says(&failure, OVER) => Ok(()),
            outcome => Ok(outcome?),
        };
        let (let_go, beats): (Vec<_>, Vec<_>) = plan
            .hooks
            .iter()
            .partition(|hook| hook.what == HookCallback::Complete);
        self.take(beats, AT_ONCE, step, call, applied).await;
        let before = applied.failed.len();
        self.take(let_go, AT_ONCE, step, call, applied).await;
        applied.failed_since(before)
    }

    async fn call_back(&self, hook: &HookStep) -> Result<(), edge::Failure> {
        let client = &self.aws.edge.autoscaling;
        match hook.what {
            HookCallback::Heartbeat => {
                let call = client.record_lifecycle_action_heartbeat();
                let call = call.auto_scaling_group_name(&hook.group);
                let call = call.lifecycle_hook_name(&hook.hook);
                let call = call.lifecycle_action_token(&hook.token);
                let reply = call.instance_id(hook.instance.as_str()).send().await;
                reply.map_err(edge::Failure::call("RecordLifecycleActionHeartbeat"))?;
            }
            HookCallback::Complete => {
                let call = client.complete_lifecycle_action();
                let call = call.auto_scaling_group_name(&hook.group);
                let call = call.lifecycle_hook_name(&hook.hook);
                let call = call.lifecycle_action_token(&hook.token);
                let call = call.instance_id(hook.instance.as_str());
                let reply = call.lifecycle_action_result(CONTINUE).send().await;
                reply.map_err(edge::Failure::call("CompleteLifecycleAction"))?;
            }
        }
        Ok(())
    }

    /// Sets the On-Demand base of groups. What the policy has beside that stays as it is: a value that
    /// is not named is not changed (inferred from how AWS documents the call).
    /// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html>.
    pub(super) async fn fallback(&self, steps: &[&FallbackStep], applied: &mut Applied) {
        let step = |one: &&FallbackStep| Step {
            what: format!(
                "On-Demand base of {} from {} to {}",
                one.group, one.from, one.to
            ),
            about: Vec::new(),
        };
        let call = async |one: &&FallbackStep| self.set_base(one).await;
        let steps = steps.iter().copied();
        self.take(steps, AT_ONCE, step, call, applied).await;
    }

    async fn set_base(&self, step: &FallbackStep) -> Result<(), Failure> {
        let base = i32::try_from(step.to).unwrap_or(i32::MAX);
        let shares = InstancesDistribution::builder().on_demand_base_capacity(base);
        let policy = MixedInstancesPolicy::builder().instances_distribution(shares.build());
        let call = self.aws.edge.autoscaling.update_auto_scaling_group();
        let call = call.auto_scaling_group_name(&step.group);
        let reply = call.mixed_instances_policy(policy.build()).send().await;
        reply.map_err(edge::Failure::call("UpdateAutoScalingGroup"))?;
        Ok(())
    }
}
