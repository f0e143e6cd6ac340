//! What a batch of messages tells of itself.

use serde_json::Value;

use super::timeline::Cause;

/// The kinds of messages in a batch, each with how many there are or with whom its only one is
/// about; or that they are dead letters.
pub(super) fn cause(records: &Value) -> Cause {
    let mut kinds: Vec<(String, Vec<Option<String>>)> = Vec::new();
    for record in records.as_array().into_iter().flatten() {
        let Some((kind, about)) = kind(record) else {
            return Cause::DeadLetters;
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, all)) => all.push(about),
            None => kinds.push((kind, vec![about])),
        }
    }
    let words = kinds.iter().map(|(kind, about)| match about.as_slice() {
        [Some(about)] => format!("{kind}: {about}"),
        [None] => kind.clone(),
        all => format!("{} x {kind}", all.len()),
    });
    Cause::Queue(words.collect::<Vec<_>>().join(", "))
}

/// The kind of a message, and whom it is about; none if it is one that could not be delivered.
fn kind(record: &Value) -> Option<(String, Option<String>)> {
    if !record["messageAttributes"]["TARGET_ARN"].is_null() {
        return None;
    }
    let body: Value = serde_json::from_str(record["body"].as_str()?).unwrap_or_default();
    if body["requestContext"].is_object() {
        return None;
    }
    let kind = match body["detail-type"].as_str() {
        Some("Scheduled Event") => "tick",
        kind => kind.unwrap_or("a message"),
    };
    let about = body["detail"]["instance-id"].as_str();
    let about = about.or(body["detail"]["EC2InstanceId"].as_str());
    Some((kind.to_owned(), about.map(str::to_owned)))
}
