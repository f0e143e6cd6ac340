//! The queues in a template.

use serde_json::{Value, json};

use super::intrinsic::{Scope, plain};
use super::{Unusable, physical};

/// The input of `CreateQueue`. CloudFormation writes an attribute as it is, the API as text.
pub(super) fn read(
    scope: &Scope<'_>,
    logical_id: &str,
    resource: &Value,
) -> Result<Value, Unusable> {
    let properties = scope.resolve(&resource["Properties"])?;
    let properties = properties.as_object().into_iter().flatten();
    let attributes: serde_json::Map<String, Value> = properties
        .filter(|(name, _)| !["QueueName", "Tags"].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), json!(plain(value))))
        .collect();
    Ok(json!({
        "QueueName": physical::name(scope, logical_id)?,
        "Attributes": attributes,
    }))
}

/// Puts every dead-letter queue before those that it serves, as CloudFormation creates them.
pub(super) fn sort(queues: &mut Vec<Value>) {
    let mut waiting = std::mem::take(queues);
    while !waiting.is_empty() {
        let waits = |queue: &Value| {
            let policy = queue["Attributes"]["RedrivePolicy"].as_str();
            let mut others = waiting
                .iter()
                .filter_map(|other| other["QueueName"].as_str());
            others.any(|other| {
                let end = format!(":{other}\"");
                policy.is_some_and(|policy| policy.contains(&end))
            })
        };
        let next = waiting.iter().position(|queue| !waits(queue));
        // Queues that wait for each other cannot be created; the account says so.
        queues.push(waiting.remove(next.unwrap_or_default()));
    }
}
