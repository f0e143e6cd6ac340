//! What EC2 says of instances.
//! Sources: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-interruptible-cr.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/BidEvictedEvent.html>.

use domain::drain::{Action, Ec2State, InstanceId, Says};
use serde::Deserialize;
use serde_json::Value;
use shell::json::BadField;

use super::{Heard, bad, part};

/// Spot takes an instance back.
pub(super) const WARNING: &str = "EC2 Spot Instance Interruption Warning";
/// Spot recommends to leave an instance.
pub(super) const REBALANCE: &str = "EC2 Instance Rebalance Recommendation";
/// A capacity reservation takes an instance back. AWS's documentation has it under both names.
pub(super) const RESERVATION_WARNINGS: [&str; 2] = [
    "EC2 Capacity Reservation Instance Interruption Warning",
    "EC2 Interruptible Capacity Reservation Instance Interruption Warning",
];
/// An instance changed its state.
pub(super) const STATE: &str = "EC2 Instance State-change Notification";
/// Something that AWS did by itself and CloudTrail wrote down.
pub(super) const SERVICE_EVENT: &str = "AWS Service Event via CloudTrail";

/// The name of the one such event that is read.
const EVICTED: &str = "BidEvictedEvent";
/// The service that interrupts instances for a rehearsal, as CloudTrail would name it: inferred from
/// how CloudTrail names the services that call others, not documented for this event.
const FIS: &str = "fis.amazonaws.com";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Warned {
    instance_id: String,
    /// Absent where somebody's sample leaves it out: then the worst is assumed.
    instance_action: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Changed {
    instance_id: String,
    state: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceEvent {
    event_name: String,
    #[serde(default)]
    user_identity: Identity,
    #[serde(default)]
    service_event_details: Evicted,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    invoked_by: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Evicted {
    instance_id_set: Option<Vec<String>>,
}

pub(super) fn warning(detail: Value) -> Result<Heard, BadField> {
    let (instance, action) = warned(detail)?;
    Ok(Says::Warning { instance, action }.into())
}

pub(super) fn rebalance(detail: Value) -> Result<Heard, BadField> {
    let (instance, _) = warned(detail)?;
    Ok(Says::Rebalance { instance }.into())
}

pub(super) fn reservation_warning(detail: Value) -> Result<Heard, BadField> {
    let (instance, action) = warned(detail)?;
    Ok(Says::ReservationWarning { instance, action }.into())
}

fn warned(detail: Value) -> Result<(InstanceId, Action), BadField> {
    let warned: Warned = part("detail", detail)?;
    let action = warned.instance_action.as_deref().unwrap_or("terminate");
    let instance = id("detail.instance-id", &warned.instance_id)?;
    Ok((instance, Action::from_name(action)))
}

pub(super) fn state(detail: Value) -> Result<Heard, BadField> {
    let changed: Changed = part("detail", detail)?;
    let instance = id("detail.instance-id", &changed.instance_id)?;
    Ok(match Ec2State::from_name(&changed.state) {
        Some(state) => Says::State { instance, state }.into(),
        None => Heard::NotForUs("a-state-that-ends-nothing"),
    })
}

pub(super) fn service_event(detail: Value) -> Result<Heard, BadField> {
    let event: ServiceEvent = part("detail", detail)?;
    if event.event_name != EVICTED {
        return Ok(Heard::NotForUs("not-an-eviction"));
    }
    const FIELD: &str = "detail.serviceEventDetails.instanceIdSet";
    let ids = event.service_event_details.instance_id_set;
    let ids = ids.ok_or_else(|| bad(FIELD, "is missing"))?;
    let instances = ids.iter().map(|text| id(FIELD, text));
    Ok(Says::Evicted {
        instances: instances.collect::<Result<_, _>>()?,
        by_fis: event.user_identity.invoked_by.as_deref() == Some(FIS),
    }
    .into())
}

/// The instance that a field names.
pub(super) fn id(field: &str, text: &str) -> Result<InstanceId, BadField> {
    InstanceId::parse(text).map_err(|error| bad(field, error))
}
