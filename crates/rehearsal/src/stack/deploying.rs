//! Who watches a service's deployments, as a stack file says it.

use serde::Deserialize;
use serde_json::{Value, json};

/// `deploymentCircuitBreaker`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CircuitBreakerSpec {
    /// Whether it is on.
    pub enable: bool,
    /// Whether it rolls back.
    pub rollback: bool,
    /// Whether a healthy task makes it forget what it counted.
    pub reset_on_healthy_task: Option<bool>,
    /// When it has counted enough.
    pub threshold: Option<ThresholdSpec>,
}

/// `thresholdConfiguration`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdSpec {
    /// COUNT, BOUNDED_PERCENT or UNBOUNDED_PERCENT.
    #[serde(rename = "type")]
    kind: String,
    /// How many, or what share.
    value: u32,
}

impl Default for CircuitBreakerSpec {
    fn default() -> Self {
        Self {
            enable: true,
            rollback: true,
            reset_on_healthy_task: None,
            threshold: None,
        }
    }
}

impl CircuitBreakerSpec {
    pub(super) fn configuration(&self) -> Value {
        let mut shown = json!({"enable": self.enable, "rollback": self.rollback});
        if let Some(resets) = self.reset_on_healthy_task {
            shown["resetOnHealthyTask"] = json!(resets);
        }
        if let Some(threshold) = &self.threshold {
            let (kind, value) = (&threshold.kind, threshold.value);
            shown["thresholdConfiguration"] = json!({"type": kind, "value": value});
        }
        shown
    }
}

/// `alarms`, which are on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeploymentAlarmsSpec {
    /// Their names.
    names: Vec<String>,
    /// Whether they roll back.
    #[serde(default)]
    rollback: bool,
}

impl DeploymentAlarmsSpec {
    pub(super) fn configuration(&self) -> Value {
        json!({"alarmNames": self.names, "enable": true, "rollback": self.rollback})
    }
}
