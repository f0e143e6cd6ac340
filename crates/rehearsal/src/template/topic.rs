//! What a template says of its topics and of what writes to them: subscriptions, policies, budgets.

use serde_json::{Value, json};

use super::Unusable;
use super::intrinsic::{Scope, plain};

/// The input of `Subscribe`.
pub(super) fn subscription(scope: &Scope<'_>, resource: &Value) -> Result<Value, Unusable> {
    let properties = scope.resolve(&resource["Properties"])?;
    Ok(subscribe(&plain(&properties["TopicArn"]), &properties))
}

/// The inputs of `Subscribe` for the subscriptions that stand in a topic itself.
pub(super) fn inline(
    scope: &Scope<'_>,
    topic: &str,
    resource: &Value,
) -> Result<Vec<Value>, Unusable> {
    let subscriptions = scope.resolve(&resource["Properties"]["Subscription"])?;
    let subscriptions = subscriptions.as_array().into_iter().flatten();
    Ok(subscriptions.map(|one| subscribe(topic, one)).collect())
}

fn subscribe(topic: &str, properties: &Value) -> Value {
    json!({
        "TopicArn": topic,
        "Protocol": plain(&properties["Protocol"]),
        "Endpoint": plain(&properties["Endpoint"]),
    })
}

/// The input of `Subscribe` for a function that names the topic among its events.
pub(super) fn of_function(topic: &str, function: &str) -> Value {
    subscribe(topic, &json!({"Protocol": "lambda", "Endpoint": function}))
}

/// The inputs of `SetTopicAttributes`, one for each topic of the policy.
pub(super) fn policies(scope: &Scope<'_>, resource: &Value) -> Result<Vec<Value>, Unusable> {
    let properties = scope.resolve(&resource["Properties"])?;
    let policy = plain(&properties["PolicyDocument"]);
    let topics = properties["Topics"].as_array().into_iter().flatten();
    let set = |topic: &Value| {
        json!({
            "TopicArn": plain(topic),
            "AttributeName": "Policy",
            "AttributeValue": policy,
        })
    };
    Ok(topics.map(set).collect())
}

/// The input of `CreateBudget`.
pub(super) fn budget(scope: &Scope<'_>, resource: &Value) -> Result<Value, Unusable> {
    let mut input = scope.resolve(&resource["Properties"])?;
    input["AccountId"] = json!(scope.identity.account_id);
    write_numbers(&mut input);
    Ok(input)
}

/// CloudFormation takes an amount as a number too, the API only as text; and a threshold that stands
/// in a parameter as text, the API only as a number.
fn write_numbers(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let given = match member {
                    Value::Number(amount) if name == "Amount" => json!(amount.to_string()),
                    Value::String(text) if name == "Threshold" => text
                        .parse::<f64>()
                        .map_or_else(|_| json!(text), |percent| json!(percent)),
                    member => {
                        write_numbers(member);
                        continue;
                    }
                };
                *member = given;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(write_numbers),
        _ => {}
    }
}
