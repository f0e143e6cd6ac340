//! What a batch of messages tells of itself.

use serde_json::Value;

use super::timeline::Cause;

/// The kinds of messages in a batch, each with how many there are; or that they are dead letters.
pub(super) fn cause(records: &Value) -> Cause {
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for record in records.as_array().into_iter().flatten() {
        let Some(kind) = kind(record) else {
            return Cause::DeadLetters;
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    let words = kinds.iter().map(|(kind, count)| match count {
        1 => kind.clone(),
        count => format!("{count} x {kind}"),
    });
    Cause::Queue(words.collect::<Vec<_>>().join(", "))
}

/// What a message is about; none if it is one that could not be delivered.
fn kind(record: &Value) -> Option<String> {
    if !record["messageAttributes"]["TARGET_ARN"].is_null() {
        return None;
    }
    let body: Value = serde_json::from_str(record["body"].as_str()?).unwrap_or_default();
    if body["requestContext"].is_object() {
        return None;
    }
    let kind = body["detail-type"].as_str().unwrap_or("a message");
    let about = body["detail"]["instance-id"].as_str();
    let about = about.or(body["detail"]["EC2InstanceId"].as_str());
    Some(match about {
        Some(instance) => format!("{kind}: {instance}"),
        None => kind.to_owned(),
    })
}
