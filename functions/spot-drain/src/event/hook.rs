//! An instance waits in a lifecycle hook: through EventBridge, or as EC2 Auto Scaling writes to a
//! queue or a topic itself.
//! Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html>.

use domain::drain::{HookCall, Says};
use serde::Deserialize;
use serde_json::Value;
use shell::json::{self, BadField};

use super::{Heard, Told, bad, instance, instant, part};
use crate::Settings;

/// The type of the event.
pub(super) const TERMINATING: &str = "EC2 Instance-terminate Lifecycle Action";
/// The type of its sister, of instances that start.
pub(super) const LAUNCHING: &str = "EC2 Instance-launch Lifecycle Action";

/// The one transition in which tasks have to leave.
const LEAVES: &str = "autoscaling:EC2_INSTANCE_TERMINATING";
/// What Auto Scaling sends when a hook gets a target, to try it out.
const TEST: &str = "autoscaling:TEST_NOTIFICATION";

/// The same keys in both forms.
#[derive(Debug, Deserialize)]
struct Waiting {
    #[serde(rename = "LifecycleActionToken")]
    token: String,
    #[serde(rename = "AutoScalingGroupName")]
    group: String,
    #[serde(rename = "LifecycleHookName")]
    hook: String,
    #[serde(rename = "EC2InstanceId")]
    instance: String,
    #[serde(rename = "LifecycleTransition")]
    transition: String,
    #[serde(rename = "Destination")]
    destination: Option<String>,
}

/// What only the direct form has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Direct {
    event: Option<String>,
    account_id: Option<String>,
    auto_scaling_group_name: Option<String>,
    time: Option<String>,
}

/// The `detail` of an event.
pub(super) fn detail(detail: Value) -> Result<Heard, BadField> {
    heard(part("detail", detail)?, "detail.")
}

/// Whether a message is of Auto Scaling itself.
pub(super) fn is_direct(message: &Value) -> bool {
    ["LifecycleTransition", "Event"].iter().any(|field| {
        let text = message.get(field).and_then(Value::as_str);
        text.is_some_and(|text| text.starts_with("autoscaling:"))
    })
}

/// A message of Auto Scaling itself.
pub(super) fn direct(message: Value, settings: &Settings) -> Result<Told, BadField> {
    let Direct {
        event,
        account_id,
        auto_scaling_group_name,
        time,
    } = json::read(message.clone())?;
    let at = time.map(|time| instant("Time", &time)).transpose()?;
    let heard = match (event.as_deref(), auto_scaling_group_name) {
        _ if account_id.is_some_and(|account| account != settings.account) => {
            Heard::NotForUs("of-another-account")
        }
        (Some(TEST), Some(group)) => Says::HookTest { group }.into(),
        (Some(_), _) => Heard::NotForUs("not-a-lifecycle-action"),
        (None, _) => heard(json::read(message)?, "")?,
    };
    Ok(Told { heard, at })
}

fn heard(waiting: Waiting, path: &str) -> Result<Heard, BadField> {
    if waiting.transition != LEAVES {
        return Ok(Heard::NotForUs("not-a-termination"));
    }
    for (field, text) in [
        ("LifecycleActionToken", &waiting.token),
        ("AutoScalingGroupName", &waiting.group),
        ("LifecycleHookName", &waiting.hook),
    ] {
        if text.is_empty() {
            return Err(bad(format!("{path}{field}"), "is empty"));
        }
    }
    let instance = instance::id(&format!("{path}EC2InstanceId"), &waiting.instance)?;
    Ok(Says::Hook(HookCall {
        group: waiting.group,
        hook: waiting.hook,
        token: waiting.token,
        instance,
        destination: waiting.destination,
    })
    .into())
}
