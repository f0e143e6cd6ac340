//! AWS as one test of this function wants it.

use domain::arn::{ClusterArn, ContainerInstanceArn};
use domain::drain::{Drain, Drainer, Ending, Heard, InstanceId, Member, Outcome, SetState};
use domain::rest::Version;
pub(crate) use edge::script::Script;
use serde_json::{Value, json};

use crate::{Aws, Invocation, Settings};

/// When every round of these tests begins, a second and a half after the warning.
pub(crate) const NOW: &str = "2026-11-24T10:00:01.500Z";

/// The clients of this function to which a script happens.
pub(crate) fn aws(script: &Script, settings: &Settings) -> Aws {
    Aws::new(&script.config(), settings)
}

/// An invocation that may take 30 seconds.
pub(crate) fn invocation() -> Invocation {
    let now = NOW.parse().unwrap();
    Invocation {
        id: "request-1".to_owned(),
        now,
        deadline: now + jiff::SignedDuration::from_secs(30),
    }
}

pub(crate) fn id(number: u32) -> InstanceId {
    InstanceId::parse(&format!("i-{number:017x}")).unwrap()
}

/// A record of which nothing is known yet.
pub(crate) fn drain() -> Drain {
    Drain {
        opened: invocation().now,
        places: Vec::new(),
        pool: None,
        provider: None,
        heard: Heard::default(),
        deadline: None,
        hooks: Vec::new(),
        released: None,
        by: Drainer::Nobody,
        draining: None,
        tasks: [].into(),
        replaced: [].into(),
        ended: None,
        settled: None,
        looks: [].into(),
        dormant: None,
        version: Version(1),
    }
}

/// What became of an instance.
pub(crate) fn outcome(number: u32, provider: Option<&str>, ending: Ending) -> Outcome {
    let now = invocation().now;
    Outcome {
        instance: id(number),
        ending,
        places: Vec::new(),
        provider: provider.map(str::to_owned),
        pool: None,
        first: now,
        lead: Some(jiff::SignedDuration::from_millis(118_900)),
        to_draining: None,
        left: 4,
        stopped_by_us: 1,
        killed: 2,
        orphaned: 0,
        not_replaced: 1,
        replacement: None,
        by_fis: false,
        at: now,
    }
}

pub(crate) fn cluster(name: &str) -> ClusterArn {
    ClusterArn::parse(&format!(
        "arn:aws:ecs:eu-central-1:123456789012:cluster/{name}"
    ))
    .unwrap()
}

/// The container instance of an instance.
pub(crate) fn arn(cluster: &str, number: u32) -> ContainerInstanceArn {
    let arn =
        format!("arn:aws:ecs:eu-central-1:123456789012:container-instance/{cluster}/{number:032x}");
    ContainerInstanceArn::parse(&arn).unwrap()
}

/// A call that sets the state of these instances.
pub(crate) fn set(of: &str, numbers: impl IntoIterator<Item = u32>) -> SetState {
    let members = numbers.into_iter().map(|number| Member {
        instance: id(number),
        arn: arn(of, number),
    });
    SetState {
        cluster: cluster(of),
        members: members.collect(),
    }
}

/// A message of the queue, number so and so, with this event.
pub(crate) fn message(number: u32, body: &Value) -> Value {
    json!({
        "messageId": format!("message-{number}"),
        "body": body.to_string(),
        "attributes": { "SentTimestamp": "1795514401000" },
        "eventSource": "aws:sqs",
    })
}

/// What EC2 says of an instance that it takes back at 10:02.
pub(crate) fn warning(number: u32) -> Value {
    json!({
        "id": format!("event-{number}"),
        "source": "aws.ec2",
        "detail-type": "EC2 Spot Instance Interruption Warning",
        "time": "2026-11-24T10:00:00Z",
        "detail": { "instance-id": id(number).as_str(), "instance-action": "terminate" },
    })
}

/// A batch of warnings about these instances; each message has the number of its instance.
pub(crate) fn warnings(numbers: impl IntoIterator<Item = u32>) -> Value {
    let records = numbers.into_iter();
    let records = records.map(|number| message(number, &warning(number)));
    json!({ "Records": records.collect::<Vec<_>>() })
}

/// What the index has of an instance in a cluster.
pub(crate) fn indexed(of: &str, number: u32) -> Value {
    let place = json!({ "M": {
        "version": { "N": "3" },
        "cluster": { "S": cluster(of).as_str() },
        "status": { "S": "ACTIVE" },
        "agent_connected": { "BOOL": true },
        "provider": { "S": "spot" },
        "asked": { "BOOL": true },
        "pool": { "M": { "type": { "S": "m6i.large" }, "zone": { "S": "eu-central-1b" } } },
    } });
    let mut item = json!({
        "pk": { "S": "spot-index" },
        "sk": { "S": id(number).as_str() },
    });
    item[format!("place#{}", arn(of, number).as_str())] = place;
    item
}

/// What `BatchGetItem` answers with these items.
pub(crate) fn items(items: impl IntoIterator<Item = Value>) -> Value {
    let items: Vec<Value> = items.into_iter().collect();
    json!({ "Responses": { "ledger": items } })
}

/// What ECS says of container instances.
pub(crate) fn described(of: &str, numbers: impl IntoIterator<Item = u32>) -> Value {
    let described = numbers.into_iter().map(|number| {
        json!({
            "containerInstanceArn": arn(of, number).as_str(),
            "ec2InstanceId": id(number).as_str(),
            "status": "ACTIVE",
            "version": 7,
            "agentConnected": true,
            "capacityProviderName": "spot",
            "attributes": [
                { "name": "ecs.instance-type", "value": "m6i.large" },
                { "name": "ecs.availability-zone", "value": "eu-central-1b" },
                { "name": "ecs.capability.fsx" },
            ],
        })
    });
    json!({ "containerInstances": described.collect::<Vec<_>>() })
}

/// What ECS says of clusters, each with these tags.
pub(crate) fn clusters(names: &[&str], tags: &[(&str, &str)]) -> Value {
    let tags = tags.iter();
    let tags = tags.map(|(key, value)| json!({ "key": key, "value": value }));
    let tags: Vec<Value> = tags.collect();
    let clusters = names.iter().map(
        |name| json!({ "clusterArn": cluster(name).as_str(), "status": "ACTIVE", "tags": tags }),
    );
    json!({ "clusters": clusters.collect::<Vec<_>>() })
}

/// What ECS says of the capacity provider `spot`, which does not drain by itself.
pub(crate) fn providers() -> Value {
    json!({ "capacityProviders": [{
        "name": "spot",
        "autoScalingGroupProvider": {
            "autoScalingGroupArn": edge::script::group_arn("hosts"),
            "managedDraining": "DISABLED",
        },
    }] })
}

/// What EC2 Auto Scaling says of the group `hosts`, with so many instances.
pub(crate) fn groups(desired: u32) -> String {
    let members = (0..desired).map(|number| {
        format!(
            "<member><InstanceId>{}</InstanceId><InstanceType>m6i.large</InstanceType>\
             <AvailabilityZone>eu-central-1b</AvailabilityZone><HealthStatus>Healthy</HealthStatus>\
             <LifecycleState>InService</LifecycleState>\
             <ProtectedFromScaleIn>false</ProtectedFromScaleIn></member>",
            id(number)
        )
    });
    let members: String = members.collect();
    format!(
        "<AutoScalingGroups><member><AutoScalingGroupName>hosts</AutoScalingGroupName>\
         <MinSize>0</MinSize><MaxSize>99</MaxSize><DesiredCapacity>{desired}</DesiredCapacity>\
         <DefaultCooldown>300</DefaultCooldown><HealthCheckType>EC2</HealthCheckType>\
         <CreatedTime>2026-11-01T00:00:00Z</CreatedTime><AvailabilityZones/>\
         <Instances>{members}</Instances></member></AutoScalingGroups>"
    )
}

/// The script's own answers, and then those of an account in which everything is in order: nothing
/// in the ledger beside, clusters without tags, the provider `spot` with its group `hosts` of 40
/// instances; and whatever is written is taken.
pub(crate) fn in_order(mut script: Script) -> Script {
    for _ in 0..8 {
        script = script
            .answer("Query", json!({}))
            .answer("BatchGetItem", items([]))
            .answer("DescribeCapacityProviders", providers())
            .answer_xml("DescribeAutoScalingGroups", &groups(40))
            .answer("UpdateContainerInstancesState", json!({}))
            .answer("SendMessage", json!({ "MessageId": "1" }))
            .answer("EnableRule", json!({}))
            .answer("DisableRule", json!({}))
            .answer("BatchWriteItem", json!({}))
            .answer("StopTask", json!({}))
            .answer("PutEvents", json!({ "FailedEntryCount": 0 }));
    }
    for _ in 0..64 {
        script = script
            .answer("PutItem", json!({}))
            .answer("DeleteItem", json!({}))
            .answer("UpdateItem", json!({}));
    }
    script.answer("DescribeClusters", clusters(&["prod", "dev"], &[]))
}
