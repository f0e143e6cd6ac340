//! DescribeScalableTargets.

use serde::Deserialize;
use serde_json::{Value, json};

use super::invalid;
use super::targets::{DIMENSION, Target};
use crate::call::{ApiError, Call};
use crate::services::ecs::{Page, epoch, page_after};
use crate::world::World;

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html>.
const MOST: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Describe {
    service_namespace: String,
    resource_ids: Option<Vec<String>>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Describe::deserialize(&call.input).map_err(|error| invalid(error.to_string()))?;
    let ids = input.resource_ids.unwrap_or_default();
    let size = input.max_results.unwrap_or(MOST);
    if !(1..=MOST).contains(&size) || ids.len() > MOST {
        return Err(invalid(
            "MaxResults must be between 1 and 50, and at most 50 ResourceIds can be given",
        ));
    }
    let targets = &world.application_autoscaling.targets;
    let page = match (input.service_namespace.as_str(), ids.as_slice()) {
        ("ecs", []) => page_after(targets, input.next_token.as_deref(), size, |_| true)
            .ok_or_else(|| ApiError::client("InvalidNextTokenException", "Invalid token"))?,
        ("ecs", ids) => Page {
            entries: ids
                .iter()
                .filter_map(|id| targets.get_key_value(id))
                .map(|(id, target)| (id.as_str(), target))
                .collect(),
            next_token: None,
        },
        _ => Page {
            entries: Vec::new(),
            next_token: None,
        },
    };
    let shown: Vec<Value> = page
        .entries
        .into_iter()
        .map(|(id, it)| show(id, it))
        .collect();
    Ok(json!({"ScalableTargets": shown, "NextToken": page.next_token}))
}

fn show(resource_id: &str, target: &Target) -> Value {
    let account = target.arn.split(':').nth(4).unwrap_or_default();
    json!({
        "ServiceNamespace": "ecs",
        "ResourceId": resource_id,
        "ScalableDimension": DIMENSION,
        "MinCapacity": target.min,
        "MaxCapacity": target.max,
        "RoleARN": format!("arn:aws:iam::{account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"),
        "CreationTime": epoch(target.created),
        "SuspendedState": target.suspended,
        "ScalableTargetARN": target.arn,
    })
}
