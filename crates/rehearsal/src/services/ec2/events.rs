//! What EC2 says of instances on the event bus, and FIS of an experiment with them.

use serde_json::{Value, json};

use super::interruption::Behaviour;
use crate::services::autoscaling;
use crate::services::events::{emit, uuid};
use crate::world::World;

const SOURCE: &str = "aws.ec2";
/// The id of the template of every experiment here.
const TEMPLATE: &str = "EXTrehearsal";

/// `EC2 Instance State-change Notification`:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html>.
pub(crate) fn state(world: &mut World, instance: &str, state: &str) {
    let identity = &world.identity;
    let arn = format!(
        "arn:aws:ec2:{}:{}:instance/{instance}",
        identity.region, identity.account_id
    );
    let detail = json!({ "instance-id": instance, "state": state });
    let kind = "EC2 Instance State-change Notification";
    emit(world, SOURCE, kind, vec![arn], detail);
}

/// `EC2 Spot Instance Interruption Warning`:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>.
pub(super) fn warning(world: &mut World, instance: &str, behaviour: Behaviour) {
    let detail = json!({ "instance-id": instance, "instance-action": behaviour.name() });
    let kind = "EC2 Spot Instance Interruption Warning";
    let arn = odd_arn(world, instance);
    emit(world, SOURCE, kind, arn, detail);
}

/// `EC2 Instance Rebalance Recommendation`:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html>.
pub(super) fn rebalance(world: &mut World, instance: &str) {
    let detail = json!({ "instance-id": instance });
    let kind = "EC2 Instance Rebalance Recommendation";
    let arn = odd_arn(world, instance);
    emit(world, SOURCE, kind, arn, detail);
}

/// In these two events the ARN has the zone where the Region should be, and no account: the
/// examples of both pages have it.
fn odd_arn(world: &World, instance: &str) -> Vec<String> {
    let group = autoscaling::group_of(world, instance);
    let zone = group
        .and_then(|group| group.instance(instance))
        .map_or("", |instance| instance.zone.as_str());
    vec![format!("arn:aws:ec2:{zone}:instance/{instance}")]
}

/// `BidEvictedEvent`, by way of CloudTrail:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/BidEvictedEvent.html>.
pub(super) fn evicted(world: &mut World, instances: &[String]) {
    let id = uuid(&world.id());
    let detail = json!({
        "eventVersion": "1.05",
        "userIdentity": {
            "accountId": world.identity.account_id,
            "invokedBy": "ec2.amazonaws.com",
        },
        "eventTime": world.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "eventSource": "ec2.amazonaws.com",
        "eventName": "BidEvictedEvent",
        "awsRegion": world.identity.region,
        "sourceIPAddress": "ec2.amazonaws.com",
        "userAgent": "ec2.amazonaws.com",
        "requestParameters": Value::Null,
        "responseElements": Value::Null,
        "eventID": id,
        "eventType": "AwsServiceEvent",
        "recipientAccountId": world.identity.account_id,
        "serviceEventDetails": { "instanceIdSet": instances },
    });
    let kind = "AWS Service Event via CloudTrail";
    emit(world, SOURCE, kind, Vec::new(), detail);
}

/// `FIS Experiment State Change`, all that is published of what tells an interruption by FIS from
/// one that nobody ordered:
/// <https://docs.aws.amazon.com/fis/latest/userguide/monitoring-eventbridge.html>.
pub(super) fn experiment(world: &mut World, id: &str, old: &str, new: &str) {
    let identity = &world.identity;
    let arn = format!(
        "arn:aws:fis:{}:{}:experiment/{id}",
        identity.region, identity.account_id
    );
    let detail = json!({
        "experiment-id": id,
        "experiment-template-id": TEMPLATE,
        "new-state": { "status": new, "reason": format!("Experiment is {new}.") },
        "old-state": { "status": old, "reason": format!("Experiment is {old}.") },
    });
    let kind = "FIS Experiment State Change";
    emit(world, "aws.fis", kind, vec![arn], detail);
}
