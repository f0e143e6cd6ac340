//! Settings of a service that are kept and shown, and the deployment configuration among them.

use serde_json::{Map, Value, json};

use super::service::{Bounds, Service};

/// Settings that are kept and shown as they were given.
const KEPT: [&str; 12] = [
    "availabilityZoneRebalancing",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "loadBalancers",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "serviceRegistries",
];

/// The settings of an input that are kept.
pub(super) fn kept(input: &Value) -> Map<String, Value> {
    let given = |name: &&str| Some(((*name).to_owned(), input.get(*name)?.clone()));
    KEPT.iter().filter_map(given).collect()
}

impl Service {
    /// Takes new settings over; of the deployment configuration what is not given stays.
    pub(super) fn keep(&mut self, settings: Map<String, Value>) {
        let mut configuration = self.configuration();
        if let Some(Value::Object(given)) = settings.get("deploymentConfiguration") {
            configuration.extend(given.clone());
        }
        let percent = |name: &str, default: u32| {
            let given = configuration.get(name).and_then(Value::as_u64);
            given
                .and_then(|it| u32::try_from(it).ok())
                .unwrap_or(default)
        };
        self.bounds = Bounds {
            minimum_healthy_percent: percent("minimumHealthyPercent", 100),
            maximum_percent: percent("maximumPercent", 200),
        };
        self.settings.extend(settings);
        self.settings
            .insert("deploymentConfiguration".to_owned(), json!(configuration));
    }

    fn configuration(&self) -> Map<String, Value> {
        if let Some(Value::Object(known)) = self.settings.get("deploymentConfiguration") {
            return known.clone();
        }
        let mut fresh = Map::new();
        let bounds = self.bounds;
        fresh.insert("maximumPercent".into(), json!(bounds.maximum_percent));
        fresh.insert(
            "minimumHealthyPercent".into(),
            json!(bounds.minimum_healthy_percent),
        );
        fresh.insert(
            "deploymentCircuitBreaker".into(),
            json!({"enable": false, "rollback": false}),
        );
        fresh
    }
}
