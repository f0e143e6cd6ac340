//! Lifecycle hooks: an instance that is to end waits until they are completed or time out.
//!
//! Sources: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html>,
//! <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html>.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::invalid;
use crate::call::ApiError;
use crate::services::events::later;

/// The transition that is modelled.
pub(super) const TERMINATING: &str = "autoscaling:EC2_INSTANCE_TERMINATING";
/// "The maximum is 172800 seconds (48 hours) or 100 times HeartbeatTimeout, whichever is smaller."
const LONGEST: SignedDuration = SignedDuration::from_hours(48);

/// The hook that ECS puts on the groups whose instances it drains:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html>.
pub(super) const OF_ECS: &str = "ecs-managed-draining-termination-hook";

/// A hook on the end of a group's instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Its name.
    pub name: String,
    /// How long an instance waits for it, and how much longer after each heartbeat.
    pub heartbeat: SignedDuration,
    /// What happens when nobody completes it.
    pub default: Verdict,
    /// What is told with it.
    pub metadata: Option<String>,
    /// The queue that is told beside the event bus, by ARN.
    pub target: Option<String>,
}

/// How a lifecycle action ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The instance ends when the other hooks are completed too.
    Continue,
    /// The instance ends at once.
    Abandon,
}

/// An instance that waits for a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The hook's name.
    pub hook: String,
    /// The token that completes it.
    pub token: String,
    /// When it times out.
    pub until: Timestamp,
    /// When it times out whatever anybody does.
    pub cap: Timestamp,
}

impl Verdict {
    /// As the API spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Continue => "CONTINUE",
            Self::Abandon => "ABANDON",
        }
    }

    /// Reads what the API was given.
    pub(super) fn read(text: &str) -> Result<Self, ApiError> {
        match text {
            "CONTINUE" => Ok(Self::Continue),
            "ABANDON" => Ok(Self::Abandon),
            _ => Err(invalid(format!(
                "Lifecycle Action Result {text} is invalid. Valid values are CONTINUE and ABANDON."
            ))),
        }
    }
}

impl Hook {
    /// Reads what PutLifecycleHook is given; what is not given stays as it was `before`.
    pub(super) fn read(input: &Value, before: Option<&Self>) -> Result<Self, ApiError> {
        let text = |member: &str| input[member].as_str().filter(|text| !text.is_empty());
        let name = text("LifecycleHookName").unwrap_or_default();
        let seconds = match text("HeartbeatTimeout").map(str::parse::<i64>) {
            None => before.map_or(3600, |before| before.heartbeat.as_secs()),
            Some(Ok(seconds @ 30..=7200)) => seconds,
            Some(_) => {
                return Err(invalid(
                    "Heartbeat Timeout must be between 30 and 7200 seconds.",
                ));
            }
        };
        let default = match text("DefaultResult") {
            Some(result) => Verdict::read(result)?,
            None => before.map_or(Verdict::Abandon, |before| before.default),
        };
        let kept = |given: Option<&str>, old: fn(&Self) -> &Option<String>| {
            let given = given.map(str::to_owned);
            given.or_else(|| before.and_then(|before| old(before).clone()))
        };
        Ok(Self {
            name: name.to_owned(),
            heartbeat: SignedDuration::from_secs(seconds),
            default,
            metadata: kept(text("NotificationMetadata"), |hook| &hook.metadata),
            target: kept(text("NotificationTargetARN"), |hook| &hook.target),
        })
    }

    /// The hook of ECS, which completes it when no task is left; "up to 48 hours".
    pub(super) fn of_ecs() -> Self {
        Self {
            name: OF_ECS.to_owned(),
            heartbeat: LONGEST,
            default: Verdict::Continue,
            metadata: None,
            target: None,
        }
    }

    /// The longest that an instance waits.
    fn longest(&self) -> SignedDuration {
        LONGEST.min(self.heartbeat * 100)
    }

    /// An instance begins to wait.
    pub(super) fn begin(&self, token: String, now: Timestamp) -> Action {
        Action {
            hook: self.name.clone(),
            token,
            until: later(now, self.heartbeat),
            cap: later(now, self.longest()),
        }
    }

    /// The hook as DescribeLifecycleHooks shows it.
    pub(super) fn described(&self, group: &str) -> Value {
        json!({
            "LifecycleHookName": self.name,
            "AutoScalingGroupName": group,
            "LifecycleTransition": TERMINATING,
            "NotificationTargetARN": self.target,
            "NotificationMetadata": self.metadata,
            "HeartbeatTimeout": self.heartbeat.as_secs(),
            "GlobalTimeout": self.longest().as_secs(),
            "DefaultResult": self.default.name(),
        })
    }
}

impl Action {
    /// Somebody is still busy.
    pub(super) fn beat(&mut self, heartbeat: SignedDuration, now: Timestamp) {
        self.until = later(now, heartbeat).min(self.cap);
    }
}
