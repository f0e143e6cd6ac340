//! What guards each budget: its notifications, who gets them, and whether they can arrive.

use aws_sdk_budgets::types::Notification as Theirs;
use domain::budget::BudgetName;
use domain::budget::guard::{Guarded, Notification};

use super::budgets::{PAGE, notifications, watches};
use super::{Seen, topics};
use crate::{Aws, Settings};

/// Looks at what guards every budget that could be read.
pub(super) async fn look(aws: &Aws, settings: &Settings, seen: &mut Seen) {
    let topics = topics::look(aws, settings, seen).await;
    let budgets = seen.observed.budgets.iter();
    let read = budgets.filter(|(_, watched)| watched.configured && watched.sight.is_ok());
    let names: Vec<BudgetName> = read.map(|(name, _)| name.clone()).collect();
    for name in names {
        let guarded = match subscribed(aws, settings, &name).await {
            Ok(notifications) => Some(Guarded {
                notifications,
                topics: topics.clone(),
            }),
            Err(failure) => {
                let what = format!("who is told of the budget {name}");
                seen.unknown.push((what, failure.into()));
                None
            }
        };
        if let Some(watched) = seen.observed.budgets.get_mut(&name) {
            watched.guarded = guarded;
        }
    }
}

/// Every notification of a budget, with its subscribers.
async fn subscribed(
    aws: &Aws,
    settings: &Settings,
    name: &BudgetName,
) -> Result<Vec<Notification>, edge::Failure> {
    let mut subscribed = Vec::new();
    for notification in notifications(aws, settings, name).await? {
        let (alert, threshold) = watches(&notification);
        subscribed.push(Notification {
            alert,
            threshold,
            subscribers: subscribers(aws, settings, name, notification).await?,
        });
    }
    Ok(subscribed)
}

async fn subscribers(
    aws: &Aws,
    settings: &Settings,
    name: &BudgetName,
    mut notification: Theirs,
) -> Result<Vec<String>, edge::Failure> {
    // What it is told by is not how it stands.
    notification.notification_state = None;
    let pages = aws
        .budgets
        .describe_subscribers_for_notification()
        .account_id(&settings.account)
        .budget_name(name.as_str())
        .notification(notification)
        .max_results(PAGE);
    let mut pages = pages.into_paginator().items().send();
    let mut addresses = Vec::new();
    while let Some(subscriber) = pages.next().await {
        let failed = edge::Failure::call("DescribeSubscribersForNotification");
        addresses.push(subscriber.map_err(failed)?.address);
    }
    Ok(addresses)
}
