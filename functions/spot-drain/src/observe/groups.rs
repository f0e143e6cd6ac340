//! What EC2 Auto Scaling says of groups and their lifecycle hooks.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::types::{AutoScalingGroup, LifecycleHook};
use domain::drain::{Fleet, Group, HookTimes, Mixed, drain};
use edge::tagged::ours;
use jiff::SignedDuration;

use super::fleets::of_group;
use super::{Seen, Trouble};
use crate::Aws;

/// How many groups are asked for by name in one call: as many as it returns in a page.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>.
pub(super) const BATCH: usize = 100;

/// The transition in whose hooks an instance waits before it is terminated.
const TERMINATING: &str = "autoscaling:EC2_INSTANCE_TERMINATING";
/// How long a hook waits for a word where it does not say.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html>.
const HEARTBEAT: i32 = 3600;
/// The longest that an instance waits in any hook, in seconds: 48 hours, or 100 heartbeats.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html>.
const LONGEST: i32 = 172_800;

/// What was read of groups.
#[derive(Default)]
pub(super) struct Groups {
    groups: Vec<(String, Result<Group, String>)>,
    sizes: Vec<(String, Fleet)>,
    unknown: Vec<Trouble>,
}

/// Reads groups, and the hooks of some of them.
pub(super) async fn look(
    aws: &Aws,
    wanted: &BTreeSet<String>,
    hooks_of: &BTreeSet<String>,
) -> Groups {
    let mut read = Groups::default();
    let names: Vec<String> = wanted.iter().cloned().collect();
    for batch in names.chunks(BATCH) {
        match describe(aws, batch).await {
            Ok(described) => {
                for name in batch {
                    let mut theirs = described.iter();
                    let theirs = theirs.find(|one| one.auto_scaling_group_name() == Some(name));
                    read.add(aws, name, theirs, hooks_of.contains(name)).await;
                }
            }
            Err(failure) => {
                let what = format!("the groups {}", batch.join(", "));
                read.failed(batch, &what, failure);
            }
        }
    }
    read
}

impl Groups {
    async fn add(
        &mut self,
        aws: &Aws,
        name: &str,
        theirs: Option<&AutoScalingGroup>,
        with_hooks: bool,
    ) {
        let Some(theirs) = theirs else {
            let missing = Err("there is no such group".to_owned());
            self.groups.push((name.to_owned(), missing));
            return;
        };
        let mut group = group(theirs);
        self.sizes.push((name.to_owned(), of_group(theirs)));
        if with_hooks {
            match hooks(aws, name).await {
                Ok(hooks) => group.hooks = Some(hooks),
                Err(failure) => {
                    let what = format!("the hooks of {name}");
                    self.failed(&[name.to_owned()], &what, failure);
                    return;
                }
            }
        }
        self.groups.push((name.to_owned(), Ok(group)));
    }

    fn failed(&mut self, names: &[String], what: &str, failure: edge::Failure) {
        let why = shell::failure::chain(&failure);
        let named = names.iter().map(|name| (name.clone(), Err(why.clone())));
        self.groups.extend(named);
        self.unknown.push(Trouble::everywhere(what, failure));
    }

    pub(super) fn place(self, seen: &mut Seen) {
        seen.observed.groups.extend(self.groups);
        seen.sizes.extend(self.sizes);
        seen.unknown.extend(self.unknown);
    }
}

/// What EC2 Auto Scaling says of groups. One that is not there is not among them.
pub(super) async fn describe(
    aws: &Aws,
    names: &[String],
) -> Result<Vec<AutoScalingGroup>, edge::Failure> {
    let call = aws.edge.autoscaling.describe_auto_scaling_groups();
    let call = call.set_auto_scaling_group_names(Some(names.to_vec()));
    let mut pages = call.into_paginator().items().send();
    let mut groups = Vec::new();
    while let Some(group) = pages.next().await {
        groups.push(group.map_err(edge::Failure::call("DescribeAutoScalingGroups"))?);
    }
    Ok(groups)
}

fn group(theirs: &AutoScalingGroup) -> Group {
    let tags = theirs.tags().iter();
    let tags = tags.filter_map(|tag| {
        let value = tag.value().unwrap_or_default();
        Some((tag.key()?.to_owned(), value.to_owned()))
    });
    Group {
        drain: drain(&ours(tags)),
        capacity_rebalance: theirs.capacity_rebalance().unwrap_or(false),
        hooks: None,
        mixed: mixed(theirs),
    }
}

/// The On-Demand side of a group: without numbers, nothing below and everything above is On-Demand.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>.
pub(super) fn mixed(theirs: &AutoScalingGroup) -> Option<Mixed> {
    let policy = theirs.mixed_instances_policy()?;
    let shares = policy.instances_distribution();
    let base = shares.and_then(|shares| shares.on_demand_base_capacity());
    let above = shares.and_then(|shares| shares.on_demand_percentage_above_base_capacity());
    Some(Mixed {
        base: count(base.unwrap_or(0)),
        percent_above: count(above.unwrap_or(100)),
    })
}

async fn hooks(aws: &Aws, group: &str) -> Result<BTreeMap<String, HookTimes>, edge::Failure> {
    let call = aws.edge.autoscaling.describe_lifecycle_hooks();
    let reply = call.auto_scaling_group_name(group).send().await;
    let reply = reply.map_err(edge::Failure::call("DescribeLifecycleHooks"))?;
    let hooks = reply.lifecycle_hooks().iter();
    let hooks = hooks.filter(|hook| hook.lifecycle_transition() == Some(TERMINATING));
    let named =
        hooks.filter_map(|hook| Some((hook.lifecycle_hook_name()?.to_owned(), times(hook))));
    Ok(named.collect())
}

fn times(hook: &LifecycleHook) -> HookTimes {
    let heartbeat = hook.heartbeat_timeout().unwrap_or(HEARTBEAT);
    let longest = heartbeat.saturating_mul(100).min(LONGEST);
    let longest = hook.global_timeout().unwrap_or(longest);
    let seconds = |seconds: i32| SignedDuration::from_secs(i64::from(seconds));
    HookTimes {
        heartbeat: seconds(heartbeat),
        longest: seconds(longest),
    }
}

/// EC2 Auto Scaling never gives a negative count.
pub(super) fn count(count: i32) -> u32 {
    u32::try_from(count).unwrap_or(0)
}
