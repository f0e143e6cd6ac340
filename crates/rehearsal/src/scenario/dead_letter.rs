//! From an event that was given up to the queue in which it is left.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::lambda::Ended;
use crate::lambda::deliveries::Delivery;
use crate::services::sqs;
use crate::template::Template;
use crate::world::World;

/// Leaves what failed in the function's on-failure queue, if it has one.
pub(super) fn leave(
    world: &mut World,
    template: &Template,
    delivery: &Delivery,
    ended: &Ended,
    why: &str,
) {
    let failed = template.function(&delivery.invocation.function);
    let Some((failed, queue)) =
        failed.and_then(|failed| Some((failed, failed.on_failure.as_ref()?)))
    else {
        return;
    };
    let record = record(&failed.arn, delivery, ended, why, world.now).to_string();
    sqs::put(world, queue, &failed.name, &record, BTreeMap::new());
}

/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>.
fn record(arn: &str, delivery: &Delivery, ended: &Ended, why: &str, now: Timestamp) -> Value {
    let response = match ended {
        Ended::Failed {
            error_type,
            message,
        } => json!({"errorType": error_type, "errorMessage": message}),
        Ended::Crashed(how) => json!({"errorType": "Runtime.ExitError", "errorMessage": how}),
        Ended::TimedOut => json!({"errorMessage": "Task timed out"}),
        Ended::Ok(_) | Ended::Throttled => Value::Null,
    };
    json!({
        "version": "1.0",
        "timestamp": now.to_string(),
        "requestContext": {
            "functionArn": format!("{arn}:$LATEST"),
            "condition": why,
            "approximateInvokeCount": delivery.failures + 1,
        },
        "requestPayload": delivery.invocation.event,
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "responsePayload": response,
    })
}
