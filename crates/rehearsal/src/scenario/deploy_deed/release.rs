//! The calls that a release and its way back are made of.

use serde_json::{Value, json};

use super::DeployDeed;
use crate::account::Account;
use crate::scenario::script::NotDone;
use crate::services::ecr::expanded;
use crate::services::ecs::ServiceId;

/// What RegisterTaskDefinition does not take of what DescribeTaskDefinition gives.
const NOT_REGISTERED: [&str; 9] = [
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
];

impl DeployDeed {
    /// Registers a copy of what a service runs, with another image if there is to be one, and returns its
    /// ARN.
    pub(super) fn next_revision(
        &self,
        account: &Account,
        id: &ServiceId,
        image: Option<&str>,
        by: &str,
    ) -> Result<String, NotDone> {
        let current = self.described(account, id, by)?["taskDefinition"].clone();
        let asked = json!({"taskDefinition": current});
        let mut definition =
            self.call(account, by, "DescribeTaskDefinition", asked)?["taskDefinition"].clone();
        if let Some(members) = definition.as_object_mut() {
            members.retain(|name, _| !NOT_REGISTERED.contains(&name.as_str()));
        }
        if let Some(image) = image {
            let identity = account.state().world.identity.clone();
            let image = expanded(&identity, image);
            definition["containerDefinitions"][0]["image"] = json!(image);
        }
        let registered = self.call(account, by, "RegisterTaskDefinition", definition)?;
        let arn = registered["taskDefinition"]["taskDefinitionArn"].as_str();
        Ok(arn.unwrap_or_default().to_owned())
    }

    /// Deploys a task definition.
    pub(super) fn deploy(
        &self,
        account: &Account,
        id: &ServiceId,
        definition: &str,
        desired: Option<u32>,
        by: &str,
    ) -> Result<(), NotDone> {
        let mut input =
            json!({"cluster": id.cluster, "service": id.service, "taskDefinition": definition});
        if let Some(desired) = desired {
            input["desiredCount"] = json!(desired);
        }
        self.call(account, by, "UpdateService", input).map(|_| ())
    }

    /// Has the deployment of a service that is under way rolled back.
    pub(super) fn stop(&self, account: &Account, id: &ServiceId, by: &str) -> Result<(), NotDone> {
        let arn = self.described(account, id, by)?["currentServiceDeployment"].clone();
        let input = json!({"serviceDeploymentArn": arn, "stopType": "ROLLBACK"});
        let stopped = self.call(account, by, "StopServiceDeployment", input);
        stopped.map(|_| ())
    }

    fn described(&self, account: &Account, id: &ServiceId, by: &str) -> Result<Value, NotDone> {
        let asked = json!({"cluster": id.cluster, "services": [id.service]});
        let found = self.call(account, by, "DescribeServices", asked)?;
        let service = found["services"].get(0).cloned();
        service.ok_or_else(|| NotDone::NoSuchThing(self.to_string()))
    }

    pub(super) fn call(
        &self,
        account: &Account,
        by: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, NotDone> {
        let called = account.by_hand(by, "ecs", operation, input);
        called.map_err(|cause| NotDone::Refused {
            deed: self.to_string(),
            cause,
        })
    }
}
