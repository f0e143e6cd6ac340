//! An event as EventBridge hands it over: its envelope, and whose business its `detail` is.
//!
//! `resources` is read only where nothing else names a service: the ARNs of Spot's events have an
//! Availability Zone where a Region belongs, and one of EC2's documented events has a text there
//! instead of a list.

use domain::drain::Says;
use serde::Deserialize;
use serde_json::Value;
use shell::json::{self, BadField};

use super::{Heard, Told, bad, ecs, fis, hook, instance, instant, look};
use crate::Settings;

/// What a rule with a schedule and EventBridge Scheduler send.
const SCHEDULED: &str = "Scheduled Event";

/// EventBridge's envelope, as far as it is read. What can be missing may be: AWS's own samples leave
/// out `time` and `region` here and there.
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Envelope {
    source: String,
    detail_type: String,
    account: Option<String>,
    region: Option<String>,
    time: Option<String>,
    #[serde(default)]
    resources: Value,
    detail: Value,
}

/// What identifies an event.
pub(super) fn id(event: &Value) -> Result<String, BadField> {
    let id = event.get("id").and_then(Value::as_str);
    let id = id.ok_or_else(|| bad("id", "is missing or no text"))?;
    Ok(id.to_owned())
}

/// Reads an event.
pub(super) fn read(event: Value, settings: &Settings) -> Result<Told, BadField> {
    let envelope: Envelope = json::read(event)?;
    let at = envelope.time.as_deref();
    let at = at.map(|time| instant("time", time)).transpose()?;
    let heard = match elsewhere(&envelope, settings) {
        Some(why) => Heard::NotForUs(why),
        None => heard(envelope)?,
    };
    Ok(Told {
        heard: within_reach(heard, settings),
        at,
    })
}

/// Why an event is another's: a bus can be shared by accounts and Regions, whose instances have ids
/// that mean nothing here.
fn elsewhere(envelope: &Envelope, settings: &Settings) -> Option<&'static str> {
    let differs = |said: &Option<String>, ours: &str| said.as_deref().is_some_and(|it| it != ours);
    if differs(&envelope.account, &settings.account) {
        return Some("of-another-account");
    }
    differs(&envelope.region, &settings.region).then_some("of-another-region")
}

fn heard(envelope: Envelope) -> Result<Heard, BadField> {
    let Envelope {
        source,
        detail_type,
        detail,
        resources,
        ..
    } = envelope;
    match (source.as_str(), detail_type.as_str()) {
        ("aws.ec2", instance::WARNING) => instance::warning(detail),
        ("aws.ec2", instance::REBALANCE) => instance::rebalance(detail),
        ("aws.ec2", kind) if instance::RESERVATION_WARNINGS.contains(&kind) => {
            instance::reservation_warning(detail)
        }
        ("aws.ec2", instance::STATE) => instance::state(detail),
        ("aws.ec2", instance::SERVICE_EVENT) => instance::service_event(detail),
        ("aws.autoscaling", hook::TERMINATING) => hook::detail(detail),
        ("aws.autoscaling", hook::LAUNCHING) => Ok(Heard::NotForUs("not-a-termination")),
        ("aws.ecs", ecs::INSTANCE) => ecs::container_instance(detail),
        ("aws.ecs", ecs::TASK) => ecs::task(detail),
        ("aws.ecs", ecs::SERVICE) => ecs::service_action(detail, &resources),
        ("aws.fis", fis::EXPERIMENT) => fis::experiment(detail),
        (look::SOURCE, look::LOOK_AGAIN) => look::read(detail),
        ("aws.events", SCHEDULED) => Ok(Says::Tick.into()),
        ("aws.scheduler", SCHEDULED) => Ok(Says::Sweep.into()),
        _ => Ok(Heard::NotForUs("of-another-kind")),
    }
}

/// What ECS says of clusters that our permissions do not reach is not remembered, so that nothing
/// is ever tried there.
fn within_reach(heard: Heard, settings: &Settings) -> Heard {
    let Heard::Says(says) = &heard else {
        return heard;
    };
    let cluster = match &**says {
        Says::Instance(seen) => &seen.cluster,
        Says::TaskStopping(seen) => &seen.cluster,
        Says::PlacementFailed { cluster, .. } => cluster,
        _ => return heard,
    };
    match settings.reach.covers(cluster.name()) {
        true => heard,
        false => Heard::NotForUs("of-a-cluster-out-of-reach"),
    }
}
