//! The Auto Scaling groups that are tagged or remembered.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::operation::describe_auto_scaling_groups::builders::DescribeAutoScalingGroupsFluentBuilder;
use aws_sdk_autoscaling::types::{AutoScalingGroup, Filter};
use domain::arn::GroupArn;
use domain::instances::Instances;
use domain::off_hours::{Group, HOURS, Intent, strange};
use domain::resting::GroupLive;
use domain::tag::Tags;
use edge::tagged::ours;
use ledger::Standing;

use super::Seen;
use super::candidates::left_alone;
use crate::{Aws, Failure, Settings};

/// `DescribeAutoScalingGroups` returns at most 100 groups in a page.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>.
const PAGE: i32 = 100;

/// It takes at most as many names as a page may have groups.
const NAMES: usize = 100;

/// Looks at the groups. If that fails they are left alone; the services go on.
pub(super) async fn look(aws: &Aws, settings: &Settings, seen: &mut Seen, standing: &Standing) {
    match all(aws, &remembered(standing)).await {
        Ok(described) => place(settings, seen, standing, described),
        Err(failure) => seen
            .unseen
            .push(("the Auto Scaling groups".to_owned(), failure)),
    }
}

/// The groups that are at rest, and those about which something was announced that has to be
/// withdrawn one day.
fn remembered(standing: &Standing) -> BTreeSet<GroupArn> {
    let told = standing.announced.keys();
    let told = told.filter_map(|(arn, _)| GroupArn::parse(arn).ok());
    standing.groups.keys().cloned().chain(told).collect()
}

async fn all(aws: &Aws, remembered: &BTreeSet<GroupArn>) -> Result<Vec<AutoScalingGroup>, Failure> {
    let tagged = Filter::builder().name("tag-key").values(HOURS).build();
    let mut groups = pages(
        aws.edge
            .autoscaling
            .describe_auto_scaling_groups()
            .filters(tagged),
    )
    .await?;
    let found: BTreeSet<&str> = groups
        .iter()
        .filter_map(AutoScalingGroup::auto_scaling_group_arn)
        .collect();
    let lost = remembered
        .iter()
        .filter(|arn| !found.contains(arn.as_str()));
    let lost: Vec<String> = lost.map(|arn| arn.name().to_owned()).collect();
    for names in lost.chunks(NAMES) {
        let named = aws
            .edge
            .autoscaling
            .describe_auto_scaling_groups()
            .set_auto_scaling_group_names(Some(names.to_vec()));
        groups.extend(pages(named).await?);
    }
    Ok(groups)
}

async fn pages(
    call: DescribeAutoScalingGroupsFluentBuilder,
) -> Result<Vec<AutoScalingGroup>, Failure> {
    let mut groups = Vec::new();
    let mut pages = call.max_records(PAGE).into_paginator().items().send();
    while let Some(group) = pages.next().await {
        groups.push(group.map_err(edge::Failure::call("DescribeAutoScalingGroups"))?);
    }
    Ok(groups)
}

fn place(
    settings: &Settings,
    seen: &mut Seen,
    standing: &Standing,
    described: Vec<AutoScalingGroup>,
) {
    let there: BTreeMap<GroupArn, AutoScalingGroup> = described
        .into_iter()
        .filter_map(|group| {
            Some((
                GroupArn::parse(group.auto_scaling_group_arn()?).ok()?,
                group,
            ))
        })
        .collect();
    let (remembered, left_alone) = (remembered(standing), left_alone(standing));
    for arn in remembered.iter().filter(|arn| !there.contains_key(arn)) {
        let intent = Intent::of(&Tags::new(), &Tags::new(), &settings.policy);
        let group = Group {
            intent,
            rest: standing.groups.get(arn).cloned(),
            live: None,
        };
        seen.observed.groups.insert(arn.clone(), group);
    }
    // A status is given only while a group is being deleted; until it is gone it cannot be changed.
    // Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html
    let changeable = there.into_iter().filter(|(arn, described)| {
        described.status().is_none() && !left_alone.contains(arn.as_str())
    });
    for (arn, described) in changeable {
        let tags = described.tags().iter();
        let tags = tags.filter_map(|tag| {
            Some((
                tag.key()?.to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            ))
        });
        let tags = ours(tags);
        seen.strange.groups.insert(arn.clone(), strange(&tags));
        let group = Group {
            intent: Intent::of(&tags, &Tags::new(), &settings.policy),
            rest: standing.groups.get(&arn).cloned(),
            live: Some(live(&described)),
        };
        if group.intent.is_ours() || remembered.contains(&arn) {
            seen.observed.groups.insert(arn, group);
        }
    }
}

/// The states of an instance that is about to go or is not there.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html>.
const ON_ITS_WAY_OUT: [&str; 2] = ["Terminat", "Warmed"];

fn live(group: &AutoScalingGroup) -> GroupLive {
    let size = |size: Option<i32>| u32::try_from(size.unwrap_or(0)).unwrap_or(0);
    GroupLive {
        min: size(group.min_size()),
        max: size(group.max_size()),
        desired: size(group.desired_capacity()),
        instances: instances(group),
        spot: may_launch_spot(group),
    }
}

fn instances(group: &AutoScalingGroup) -> Instances {
    let there = group.instances().iter().filter(|instance| {
        let state = instance
            .lifecycle_state()
            .map_or("", |state| state.as_str());
        !ON_ITS_WAY_OUT.iter().any(|out| state.starts_with(out))
    });
    there
        .map(|instance| (instance.instance_type().unwrap_or_default(), 1))
        .collect()
}

/// Whether some of its instances may be Spot instances, as far as the group says: a launch template
/// that asks for Spot by itself does not show here. All are On-Demand unless something else is said.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>.
fn may_launch_spot(group: &AutoScalingGroup) -> bool {
    let mixed = group.mixed_instances_policy();
    let distribution = mixed.and_then(|policy| policy.instances_distribution());
    distribution
        .and_then(|shares| shares.on_demand_percentage_above_base_capacity())
        .is_some_and(|on_demand| on_demand < 100)
}
