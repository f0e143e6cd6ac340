//! The Auto Scaling groups that are tagged or remembered.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::operation::describe_auto_scaling_groups::builders::DescribeAutoScalingGroupsFluentBuilder;
use aws_sdk_autoscaling::types::{AutoScalingGroup, Filter};
use domain::arn::GroupArn;
use domain::off_hours::{Group, GroupLive, HOURS, Intent, Tags};
use ledger::Standing;

use super::Seen;
use super::discover::ours;
use crate::{Aws, Failure, Settings};

/// `DescribeAutoScalingGroups` returns at most 100 groups in a page.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>.
const PAGE: i32 = 100;

/// Looks at the groups. If that fails they are left alone; the services go on.
pub(super) async fn look(aws: &Aws, settings: &Settings, seen: &mut Seen, standing: &Standing) {
    match all(aws, standing).await {
        Ok(described) => place(settings, seen, standing, described),
        Err(failure) => seen
            .unseen
            .push(("the Auto Scaling groups".to_owned(), failure)),
    }
}

async fn all(aws: &Aws, standing: &Standing) -> Result<Vec<AutoScalingGroup>, Failure> {
    let tagged = Filter::builder().name("tag-key").values(HOURS).build();
    let mut groups = pages(
        aws.autoscaling
            .describe_auto_scaling_groups()
            .filters(tagged),
    )
    .await?;
    let found = |arn: &GroupArn| {
        groups
            .iter()
            .any(|group| group.auto_scaling_group_arn() == Some(arn.as_str()))
    };
    let lost = standing.groups.keys().filter(|arn| !found(arn));
    let lost: Vec<String> = lost.map(|arn| arn.name().to_owned()).collect();
    if !lost.is_empty() {
        let named = aws
            .autoscaling
            .describe_auto_scaling_groups()
            .set_auto_scaling_group_names(Some(lost));
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
        groups.push(group.map_err(Failure::call("DescribeAutoScalingGroups"))?);
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
    let gone = standing
        .groups
        .iter()
        .filter(|(arn, _)| !there.contains_key(arn));
    for (arn, rest) in gone {
        let intent = Intent::of(&Tags::new(), &Tags::new(), &settings.policy);
        let group = Group {
            intent,
            rest: Some(rest.clone()),
            live: None,
        };
        seen.observed.groups.insert(arn.clone(), group);
    }
    for (arn, described) in there {
        let tags = described.tags().iter();
        let tags = tags.filter_map(|tag| {
            Some((
                tag.key()?.to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            ))
        });
        let group = Group {
            intent: Intent::of(&ours(tags), &Tags::new(), &settings.policy),
            rest: standing.groups.get(&arn).cloned(),
            live: Some(live(&described)),
        };
        if group.intent.is_ours() || group.rest.is_some() {
            seen.observed.groups.insert(arn, group);
        }
    }
}

fn live(group: &AutoScalingGroup) -> GroupLive {
    let size = |size: Option<i32>| u32::try_from(size.unwrap_or(0)).unwrap_or(0);
    GroupLive {
        min: size(group.min_size()),
        max: size(group.max_size()),
        desired: size(group.desired_capacity()),
    }
}
