//! AWS as one test of this function wants it.

use edge::script::described;
pub(crate) use edge::script::{Script, arn, claimed, record};
use serde_json::{Value, json};

use crate::{Aws, Invocation, Settings};

/// The clients of this function to which a script happens.
pub(crate) fn aws(script: &Script, settings: &Settings) -> Aws {
    Aws::new(&script.config(), settings)
}

/// An invocation that begins at this instant and may take this many seconds.
pub(crate) fn invocation(now: &str, seconds: i64) -> Invocation {
    let now = now.parse().unwrap();
    Invocation {
        id: "request-1".to_owned(),
        now,
        deadline: now + jiff::SignedDuration::from_secs(seconds),
    }
}

/// The script's own answers, and then those of an account in which everything is in order: a budget,
/// a service `prod/api` that may be stopped, no instances, nothing beside.
pub(crate) fn in_order(script: Script) -> Script {
    let topic = "<Attributes><entry><key>Policy</key><value>{}</value></entry></Attributes>";
    script
        .answer("Query", json!({}))
        .answer("Query", json!({}))
        .answer("GetResources", tagged(&["api"]))
        .answer("ListClusters", json!({ "clusterArns": [CLUSTER] }))
        .answer("DescribeClusters", clusters(&[]))
        .answer("DescribeBudget", budget(json!({})))
        .answer("DescribeNotificationsForBudget", notifications())
        .answer(
            "DescribeServices",
            json!({ "services": [stoppable("api", 3)] }),
        )
        .answer(
            "DescribeTaskDefinition",
            json!({ "taskDefinition": { "cpu": "1024", "memory": "2048" } }),
        )
        .answer("ListContainerInstances", json!({}))
        .answer("GetResources", json!({}))
        .answer_xml("GetTopicAttributes", topic)
        .answer_xml("ListSubscriptionsByTopic", "<Subscriptions/>")
        .answer("DescribeNotificationsForBudget", notifications())
        .answer(
            "DescribeSubscribersForNotification",
            json!({ "Subscribers": [{ "SubscriptionType": "EMAIL", "Address": "a@b.c" }] }),
        )
        .answer("GetFreeTierUsage", json!({ "freeTierUsages": [] }))
        .answer("DescribeScalableTargets", json!({}))
}

/// What the tagging API says of these services.
pub(crate) fn tagged(services: &[&str]) -> Value {
    let tags = json!([{ "Key": "caretaker:budget", "Value": "stop" }]);
    let one = |service: &&str| json!({ "ResourceARN": arn(service), "Tags": tags });
    json!({ "ResourceTagMappingList": services.iter().map(one).collect::<Vec<_>>() })
}

/// What ECS says of a service that may be stopped.
pub(crate) fn stoppable(service: &str, desired: u32) -> Value {
    let mut described = described(service, desired);
    described["tags"] = json!([{ "key": "caretaker:budget", "value": "stop" }]);
    described["taskDefinition"] = json!("api:1");
    described
}

/// The cluster `prod`.
pub(crate) const CLUSTER: &str = "arn:aws:ecs:eu-central-1:123456789012:cluster/prod";

/// What ECS says of the cluster `prod`, with these tags and instances.
pub(crate) fn clusters(tags: &[(&str, &str)]) -> Value {
    let tags = tags
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": value }));
    json!({ "clusters": [{
        "clusterArn": CLUSTER,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 5,
        "tags": tags.collect::<Vec<_>>(),
    }] })
}

/// A budget of 10 USD of which half is spent, with some of it changed.
pub(crate) fn budget(changed: Value) -> Value {
    let usd = |amount: &str| json!({ "Amount": amount, "Unit": "USD" });
    let mut budget = json!({
        "BudgetName": "monthly",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": usd("10"),
        "CalculatedSpend": { "ActualSpend": usd("5") },
        "TimePeriod": { "Start": 1_700_000_000 },
        "LastUpdatedTime": 1_750_000_000,
        "HealthStatus": { "Status": "HEALTHY" },
    });
    for (name, value) in changed.as_object().unwrap() {
        budget[name] = value.clone();
    }
    json!({ "Budget": budget })
}

/// A budget's notifications: at so many hundredths, and at so many dollars.
fn notifications() -> Value {
    let one = json!({
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 80.1,
        "NotificationState": "ALARM",
    });
    let mut other = one.clone();
    other["ThresholdType"] = json!("ABSOLUTE_VALUE");
    other["NotificationState"] = json!("OK");
    json!({ "Notifications": [one, other] })
}
